import type { Rehearsed, Span, StepResult } from './timeline';
import { textTable } from '../../tools/text-table';

/** How many characters of what a resource said fit into a line. */
const SAID = 140;

/** What CloudFormation did, resource by resource, below the step in which it did so. */
export function timeline({ steps, spans }: Rehearsed): string[] {
  return steps.flatMap(step => {
    const within = spans.filter(span => span.start >= step.start && span.start <= step.end);
    return within.length === 0 ? [] : ['', `${step.name} (${seconds(step.end - step.start)})`, ...rows(within, step.start)];
  });
}

function rows(spans: Span[], from: number): string[] {
  const table = textTable([
    ['start', 'end', 'seconds', '', 'resource', 'type'],
    ...spans.map(span => [
      clock(span.start - from),
      span.outcome === 'unfinished' ? '' : clock(span.end - from),
      ((span.end - span.start) / 1000).toFixed(1),
      span.outcome === 'done' ? span.action : `${span.action} ${span.outcome}`,
      span.logicalId,
      span.type,
    ]),
  ], 70);
  const [head, ...lines] = table;
  return [`  ${head}`, ...lines.flatMap((line, index) => {
    const { said } = spans[index];
    return [`  ${line}`, ...said ? [`           ${oneLine(said)}`] : []];
  })];
}

/** The steps with their times and what was seen in them. */
export function summary({ steps }: Rehearsed): string[] {
  const total = steps.length === 0 ? 0 : steps[steps.length - 1].end - steps[0].start;
  return textTable([
    ['step', 'seconds', 'result', ''],
    ...steps.map(step => [step.name, ((step.end - step.start) / 1000).toFixed(1), step.outcome, step.outcome === 'failed' ? 'see below' : oneLine(step.detail)]),
    ['in all', (total / 1000).toFixed(1), verdict(steps), ''],
  ], SAID);
}

function verdict(steps: StepResult[]): string {
  return steps.some(step => step.outcome === 'failed') ? 'failed' : 'passed';
}

/** Text without line breaks, cut where it is too long to read at a glance. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > SAID ? `${line.slice(0, SAID - 4)} ...` : line;
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function clock(milliseconds: number): string {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

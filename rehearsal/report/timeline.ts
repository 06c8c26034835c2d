import type { HelmRun } from '../charts/helm';

/** A line of the emulator's events: what CloudFormation did to a resource. */
export interface ResourceEvent {
  /** Seconds since 1970, or a date as ISO 8601 writes it. */
  readonly time: number | string;
  readonly event: 'start' | 'end' | 'fail';
  readonly action: 'create' | 'update' | 'delete';
  readonly logicalId: string;
  readonly type: string;
  readonly said?: string;
}

/** What was done to a resource, from its start to its end. Times are in milliseconds since 1970. */
export interface Span {
  readonly logicalId: string;
  readonly type: string;
  readonly action: ResourceEvent['action'];
  readonly start: number;
  readonly end: number;
  readonly outcome: 'done' | 'failed' | 'unfinished';
  /** What a resource that failed said, or Helm. */
  readonly said?: string;
}

/** A step of the rehearsal. */
export interface StepResult {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly outcome: 'passed' | 'failed';
  /** What was seen, or what was expected and found. */
  readonly detail: string;
}

/** The whole of a rehearsal, for its report. */
export interface Rehearsed {
  readonly title: string;
  readonly facts: string[];
  readonly steps: StepResult[];
  readonly spans: Span[];
  /** What people call the resources, by their logical ids. @default - their logical ids */
  readonly names?: { readonly [logicalId: string]: string };
}

/** The events of a file with one JSON object a line; a line that is still being written is left out. */
export function readEvents(text: string): ResourceEvent[] {
  return text.split('\n').filter(line => line.trimEnd().endsWith('}')).map(line => JSON.parse(line));
}

/** Pairs each start with its end. What never ended, ends with the last event. */
export function spansOf(events: ResourceEvent[], runs: HelmRun[] = []): Span[] {
  const open = new Map<string, { event: ResourceEvent; index: number }>();
  const spans: Span[] = [];
  const last = Math.max(0, ...events.map(({ time }) => milliseconds(time)));
  for (const event of events) {
    const { logicalId, type, action } = event;
    const key = `${action} ${logicalId}`;
    const time = milliseconds(event.time);
    if (event.event === 'start') {
      open.set(key, { event, index: spans.length });
      spans.push({ logicalId, type, action, start: time, end: last, outcome: 'unfinished' });
      continue;
    }
    const started = open.get(key);
    open.delete(key);
    const outcome = event.event === 'end' ? 'done' as const : 'failed' as const;
    const span = { logicalId, type, action, start: started ? milliseconds(started.event.time) : time, end: time, outcome, said: event.said };
    if (started) {
      spans[started.index] = span;
    } else {
      spans.push(span);
    }
  }
  return spans.map(span => withHelm(span, runs));
}

/** Helm runs within the time of the chart's resource. */
function withHelm(span: Span, runs: HelmRun[]): Span {
  if (!span.type.includes('HelmChart')) {
    return span;
  }
  const run = runs.find(({ start, end }) => start * 1000 >= span.start - 1 && end * 1000 <= span.end + 1);
  return run ? { ...span, said: helmSaid(run) } : span;
}

/** The line that matters of what Helm wrote. */
export function helmSaid({ verb, release, exitCode, said }: HelmRun): string {
  const lines = said.split('\n').map(line => line.trim());
  const error = lines.find(line => line.startsWith('Error:')) ?? lines.filter(line => line !== '').at(-1) ?? `exit code ${exitCode}`;
  const status = lines.find(line => line.startsWith('STATUS:'))?.replace(/^STATUS:\s*/, '');
  const revision = lines.find(line => line.startsWith('REVISION:'))?.replace(/^REVISION:\s*/, '');
  return exitCode !== 0
    ? error
    : `helm ${verb} ${release}: ${[status ?? 'done', revision && `revision ${revision}`].filter(Boolean).join(', ')}`;
}

function milliseconds(time: number | string): number {
  return typeof time === 'number' ? time * 1000 : Date.parse(time);
}

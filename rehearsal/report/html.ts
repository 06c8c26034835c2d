import type { PathPart } from './critical-path';
import { escape } from './escape';
import { gantt, type Row } from './gantt';
import type { Rehearsed, Span, StepResult } from './timeline';

const STYLE = `
  :root { color-scheme: light dark; --ground: #fff; --text: #1c2430; --quiet: #5b6675; --line: #d9dee5; --row: #f3f5f8;
    --done: #3a72c4; --custom: #17825a; --failed: #c2303f; --path: #d98200; }
  @media (prefers-color-scheme: dark) { :root { --ground: #14181f; --text: #e3e7ee; --quiet: #9aa5b5; --line: #303845; --row: #1d232d;
    --done: #6aa0ee; --custom: #46bd8c; --failed: #f0707d; --path: #f2ab3f; } }
  body { background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem; }
  h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; } .quiet { color: var(--quiet); }
  table { border-collapse: collapse; width: 100%; }
  td, th { border-bottom: 1px solid var(--line); padding: .35rem .8rem .35rem 0; text-align: left; vertical-align: top; }
  td:first-child { white-space: nowrap; } .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
  td.passed { color: var(--custom); } td.failed { color: var(--failed); font-weight: 600; white-space: nowrap; }
  td.detail { overflow-wrap: anywhere; white-space: pre-line; }
  .row { display: grid; grid-template-columns: minmax(10rem, 22rem) 1fr; gap: 1rem; font-size: 13px; line-height: 22px; }
  .row > span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .row:hover:not(.axis) { background: var(--row); }
  .track { position: relative; border-left: 1px solid var(--line); margin-right: 2.5rem; } .axis .track { height: 24px; }
  .bar { position: absolute; top: 4px; height: 14px; min-width: 2px; border-radius: 3px; background: var(--done); }
  .custom .bar { background: var(--custom); } .failed .bar { background: var(--failed); }
  .path .bar { box-shadow: 0 0 0 2px var(--ground), 0 0 0 4px var(--path); } .path > span:first-child { font-weight: 600; }
  .seconds, .tick { position: absolute; color: var(--quiet); font-size: 12px; padding: 0 .5em; font-variant-numeric: tabular-nums; white-space: nowrap; }
  .tick { border-left: 1px solid var(--line); padding: 0 .3em; } .tick:first-child { border: 0; } summary { color: var(--quiet); cursor: pointer; font-size: 13px; line-height: 26px; }
  .key { display: inline-block; width: 1.4em; height: .75em; border-radius: 3px; margin: 0 .4em 0 1.4em; } .key:first-child { margin-left: 0; }
`;

/**
 * A page that needs no other file: the summary, a Gantt chart of all steps and of each, and the critical path of the deployment.
 *
 * @param path of the step of that name
 */
export function page(rehearsed: Rehearsed, path: { step: string; parts: PathPart[] }): string {
  const { title, facts, steps, spans, names = {} } = rehearsed;
  const sections = steps.map(step => {
    const within = spans.filter(span => span.start >= step.start && span.start <= step.end);
    const isPath = step.name === path.step;
    const onPath = new Set(isPath ? path.parts.map(part => part.logicalId) : []);
    return within.length === 0 ? '' : `<h2>${escape(step.name)} <span class="quiet">${inSeconds(step)} s</span></h2>\n`
      + `${gantt(within.map(span => resourceRow(span, names, onPath)))}\n${isPath ? criticalPath(path.parts, names) : ''}`;
  });
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${STYLE}</style></head>
<body><h1>${escape(title)}</h1>
<p class="quiet">${facts.map(escape).join('<br>')}</p>
<table><tr><th>step</th><th class="n">seconds</th><th>result</th><th>seen</th></tr>
${steps.map(step => `<tr><td>${escape(step.name)}</td><td class="n">${inSeconds(step)}</td><td class="${step.outcome}">${step.outcome}</td>
<td class="detail">${escape(step.detail)}</td></tr>`).join('\n')}</table>
<h2>All steps</h2>
${steps.length > 0 ? gantt(steps.map(stepRow)) : ''}
<p class="quiet">${key('background:var(--done)')}resource${key('background:var(--custom)')}Helm or kubectl${key('background:var(--failed)')}failed${
  key('background:var(--done);box-shadow:0 0 0 2px var(--path)')}critical path</p>
${sections.join('\n')}
</body></html>
`;
}

function criticalPath(parts: PathPart[], names: { [logicalId: string]: string }): string {
  const shown = parts.filter(part => part.seconds >= 0.05);
  return `<h2>Critical path</h2>
<p class="quiet">The chain of dependencies that takes longest, by the seconds measured here: no order of creation is faster. Resources take other times in AWS.</p>
<table><tr><th>resource</th><th class="n">seconds</th><th class="n">sum</th><th></th></tr>
${shown.map(part => `<tr><td>${escape(names[part.logicalId] ?? part.logicalId)}</td><td class="n">${part.seconds.toFixed(1)}</td><td class="n">${
  part.sum.toFixed(1)}</td><td></td></tr>`).join('\n')}</table>
${shown.length < parts.length ? `<p class="quiet">And ${parts.length - shown.length} that took no time.</p>` : ''}`;
}

function resourceRow(span: Span, names: { [logicalId: string]: string }, onPath: Set<string>): Row {
  const { action, logicalId, type, outcome, said } = span;
  return {
    label: names[logicalId] ?? logicalId,
    start: span.start,
    end: span.end,
    kinds: [outcome !== 'done' ? 'failed' : type.startsWith('Custom::') ? 'custom' : '', onPath.has(logicalId) ? 'path' : ''].filter(kind => kind !== ''),
    title: `${action} ${logicalId} (${type}): ${inSeconds(span)} s${said ? `\n${said}` : ''}`,
  };
}

function stepRow({ name, start, end, outcome }: StepResult): Row {
  return { label: name, start, end, kinds: outcome === 'failed' ? ['failed'] : [], title: name };
}

function key(style: string): string {
  return `<span class="key" style="${style}"></span>`;
}

function inSeconds({ start, end }: { start: number; end: number }): string {
  return ((end - start) / 1000).toFixed(1);
}

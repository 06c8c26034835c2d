import type { PathPart } from './critical-path';
import type { Rehearsed, Span } from './timeline';

const STYLE = `
  :root { color-scheme: light dark; --line: #8885; --done: #3a7bd5; --custom: #2a9d6f; --failed: #d1495b; --path: #e8a33d; }
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; } td, th { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
  td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .failed { color: var(--failed); font-weight: 600; }
  .row { display: grid; grid-template-columns: minmax(12rem, 24rem) 1fr; gap: .8rem; font-size: 12px; line-height: 18px; }
  .row span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .row:hover { background: #8882; }
  .track { position: relative; border-left: 1px solid var(--line); } .bar { position: absolute; top: 3px; height: 12px; min-width: 2px; border-radius: 2px; background: var(--done); }
  .bar.custom { background: var(--custom); } .bar.failed { background: var(--failed); } .bar.path { outline: 2px solid var(--path); }
  .key { display: inline-block; width: 1em; height: .7em; border-radius: 2px; margin: 0 .3em 0 1em; }
`;

/**
 * A page that needs no other file: the summary, a Gantt chart of each step, and the critical path of the deployment.
 *
 * @param path of the step of that name
 */
export function page(rehearsed: Rehearsed, path: { step: string; parts: PathPart[] }): string {
  const { title, facts, steps, spans } = rehearsed;
  const charts = steps.map(step => {
    const within = spans.filter(span => span.start >= step.start && span.start <= step.end);
    const onPath = new Set(step.name === path.step ? path.parts.map(part => part.logicalId) : []);
    return within.length === 0 ? '' : `<h2>${escape(step.name)}</h2>\n${gantt(within, onPath)}`;
  });
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${STYLE}</style></head>
<body><h1>${escape(title)}</h1>
<ul>${facts.map(fact => `<li>${escape(fact)}</li>`).join('')}</ul>
<table><tr><th>step</th><th>seconds</th><th>result</th><th>seen</th></tr>
${steps.map(step => `<tr><td>${escape(step.name)}</td><td class="n">${inSeconds(step.start, step.end)}</td><td class="${step.outcome}">${step.outcome}</td>
<td>${escape(step.detail)}</td></tr>`).join('\n')}</table>
<p><span class="key" style="background:var(--done)"></span>resource<span class="key" style="background:var(--custom)"></span>Helm or kubectl<span class="key"
 style="background:var(--failed)"></span>failed<span class="key" style="outline:2px solid var(--path)"></span>critical path</p>
${charts.join('\n')}
<h2>Critical path: ${escape(path.step)}</h2>
<p>The chain of dependencies that takes longest, by the seconds measured here. Resources take other times in AWS.</p>
<table><tr><th>resource</th><th>seconds</th><th>sum</th></tr>
${path.parts.map(part => `<tr><td>${escape(part.logicalId)}</td><td class="n">${part.seconds.toFixed(1)}</td><td class="n">${part.sum.toFixed(1)}</td></tr>`).join('\n')}</table>
</body></html>
`;
}

function gantt(spans: Span[], onPath: Set<string>): string {
  const from = Math.min(...spans.map(span => span.start));
  const length = Math.max(1, Math.max(...spans.map(span => span.end)) - from);
  const percent = (value: number) => `${(value / length * 100).toFixed(2)}%`;
  return spans.map(span => {
    const kind = span.outcome !== 'done' ? 'failed' : span.type.startsWith('Custom::') ? 'custom' : '';
    const title = `${span.action} ${span.logicalId} (${span.type}): ${inSeconds(span.start, span.end)} s${span.said ? `\n${span.said}` : ''}`;
    const style = `left:${percent(span.start - from)};width:${percent(span.end - span.start)}`;
    return `<div class="row" title="${escape(title)}"><span>${escape(span.logicalId)}</span>`
      + `<span class="track"><span class="bar ${kind} ${onPath.has(span.logicalId) ? 'path' : ''}" style="${style}"></span></span></div>`;
  }).join('\n');
}

function inSeconds(start: number, end: number): string {
  return ((end - start) / 1000).toFixed(1);
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
}

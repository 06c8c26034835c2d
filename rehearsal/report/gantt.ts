import { escape } from './escape';

/** A bar with its label. Times are in milliseconds. */
export interface Row {
  readonly label: string;
  readonly start: number;
  readonly end: number;
  /** Its colour, and more: classes of the page. */
  readonly kinds: string[];
  /** Is shown below the mouse. */
  readonly title: string;
}

/** What takes less than this is folded away: in a chart, it is a line without a length. */
const SHORT_MS = 150;

/** How many grid lines a chart has at most. */
const MOST_TICKS = 8;

/** Bars one below the other over one axis of seconds, those first that took their time. */
export function gantt(rows: Row[]): string {
  const from = Math.min(...rows.map(row => row.start));
  const length = Math.max(1, Math.max(...rows.map(row => row.end)) - from);
  const percent = (milliseconds: number) => `${(milliseconds / length * 100).toFixed(2)}%`;
  const drawn = (row: Row) => {
    const [left, right] = [row.start - from, row.end - from];
    // The seconds stand after the bar, and before it where there is no room.
    const seconds = right / length < 0.9 ? `left:${percent(right)}` : `right:${percent(length - left)}`;
    return `<div class="row ${row.kinds.join(' ')}" title="${escape(row.title)}"><span>${escape(row.label)}</span><span class="track">`
      + `<span class="bar" style="left:${percent(left)};width:${percent(right - left)}"></span>`
      + `<span class="seconds" style="${seconds}">${inSeconds(row.end - row.start)}</span></span></div>`;
  };
  const isShort = (row: Row) => row.end - row.start < SHORT_MS && !row.kinds.includes('failed');
  const short = rows.filter(isShort);
  const step = tickSeconds(length / 1000);
  const ticks = Array.from({ length: Math.floor(length / 1000 / step) + 1 }, (_, index) => index * step);
  return [
    `<div class="chart"><div class="row axis"><span></span><span class="track">${ticks.map(tick =>
      `<span class="tick" style="left:${percent(tick * 1000)}">${tick} s</span>`).join('')}</span></div>`,
    ...rows.filter(row => !isShort(row)).map(drawn),
    ...short.length > 0
      ? [`<details><summary>${short.length} more took less than ${SHORT_MS / 1000} s each</summary>`, ...short.map(drawn), '</details>']
      : [],
    '</div>',
  ].join('\n');
}

/** Seconds between two grid lines: a round number. */
function tickSeconds(seconds: number): number {
  return [1, 2, 5, 10, 20, 30, 60, 120, 300].find(step => seconds / step < MOST_TICKS) ?? 600;
}

function inSeconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

import type { Case, Reference, Tried } from './sweep';
import type { Finding } from './trial';

/** How many seeds of a group of failures are printed. */
const SEEDS = 3;

/** What a sweep did, in words. */
export function report(references: readonly Reference[], skipped: readonly { case: Case; reason: string }[], tried: readonly Omit<Tried, 'trace'>[]): string {
  const points = references.flatMap(it => it.points.flat()).length;
  const failed = tried.filter(it => it.findings.length > 0);
  return [
    ...references.flatMap(referenceWords),
    '',
    `${points} points x faults = ${tried.length + skipped.length} cases: ${tried.length} tried, ${skipped.length} skipped; ${failed.length} of those tried are wrong`,
    ...counted(skipped.map(({ case: { fault }, reason }) => `skipped ${fault.name}: ${reason}`)),
    '',
    ...groups(failed),
  ].join('\n');
}

function referenceWords({ history, points, findings }: Reference): string[] {
  return [
    `${history.name}: ${points.flat().length} points (${history.operations.map((it, index) => `${it.name} ${points[index].length}`).join(', ')})`,
    ...firsts(findings).map(it => `  WRONG without any fault: ${it.wrong}: ${it.words}`),
  ];
}

/** Failures of one kind, in one history, with what was injected where; each group with names that replay some of them. */
function groups(failed: readonly Omit<Tried, 'trace'>[]): string[] {
  const found = new Map<string, { readonly name: string; readonly words: string }[]>();
  for (const { name, findings } of failed) {
    for (const { wrong, words } of firsts(findings)) {
      const key = `${name.split('/')[0]}: ${wrong}`;
      found.set(key, [...found.get(key) ?? [], { name, words }]);
    }
  }
  return [...found].flatMap(([key, cases]) => {
    const faults = counted(cases.map(it => it.name.split(': ').at(-1)!)).map(it => it.trim()).join(', ');
    const shown = Math.min(SEEDS, cases.length);
    const spread = Array.from({ length: shown }, (_, index) => cases[Math.floor(index * cases.length / shown)]);
    return [`WRONG in ${key}: ${cases.length} (${faults})`, ...spread.flatMap(it => [`  --only '${it.name}'`, `      ${it.words.slice(0, 300)}`])];
  });
}

/** The first finding of each kind. */
function firsts(findings: readonly Finding[]): Finding[] {
  return findings.filter((it, index) => findings.findIndex(other => other.wrong === it.wrong) === index);
}

function counted(words: readonly string[]): string[] {
  const counts = new Map<string, number>();
  words.forEach(it => counts.set(it, (counts.get(it) ?? 0) + 1));
  return [...counts].map(([word, count]) => `  ${count} ${word}`);
}

import { keyOf, type Dependency } from './dependency';
import { GUARDED, TESTS, type Guarded } from './guards';
import type { Noticed } from './loss';
import { textTable } from '../../tools/text-table';
import { oneLine } from '../report/text';

/** A dependency that was dropped, and what that did. */
export interface Dropped {
  readonly dependency: Dependency;
  /** The platform that it was dropped from. */
  readonly stack: string;
  /** Nothing where a platform without it came up whole, and went. */
  readonly noticed?: Noticed;
}

/** What is known of a dependency. */
export function guardedAs(dependency: Dependency): Guarded | undefined {
  return GUARDED.find(it => keyOf(it) === keyOf(dependency));
}

/** What differs from what is known: nothing where all is as it should be. */
export function surprises(dropped: Dropped[]): string[] {
  return dropped.flatMap(({ dependency, noticed }) => {
    const known = guardedAs(dependency);
    if (!known) {
      return [`${keyOf(dependency)} is new: say in rehearsal/dependencies/guards.ts what goes wrong without it, and which test guards it`];
    }
    const [expected, found] = [known.noticed, noticed?.moment].map(it => it === undefined ? 'not noticed' : `noticed ${it}`);
    return expected === found ? [] : [`the loss of ${keyOf(dependency)} was ${found}, and is ${expected} by rehearsal/dependencies/guards.ts`];
  });
}

/** Names and messages are not broken. */
const WIDEST = 1000;

/** A table of what each loss did, and below it the dependencies that could go. */
export function report(dropped: Dropped[], redundant: string[]): string[] {
  const rows = dropped.flatMap(({ dependency, noticed }) => {
    const tests = guardedAs(dependency)?.tests ?? [];
    const [first = '', ...others] = noticed ? [oneLine(noticed.said)] : tests;
    return [
      [dependency.from, shortened(dependency), noticed ? `noticed ${noticed.moment}` : 'not noticed', first],
      ...others.map(text => ['', '', '', text]),
    ];
  });
  return [
    ...textTable([['what', 'depends on', 'the loss is', 'by the message, or guarded by the test'], ...rows], WIDEST),
    '',
    `The tests are in ${TESTS}.`,
    `${redundant.length} more change nothing, as references or others of them imply the same order:`,
    ...redundant.map(key => `  ${key}`),
  ];
}

/** What is in the construct itself is named from there. */
function shortened({ from, to }: Dependency): string {
  return to.startsWith(`${from}/`) ? `.${to.slice(from.length)}` : to;
}

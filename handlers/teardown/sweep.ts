import { isGone, isRefused } from '../shared/aws';
import type { Clock } from '../shared/custom-resource';

/** One thing that a cluster left behind. */
export interface Leftover {
  readonly id: string;
  remove(): Promise<unknown>;
}

/** Things that are found and deleted in the same way. */
export interface Kind {
  /** What messages call one of them. */
  readonly name: string;
  /** What the user can do about one that can't be deleted. */
  readonly help?: string;
  find(): Promise<Leftover[]>;
}

export interface Outcome {
  /** How many things were deleted, or would be in a dry run. */
  readonly deleted: number;
  /** What is left, each with the reason. Empty if everything is deleted. */
  readonly left: string[];
  /** Whether the time was too short: what is left may still be deleted later. */
  readonly outOfTime: boolean;
}

/** How many deletions run at once: few enough for Route 53's five requests a second, as the SDK pauses when it is throttled. */
const AT_ONCE = 5;

const LONGEST_PAUSE = 30_000;

/**
 * Deletes all things of all kinds, one kind after the other, in rounds. What could not be deleted (throttled, or used by
 * something that is being deleted) or is still listed is tried again after a pause, until it is gone or the time is up.
 *
 * What AWS refuses is not tried again. The kinds after it get only one round, because they may depend on it.
 * Everything is repeated until nothing more shows up, because AWS's lists lag behind.
 */
export async function sweep(kinds: Kind[], clock: Clock, deadline: number, dryRun: boolean): Promise<Outcome> {
  const deleted = new Set<string>();
  const left: string[] = [];
  let before: number;
  do {
    before = deleted.size;
    for (const kind of kinds) {
      const result = await sweepKind(kind, clock, deadline, { dryRun, oneRound: left.length > 0, deleted });
      left.push(...result.left);
      if (result.outOfTime) {
        return { deleted: deleted.size, left, outOfTime: true };
      }
    }
  } while (!dryRun && left.length === 0 && deleted.size > before);
  return { deleted: deleted.size, left, outOfTime: false };
}

interface Round {
  readonly dryRun: boolean;
  readonly oneRound: boolean;
  readonly deleted: Set<string>;
}

async function sweepKind(kind: Kind, clock: Clock, deadline: number, { dryRun, oneRound, deleted }: Round) {
  const refused = new Map<string, string>();
  for (let pause = 1_000; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const waiting = new Map<string, string>();
    try {
      const found = (await kind.find()).filter(it => !refused.has(it.id));
      if (dryRun) {
        found.forEach(it => deleted.add(`${kind.name} ${it.id}`));
        found.forEach(it => console.log(`would delete ${kind.name} ${it.id}`));
        return { left: [], outOfTime: false };
      }
      await inParallel(found, async it => {
        const name = `${kind.name} ${it.id}`;
        if (clock.now() >= deadline) {
          waiting.set(name, 'no time left');
          return;
        }
        try {
          await it.remove();
          if (!oneRound) { // there is no round that checks
            waiting.set(name, 'deleted, but still there');
          }
          if (!deleted.has(name)) {
            console.log(`deleted ${name}`);
          }
          deleted.add(name);
        } catch (error: any) {
          if (isRefused(error)) {
            refused.set(it.id, say(error));
            console.log(`refused: ${name}: ${say(error)}`);
          } else if (!isGone(error)) {
            waiting.set(name, say(error));
          }
        }
      });
      if (found.length === 0) {
        return { left: finalWords(kind, refused), outOfTime: false };
      }
    } catch (error: any) { // from the listing
      if (isRefused(error)) {
        return { left: [`can't list any ${kind.name}: ${say(error)}`], outOfTime: false };
      }
      waiting.set(`can't list any ${kind.name}`, say(error));
    }
    const still = [...finalWords(kind, refused), ...[...waiting].map(([name, reason]) => `${name}: ${reason}`)];
    if (oneRound) {
      return { left: still, outOfTime: false };
    }
    if (clock.now() + pause >= deadline) {
      return { left: still, outOfTime: true };
    }
    console.log(`waiting for ${still.length}: ${still.slice(0, 3).join('; ')}`);
    await clock.sleep(pause);
  }
}

function finalWords(kind: Kind, refused: Map<string, string>): string[] {
  return [...refused].map(([id, reason]) => `${kind.name} ${id}: ${reason}${kind.help ? ` (${kind.help})` : ''}`);
}

async function inParallel<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await work(item);
    }
  }));
}

function say(error: any): string {
  return `${error?.name ?? 'Error'}: ${error?.message ?? error}`;
}

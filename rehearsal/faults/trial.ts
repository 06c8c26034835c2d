import { Bystander } from './bystander';
import { CAUSE } from './calls';
import type { Ended } from './cloudformation';
import { OUTAGE } from './faults';
import type { Operation } from './histories';
import { differences, objectsOf, stateOf, type State } from './state';
import type { World } from './world';

/** What may be wrong with a run. */
export type Wrong =
  | 'a bystander is touched'
  | 'not refused by name'
  | 'two change one release at once'
  | 'deleted, but still there'
  | 'a third state'
  | 'no reason names the cause'
  | 'nobody answered'
  | 'stuck'
  | 'works past the hour'
  | 'waits without a time-out';

/** One thing that is wrong. */
export interface Finding {
  readonly wrong: Wrong;
  readonly words: string;
}

/** In milliseconds: how long CloudFormation listens. */
const HOUR = 60 * 60_000;

/** How often somebody tries an operation again that ended in a failed state. */
const PERSISTENCE = 4;

/** What is to be, after an operation and before it. */
export interface Expected {
  readonly before: State;
  readonly after: State;
  /** In the cluster, when that is deleted. */
  readonly remains?: State;
}

/** One run in a world, with somebody who watches for what must never be. */
export class Trial {
  public readonly findings: Finding[] = [];
  private readonly bystander: Bystander;

  constructor(public readonly world: World, foreign: ReadonlySet<string>) {
    const { calls, cloudformation, lambda, clock, api } = world;
    this.bystander = new Bystander(world, foreign);
    calls.watch = (point, { event, name }) => {
      if (!/^kubectl (get|wait)|^aws \w+ (describe|list)|^answer/.test(point.what)) {
        this.bystander.touched().forEach(it => this.find('a bystander is touched', `${it} by ${point.what} of ${name}`));
      }
      const minutes = Math.floor((clock.now() - sentAt(event.ResponseURL)) / 60_000);
      if (minutes >= HOUR / 60_000) {
        this.find('works past the hour', `${name}, first with ${point.what} in minute ${minutes}`);
      }
    };
    world.collided = (release, { name }) => this.find('two change one release at once', `${release}, by ${name}`);
    lambda.timedOut = ({ waitsFor, name }) => [...waitsFor].forEach(it => this.find('waits without a time-out', `${name} waits for ${it}`));
    cloudformation.heard = (logicalId, request) => {
      const releases = new Set([...api.objects.values()].filter(it => it.type === 'helm.sh/release.v1').map(it => it.metadata.labels.name));
      const orphans = [...api.objects.values()].filter(({ metadata: { annotations: { 'meta.helm.sh/release-name': name } = {} as any } }) =>
        name !== undefined && !releases.has(name));
      if (request === 'Delete' && api.isThere && orphans.length > 0) {
        this.find('deleted, but still there', `${orphans.map(it => `${it.kind} ${it.metadata.name}`).join(', ')} after the deletion of ${logicalId}`);
      }
    };
  }

  public find(wrong: Wrong, words: string): void {
    const isKnown = (it: Finding) => it.wrong === wrong && (it.words === words || wrong === 'works past the hour');
    if (!this.findings.some(isKnown)) {
      this.findings.push({ wrong, words });
      this.world.calls.say(`WRONG: ${wrong}: ${words}`);
    }
  }

  /** Runs an operation, again where it ends in a failed state, as somebody would who wants it to end. */
  public async operate({ name, template }: Operation): Promise<Ended> {
    const { clock, cloudformation, calls } = this.world;
    calls.say(`-- ${name}`);
    const reasons: string[] = [];
    for (let tried = 1; ; tried++) {
      const ended = await clock.until(tried > 1 && template !== undefined ? cloudformation.continueRollback()
        : template === undefined ? cloudformation.delete() : cloudformation.deploy(template));
      reasons.push(...ended.reasons);
      ended.reasons.forEach(it => calls.say(`${ended.status}: ${it}`));
      if (!/_FAILED$/.test(ended.status) || tried === PERSISTENCE) {
        return { status: ended.status, reasons };
      }
      if (calls.outage !== undefined) {
        await clock.until(clock.sleep(OUTAGE));
      }
    }
  }

  /** Compares the world with what is to be, once nothing goes on any more. */
  public async judge(state: State, remains?: State): Promise<void> {
    const { world } = this;
    await world.clock.run();
    const different = [
      ...differences(stateOf(world), state),
      ...remains === undefined ? [] : differences(objectsOf(world.remains), remains).map(it => `in the cluster when it was deleted: ${it}`),
    ];
    if (different.length > 0) {
      this.find('a third state', different.slice(0, 3).join('; '));
    }
  }

  /** Judges how an operation ended: as it should, or not at all, for a reason that names the cause. Returns whether it is as if it had not been. */
  public ended({ status, reasons }: Ended, operation: Operation, may: { readonly fail: boolean }): boolean {
    const isBack = /ROLLBACK_COMPLETE$/.test(status) || operation.template !== undefined && status === 'DELETE_COMPLETE';
    const unanswered = reasons.find(it => /did not receive a response/.test(it));
    if (unanswered !== undefined) {
      this.find('nobody answered', unanswered);
    }
    if (/_FAILED$/.test(status)) {
      this.find('stuck', `${operation.name} ends with ${status}: ${reasons.at(-1)}`);
    } else if (isBack && operation.fails !== true && !(may.fail && reasons.some(namesCause))) {
      this.find('no reason names the cause', `${operation.name}: ${reasons[0]}`);
    }
    if (operation.refuses !== undefined && !reasons.some(it => it.includes(operation.refuses!) || namesCause(it))) {
      this.find('not refused by name', `${operation.refuses}: ${reasons[0]}`);
    }
    return isBack;
  }
}

/** Whether a reason quotes what was injected, or says that the operation was cancelled. */
function namesCause(reason: string): boolean {
  return reason.includes(CAUSE) || /^Resource creation cancelled/.test(reason);
}

/** When CloudFormation sent a request: the date in the address that it signed. */
function sentAt(url: string): number {
  const [, ...parts] = /X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(url)!;
  const [year, month, ...rest] = parts.map(Number);
  return Date.UTC(year, month - 1, ...rest as [number, number, number, number]);
}

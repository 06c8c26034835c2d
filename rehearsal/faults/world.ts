import { Account, failure } from './account';
import { ApiServer } from './api-server';
import { Calls, Interrupted, never, type Call, type Edge, type Failure } from './calls';
import type { Charts } from './charts';
import { VirtualClock } from './clock';
import { CloudFormation, type Resource } from './cloudformation';
import { Controllers } from './controllers';
import { Files } from './files';
import { Helm, StepFailed } from './helm';
import type { Invocation } from './invocation';
import { failed, kubectl } from './kubectl';
import { Lambda } from './lambda';
import type { Edges, Ended } from './sandbox';

const START = Date.UTC(2026, 10, 23);

/** In milliseconds: how long a call takes. */
const TAKES: { readonly [edge in Edge]: number } = { 'kubectl': 300, 'helm': 300, 'helm step': 400, 'aws': 100, 'answer': 100 };

/** Of a function, as Lambda sets it. */
const ENV = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  CLUSTER_NAME: 'shop',
  CLUSTER_ENDPOINT: 'https://shop.eks.amazonaws.com',
  CLUSTER_CA: 'Y2E=',
};

export interface WorldOptions {
  readonly charts: Charts;
  /** What others have in the cluster, made as soon as that exists. */
  readonly plant: (api: ApiServer) => void;
}

/** An account, a cluster, and our functions in between: all that can happen, happens here. */
export class World {
  public readonly clock: VirtualClock;
  public readonly calls: Calls;
  public readonly api: ApiServer;
  public readonly account: Account;
  public readonly lambda: Lambda;
  public readonly cloudformation: CloudFormation;
  public readonly controllers: Controllers;

  /** What was in the cluster when it was deleted. */
  public remains: readonly any[] = [];

  private readonly files = new Files();
  private readonly busy = new Map<string, () => boolean>();

  constructor(private readonly options: WorldOptions, start = START) {
    this.clock = new VirtualClock(start);
    this.calls = new Calls(this.clock);
    this.api = new ApiServer(this.clock);
    this.account = new Account({ stackStatus: () => this.cloudformation.status, invoke: (name, event) => this.lambda.deliver(name, event) });
    this.controllers = new Controllers(this.clock, this.api, this.account);
    this.lambda = new Lambda(this.clock, this.calls, this.edges());
    this.cloudformation = new CloudFormation(this.clock, this.lambda, {
      create: (logicalId, resource) => this.create(logicalId, resource), delete: resource => this.delete(resource),
    });
  }

  /** Called when a program begins to change a release while another one still does. */
  public collided: (release: string, invocation: Invocation) => void = () => undefined;

  /** A copy, made while nothing is going on. */
  public fork(): World {
    const copy = new World(this.options, this.clock.now());
    [copy.api.isThere, copy.api.version, copy.api.generation] = [this.api.isThere, this.api.version, this.api.generation];
    copy.api.objects = new Map(this.api.objects);
    copy.account.things = structuredClone(this.account.things);
    [copy.cloudformation.kept, copy.cloudformation.status] = [new Map(this.cloudformation.kept), this.cloudformation.status];
    copy.cloudformation.requests = this.cloudformation.requests;
    copy.controllers.resume();
    return copy;
  }

  private edges(): Edges {
    return {
      clock: this.clock,
      files: this.files,
      env: ENV,
      aws: (invocation, client, operation, input) => this.calls.pass(invocation, call('aws', `aws ${client} ${operation}`,
        () => this.account.call(operation, input), how => { throw failure(how); })),
      fetch: (invocation, url, { body }) => this.calls.pass(invocation, call('answer', 'answer', () => response(this.cloudformation.answer(url, JSON.parse(body))), how => {
        if (how === 'time-out') {
          throw new TypeError('fetch failed');
        }
        return response(how === 'throttling' ? 503 : 500);
      })),
      program: (invocation, name, args, input, interrupted) => name === 'helm' ? this.helm(invocation, args, interrupted)
        : this.kubectl(invocation, args, input, interrupted),
    };
  }

  private async kubectl(invocation: Invocation, args: string[], input: string, interrupted: Promise<unknown>): Promise<Ended> {
    const signalled: Ended = { code: null, stdout: '', stderr: '' };
    const what = `kubectl ${args.slice(0, 2).filter(it => !it.startsWith('-')).join(' ')}`;
    try {
      const outcome = await this.calls.pass(invocation, call('kubectl', what, () => kubectl(this.api, this.files, args, input), how => ({ ended: failed(how) })), interrupted);
      if ('ended' in outcome) {
        return outcome.ended;
      }
      let isInterrupted = false;
      void interrupted.then(() => { isInterrupted = true; });
      for (const end = this.clock.now() + outcome.timeout; ;) {
        const ended = isInterrupted ? signalled : outcome.isOver();
        if (ended !== undefined) {
          return ended;
        }
        if (this.clock.now() >= end) {
          return { code: 1, stdout: '', stderr: outcome.late };
        }
        await this.wait(1_000, invocation);
      }
    } catch (error) {
      if (error instanceof Interrupted) {
        return signalled;
      }
      throw error;
    }
  }

  private async helm(invocation: Invocation, args: string[], interrupted: Promise<unknown>): Promise<Ended> {
    const [verb, name] = args;
    const changes = ['upgrade', 'rollback', 'uninstall'].includes(verb);
    const step = <T>(what: string, effect: () => T) => this.calls.pass(invocation,
      call('helm step', `helm ${what}`, effect, (how): T => { throw new StepFailed(how); }), interrupted);
    const pause = async () => {
      await Promise.race([this.wait(2_000, invocation), interrupted.then(() => { throw new Interrupted(); })]);
    };
    const helm = new Helm(this.api, this.options.charts, this.files, this.clock, step, pause);
    let isOver = false;
    const run = () => {
      if (changes && this.busy.get(name)?.()) {
        this.collided(name, invocation);
      }
      if (changes) {
        this.busy.set(name, () => !isOver && !invocation.isDead);
      }
      return helm.run(args);
    };
    try {
      return await (await this.calls.pass(invocation, call('helm', `helm ${verb}`, () => run, how => async () => {
        const { message } = new StepFailed(how);
        return { code: 1, stdout: '', stderr: `Error: ${message}` };
      }), interrupted))();
    } catch (error) {
      if (error instanceof Interrupted) {
        return { code: 1, stdout: '', stderr: 'Error: context canceled' };
      }
      throw error;
    } finally {
      isOver = true;
    }
  }

  private async wait(milliseconds: number, invocation: Invocation): Promise<void> {
    await this.clock.sleep(milliseconds);
    return invocation.isDead ? never() : undefined;
  }

  private async create(logicalId: string, { type }: Resource): Promise<void> {
    if (type === 'Broken') {
      await this.clock.sleep(5_000);
      throw new Error(`${logicalId} is broken on purpose`);
    }
    await this.clock.sleep(600_000);
    const { things } = this.account;
    things.cluster = { status: 'ACTIVE', deletionProtection: false };
    things.logs.push('/aws/eks/shop/cluster');
    things.groups.push({ id: 'group-eks', tag: 'aws:eks:cluster-name', cluster: 'shop', names: ['group-eks'] });
    this.api.isThere = true;
    this.api.generation++;
    ['default', 'kube-system'].forEach(name => this.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, 'kube-apiserver'));
    this.api.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'coredns', namespace: 'kube-system' }, spec: { replicas: 2 } }, 'eks');
    this.options.plant(this.api);
  }

  /** What a cluster leaves behind: its log group, its security group, and the interfaces that Cilium made. */
  private async delete({ type }: Resource): Promise<void> {
    if (type === 'Broken') {
      return;
    }
    await this.clock.sleep(600_000);
    this.remains = [...this.api.objects.values()];
    this.api.isThere = false;
    this.api.objects.clear();
    this.account.things.cluster = undefined;
    this.account.things.interfaces.push({ id: 'interface-cilium', cluster: 'shop', status: 'available' });
  }
}

function call<T>(edge: Edge, what: string, effect: () => T, fail: (how: Failure) => T): Call<T> {
  return { edge, what, takes: TAKES[edge], effect, fail };
}

function response(status: number) {
  return { ok: status < 300, status, text: async () => '' };
}

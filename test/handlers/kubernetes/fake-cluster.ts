import type { Programs, Ran, RunOptions } from '../../../handlers/kubernetes/programs';
import type { Work } from '../../../handlers/kubernetes/work';
import { FakeAws } from '../fake-aws';

/** A cluster that answers what the drain asks kubectl. Objects with finalizers stay, as being deleted, until a test takes them away. */
export class FakeCluster implements Programs {
  public objects: any[] = [];
  /** Groups that the API server does not have. */
  public absent = ['elbv2.k8s.aws', 'gateway.networking.k8s.io', 'aga.k8s.aws'];
  public readonly aws = new FakeAws();
  public now = 0;

  /** Each command, in its order. */
  public readonly commands: string[] = [];

  /** What a command is answered instead, once each. */
  public readonly failures: { command: RegExp; stderr: string }[] = [];

  /** Called whenever time passes. */
  public whileWaiting: () => void = () => {};

  public async helm(): Promise<Ran> {
    throw new Error('nobody asks Helm');
  }

  public async kubectl(args: string[], _: RunOptions): Promise<Ran> {
    const command = args.join(' ');
    this.commands.push(command);
    const failure = this.failures.findIndex(it => it.command.test(command));
    if (failure >= 0) {
      return failed(this.failures.splice(failure, 1)[0].stderr);
    }
    const namespace = args.includes('--namespace') ? args[args.indexOf('--namespace') + 1] : undefined;
    const [verb, what] = args;
    if (verb === 'delete') {
      args.slice(2, args.indexOf('--namespace')).forEach(name => this.remove(kindOf(what), namespace!, name));
      return succeeded('');
    }
    return what === '--raw' ? this.raw(args[2]) : this.get(args, namespace);
  }

  /** A request to the drain, or another handler, with a clock that jumps where it would sleep. */
  public work(request: Partial<Work['request']> = {}, owner = 'mine'): Work {
    return {
      request: {
        RequestType: 'Delete',
        ResponseURL: 'https://answer.example.com/',
        StackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/Shop/1',
        RequestId: 'request',
        ResourceType: 'Custom::EksPlatformDrain',
        LogicalResourceId: 'Drain',
        PhysicalResourceId: `drain-${owner}`,
        ResourceProperties: { ClusterName: 'shop' },
        ...request,
      },
      programs: this,
      aws: this.aws,
      clock: {
        now: () => this.now,
        sleep: async milliseconds => {
          this.now += milliseconds;
          this.whileWaiting();
        },
      },
      deadline: this.now + 14 * 60_000,
      folder: '',
      owner,
    };
  }

  /** Those of a kind, as `namespace/name`. */
  public names(kind: string): string[] {
    return this.objects.filter(it => it.kind === kind).map(it => `${it.metadata.namespace}/${it.metadata.name}`);
  }

  /** What a controller would do. */
  public finish(): void {
    this.objects = this.objects.filter(it => it.metadata.deletionTimestamp === undefined);
  }

  /** A controller says that it can't. */
  public warn({ kind, metadata: { name, namespace, uid } }: any, message: string, lastTimestamp = 'Z'): void {
    this.objects.push({
      kind: 'Event', metadata: { namespace, name: message }, involvedObject: { uid, kind, name }, reason: 'Failed', message, lastTimestamp,
    });
  }

  private remove(kind: string, namespace: string, name: string): void {
    const one = this.objects.find(it => it.kind === kind && it.metadata.namespace === namespace && it.metadata.name === name);
    if (one?.metadata.finalizers?.length > 0) {
      one.metadata.deletionTimestamp ??= '2026-01-01T00:00:00Z';
    } else {
      this.objects = this.objects.filter(it => it !== one);
    }
  }

  private raw(path: string): Ran {
    if (this.absent.some(it => path.includes(it))) {
      return failed('Error from server (NotFound): the server could not find the requested resource');
    }
    return this.list(kindOf(path.split('/').pop()!));
  }

  private get(args: string[], namespace?: string): Ran {
    const kind = kindOf(args[1]);
    if (args[2].startsWith('--')) {
      return this.list(kind, namespace);
    }
    const found = this.objects.find(it => it.kind === kind && it.metadata.name === args[2]);
    return found ? succeeded(JSON.stringify(found)) : failed('Error from server (NotFound): not found');
  }

  private list(kind: string, namespace?: string): Ran {
    const items = this.objects.filter(it => it.kind === kind && (namespace ?? it.metadata.namespace) === it.metadata.namespace);
    return succeeded(JSON.stringify({ items }));
  }
}

/** An object of the cluster. */
export function object(apiVersion: string, kind: string, name: string, rest: any = {}): any {
  const { metadata, ...other } = rest;
  return { apiVersion, kind, metadata: { name, namespace: 'shop', uid: `${kind} ${name}`, ...metadata }, spec: {}, ...other };
}

/** An Ingress as one makes it by hand, for which the controller has made a load balancer. */
export function ingress(name: string, rest: any = {}): any {
  return object('networking.k8s.io/v1', 'Ingress', name, {
    spec: { ingressClassName: 'alb' },
    status: { loadBalancer: { ingress: [{ hostname: `${name}.elb.amazonaws.com` }] } },
    ...rest,
    metadata: { finalizers: ['ingress.k8s.aws/resources'], ...rest.metadata },
  });
}

/** The controller, or one whose pods are gone. */
export function controller(availableReplicas: number): any {
  return object('apps/v1', 'Deployment', 'aws-load-balancer-controller', { status: { availableReplicas } });
}

const KINDS = [
  'Ingress', 'IngressClass', 'Service', 'TargetGroupBinding', 'Gateway', 'GlobalAccelerator', 'Event', 'Deployment', 'Namespace', 'APIService',
];

/** Of what kubectl takes for a kind. */
function kindOf(resource: string): string {
  const word = resource.split('.')[0].toLowerCase();
  return KINDS.find(it => [it.toLowerCase(), `${it.toLowerCase()}s`, `${it.toLowerCase()}es`].includes(word))!;
}

function succeeded(stdout: string): Ran {
  return { code: 0, stdout, stderr: '', interrupted: false };
}

function failed(stderr: string): Ran {
  return { code: 1, stdout: '', stderr, interrupted: false };
}

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { FakeLeases } from './fake-leases';
import { stackOf } from '../../../handlers/kubernetes/owner';
import type { Programs, Ran, RunOptions } from '../../../handlers/kubernetes/programs';
import { serveRelease } from '../../../handlers/kubernetes/release';
import type { Work } from '../../../handlers/kubernetes/work';
import type { Result } from '../../../handlers/shared/custom-resource';
import { FakeAws } from '../fake-aws';

/** Services of AWS that charts come from. */
class Sources extends FakeAws {
  /** The bytes of objects by bucket and key. */
  public readonly objects: { [name: string]: Buffer } = {};

  protected getAuthorizationToken() {
    return { authorizationData: [{ authorizationToken: Buffer.from('AWS:a-password-of-ecr').toString('base64') }] };
  }

  protected getObject({ Bucket, Key }: any) {
    return { Body: { transformToByteArray: async () => new Uint8Array(this.objects[`${Bucket}/${Key}`]) } };
  }
}

/** A request for a release, as CloudFormation sends it. */
export function helmRequest(
  RequestType: 'Create' | 'Update' | 'Delete', ResourceProperties: { [name: string]: string | undefined }, id: string,
): Work['request'] {
  return {
    RequestType,
    ResponseURL: '',
    StackId: 'stack',
    RequestId: 'request',
    ResourceType: 'Custom::AWSCDK-EKS-HelmChart',
    LogicalResourceId: 'Release',
    ...RequestType === 'Create' ? {} : { PhysicalResourceId: id },
    ResourceProperties,
  };
}

/** A Helm that keeps the revisions of one release, and a kubectl that reads them. */
export class FakeHelm implements Programs {
  public revisions: { status: string; owner?: string; stack?: string; adopted?: boolean }[] = [];
  public crds = '';
  public manifest = '';

  /** The CRDs of the cluster, each with its field managers; one with `:status` manages that alone. */
  public applied: { [crd: string]: string[] } = {};

  /** What there is of the manifest, as kubectl has it: an answer each time that all is asked for, then nothing. */
  public left: object[] = [];
  public now = 0;
  public readonly leases = new FakeLeases();
  public readonly aws = new Sources();

  /** Each command, in its order. */
  public readonly commands: string[] = [];
  public readonly inputs: (string | undefined)[] = [];

  /** What a command ends with instead, once each. */
  public readonly failures: { command: RegExp; stderr: string; interrupted?: boolean; before?: () => void }[] = [];

  /** The file with values, as Helm saw it last. */
  public values?: { path: string; text: string; mode: number };

  /** The commands that change something. */
  public get changes(): string[] {
    return this.commands.filter(it => /^(upgrade|rollback|uninstall|apply|label|delete) /.test(it));
  }

  public async helm(args: string[], { input }: RunOptions): Promise<Ran> {
    const [verb] = args;
    const option = (name: string) => args[args.indexOf(name) + 1];
    if (verb === 'upgrade') {
      const path = option('--values');
      this.values = { path, text: readFileSync(path, 'utf8'), mode: statSync(path).mode % 0o1000 };
    }
    const failed = this.noted(args, input);
    if (failed) {
      return failed;
    }
    const last = this.revisions.at(-1);
    switch (verb) {
      case 'pull':
        writeFileSync(join(option('--destination'), 'chart-1.0.0.tgz'), '');
        break;
      case 'show':
        return succeeded(this.crds);
      case 'get':
        return succeeded(this.manifest);
      case 'upgrade':
        if (last?.status === 'deployed') {
          last.status = 'superseded';
        }
        this.revisions.push({ status: 'deployed', ...holderIn(option('--labels').split(',')) });
        break;
      case 'rollback':
        this.revisions.push({ ...this.revisions[Number(args[2]) - 1], status: 'deployed' });
        break;
      case 'uninstall':
        if (last === undefined) {
          return { ...succeeded(''), code: 1, stderr: 'Error: uninstall: Release not loaded: web: release: not found' };
        }
        if (args.includes('--keep-history')) {
          last.status = 'uninstalled';
        } else {
          this.revisions = [];
        }
    }
    return succeeded('');
  }

  public async kubectl(args: string[], { input }: RunOptions): Promise<Ran> {
    const lease = this.leases.run(args, input);
    if (lease) {
      return lease;
    }
    const failed = this.noted(args, input);
    if (failed) {
      return failed;
    }
    if (args[0] === 'get' && args[1] === 'secrets') {
      return succeeded(this.revisions.map(({ status, owner, stack, adopted }, index) => `${JSON.stringify({
        'owner': 'helm',
        'version': `${index + 1}`,
        status,
        'eks-platform-owner': owner,
        'eks-platform-stack': stack,
        'eks-platform-adopted': adopted ? 'true' : undefined,
      })}\n`).reverse().join(''));
    }
    if (args[0] === 'label') {
      this.label(args);
      return succeeded('');
    }
    if (args[0] === 'get' && args[1] === 'customresourcedefinitions') {
      return succeeded(Object.entries(this.applied).map(([name, managers]) => `${name}${managers.map(it => `\t${it.split(':')[1] ?? ''}:${it.split(':')[0]}`).join('')}\n`).join(''));
    }
    const object = args.includes('-') ? this.left.shift() : this.left[0];
    return succeeded(object === undefined ? '' : JSON.stringify(object));
  }

  /** Serves a request, with a clock that jumps where it would sleep. */
  public async serve(
    RequestType: 'Create' | 'Update' | 'Delete', properties: { [name: string]: string | undefined } = {}, more: Partial<Work['request']> = {}, owner = 'mine',
  ): Promise<Result> {
    const folder = mkdtempSync(join(tmpdir(), 'eks-platform-'));
    try {
      return await serveRelease({
        request: {
          ...helmRequest(RequestType, {
            ClusterName: 'shop', Release: 'web', Namespace: 'shop', Chart: 'chart', Repository: 'https://charts.example.com', ...properties,
          }, 'shop/web'),
          ...more,
        },
        programs: this,
        aws: this.aws,
        clock: { now: () => this.now, sleep: async milliseconds => { this.now += milliseconds; } },
        deadline: this.now + 14 * 60_000,
        folder,
        owner,
      });
    } finally {
      expect(existsSync(join(folder, 'values.json'))).toBe(false);
      rmSync(folder, { recursive: true });
    }
  }

  private label(args: string[]): void {
    const [, sign, owner] = /eks-platform-owner(!?=)(\w+)/.exec(args[args.indexOf('--selector') + 1])!;
    this.revisions.filter(it => sign === '=' ? it.owner === owner : it.owner !== owner).forEach(it => {
      Object.assign(it, { owner: undefined, stack: undefined, adopted: undefined }, holderIn(args));
    });
  }

  private noted(args: string[], input?: string): Ran | undefined {
    const command = args.join(' ');
    this.commands.push(command);
    this.inputs.push(input);
    const index = this.failures.findIndex(it => it.command.test(command));
    if (index < 0) {
      return undefined;
    }
    const [{ stderr, interrupted = false, before }] = this.failures.splice(index, 1);
    before?.();
    return { code: 1, stdout: '', stderr, interrupted };
  }
}

/** Whose revisions with these labels are. */
function holderIn(labels: string[]): { owner?: string; stack?: string; adopted?: boolean } {
  const of = (name: string) => labels.find(it => it.startsWith(`${name}=`))?.split('=')[1];
  const holder = { owner: of('eks-platform-owner'), stack: of('eks-platform-stack') };
  return of('eks-platform-adopted') === undefined ? holder : { ...holder, adopted: true };
}

/** The name of the stack in all requests. */
export const STACK = stackOf({ StackId: 'stack' });

function succeeded(stdout: string): Ran {
  return { code: 0, stdout, stderr: '', interrupted: false };
}

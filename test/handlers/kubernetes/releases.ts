import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { createServer, type Server } from 'http';
import { connect, createServer as createProxy, type AddressInfo, type Server as Proxy, type Socket } from 'net';
import { join } from 'path';
import { setTimeout } from 'timers/promises';
import { helmRequest } from './fake-helm';
import { Layer, type Programs } from '../../../handlers/kubernetes/programs';
import { serveRelease } from '../../../handlers/kubernetes/release';
import type { Work } from '../../../handlers/kubernetes/work';
import { NOTHING, type Result } from '../../../handlers/shared/custom-resource';
import { run } from '../../../rehearsal/support/run';
import { runControlPlane, type RunningControlPlane } from '../../support/control-plane';
import { FakeAws } from '../fake-aws';

/** What is in a chart: objects by the names of their files; text where it is a template. */
export interface ChartContents {
  readonly templates: { readonly [name: string]: object | string };
  readonly crds?: { readonly [name: string]: object };
  readonly values?: object;
}

/** What a request may differ in. */
export interface RequestOptions {
  readonly owner?: string;
  readonly id?: string;
  readonly programs?: Programs;
  readonly seconds?: number;
  readonly stack?: string;
}

type Properties = { readonly [name: string]: string | undefined };

/** A real Helm, a real API server, and a chart repository in between. */
export class Releases {
  public static async start(): Promise<Releases> {
    const plane = await runControlPlane();
    const api = await Interruptible.before(Number(new URL(plane.endpoint).port));
    const kubeconfig = join(plane.folder, 'kubeconfig');
    writeFileSync(kubeconfig, readFileSync(plane.adminKubeconfig, 'utf8').replace(plane.endpoint, api.endpoint), { mode: 0o600 });
    await run(plane.kubectlPath, ['config', 'set-context', '--current', '--namespace', 'shop', '--kubeconfig', kubeconfig]); // as the handler does
    const environment = { KUBECONFIG: kubeconfig, HOME: plane.folder };
    const index = { apiVersion: 'v1', entries: {} };
    const repository = createServer((request, response) => {
      response.end(request.url === '/index.yaml' ? JSON.stringify(index) : readFileSync(join(plane.folder, 'charts', request.url!)));
    });
    await new Promise<void>(resolve => repository.listen(0, '127.0.0.1', resolve));
    await plane.kubectl('create', 'namespace', 'shop');
    return new Releases(plane, join(plane.opt, 'helm', 'helm'), environment, new Layer(environment, plane.opt), api, repository, index);
  }

  public readonly namespace = 'shop';

  /** All that the handler logged. */
  public said: string[] = [];

  private constructor(
    public readonly plane: RunningControlPlane, public readonly helmPath: string, public readonly environment: NodeJS.ProcessEnv,
    public readonly programs: Programs, public readonly api: Interruptible, private readonly repository: Server, private readonly index: any,
  ) {}

  public async stop(): Promise<void> {
    this.repository.close();
    this.api.close();
    await this.plane.stop();
  }

  /** Publishes a chart in the repository. */
  public async publish(name: string, version: string, { templates, crds = {}, values = {} }: ChartContents): Promise<void> {
    const folder = mkdtempSync(join(this.plane.folder, 'chart-'));
    const write = (file: string, content: object | string) =>
      writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
    ['templates', 'crds'].forEach(it => mkdirSync(join(folder, it)));
    const metadata = { apiVersion: 'v2', name, version };
    write('Chart.yaml', metadata);
    write('values.yaml', values);
    Object.entries(templates).forEach(([file, content]) => write(`templates/${file}.yaml`, content));
    Object.entries(crds).forEach(([file, content]) => write(`crds/${file}.yaml`, content));
    await run(this.helmPath, ['package', folder, '--destination', join(this.plane.folder, 'charts')]);
    (this.index.entries[name] ??= []).push({ ...metadata, urls: [`${name}-${version}.tgz`] });
  }

  public create(properties: Properties, options?: RequestOptions): Promise<Result> {
    return this.serve('Create', properties, options);
  }

  public update(properties: Properties, options?: RequestOptions): Promise<Result> {
    return this.serve('Update', properties, options);
  }

  public delete(properties: Properties, options?: RequestOptions): Promise<Result> {
    return this.serve('Delete', properties, options);
  }

  /** What a request is refused for, or an empty text if it is not. */
  public async refusal(request: Promise<Result>): Promise<string> {
    return request.then(() => '', error => error.message);
  }

  /** Reads objects; one that is not there is no object. */
  public async get(...args: string[]): Promise<any> {
    const text = await this.plane.kubectl('get', '--namespace', this.namespace, '--ignore-not-found', '--output', 'json', ...args);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Where charts come from. */
  public get address(): string {
    return `http://127.0.0.1:${(this.repository.address() as AddressInfo).port}`;
  }

  /** Publishes two versions of a chart without pods, each with its version in a ConfigMap. */
  public async publishWeb(): Promise<void> {
    for (const version of ['1.0.0', '2.0.0']) {
      await this.publish('web', version, {
        templates: { deployment: DEPLOYMENT, config: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "{{ .Release.Name }}-config" }\ndata: { version: "${version}" }` },
        values: { replicas: 0 },
      });
    }
  }

  /** Installs a release as somebody does by hand. */
  public async byHand(name: string, version: string, ...more: string[]): Promise<void> {
    const args = ['upgrade', '--install', name, 'web', '--repo', this.address, '--version', version, '--namespace', this.namespace, ...more];
    await run(this.helmPath, args, { env: { ...process.env, ...this.environment } });
  }

  /** A file with an object. */
  public file(object: object): string {
    const file = join(this.plane.folder, 'object.json');
    writeFileSync(file, JSON.stringify(object));
    return file;
  }

  /** The status of each revision. */
  public async history(name: string): Promise<string[]> {
    const found = await this.get('secrets', '--selector', `owner=helm,name=${name}`);
    const labels: any[] = (found?.items ?? []).map((it: any) => it.metadata.labels);
    return labels.sort((one, other) => one.version - other.version).map(it => it.status);
  }

  private async serve(RequestType: 'Create' | 'Update' | 'Delete', properties: Properties, options: RequestOptions = {}): Promise<Result> {
    const { owner = 'mine', id, programs = this.programs, seconds = 60, stack = 'stack' } = options;
    const folder = mkdtempSync(join(this.plane.folder, 'request-'));
    const ResourceProperties = {
      ClusterName: 'shop', Namespace: this.namespace, Chart: properties.Release, Repository: this.address, Timeout: '5s', ...properties,
    };
    const aws = new FakeAws();
    aws.cluster = { status: 'ACTIVE' };
    const work: Work = {
      request: { ...helmRequest(RequestType, ResourceProperties, id ?? `${ResourceProperties.Namespace}/${properties.Release}`), StackId: stack },
      programs,
      aws,
      folder,
      owner,
      deadline: Date.now() + seconds * 1000,
      clock: { now: () => Date.now(), sleep: setTimeout },
    };
    const log = jest.spyOn(console, 'log').mockImplementation((...words) => { this.said.push(words.join(' ')); });
    try {
      return await serveRelease(work);
    } finally {
      log.mockRestore();
      rmSync(folder, { recursive: true });
    }
  }
}

/** The id by which CloudFormation deletes what could not be created. */
export const FAILED_CREATE = { id: NOTHING };

/** The way to a server, which can be interrupted. */
export class Interruptible {
  public static async before(port: number): Promise<Interruptible> {
    const proxy = createProxy();
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
    return new Interruptible(proxy, port);
  }

  private readonly sockets = new Set<Socket>();

  private constructor(private readonly proxy: Proxy, port: number) {
    proxy.on('connection', client => {
      const server = connect(port, '127.0.0.1');
      for (const [one, other] of [[client, server], [server, client]]) {
        this.sockets.add(one);
        one.on('error', () => other.destroy()).on('close', () => { this.sockets.delete(one); other.destroy(); }).pipe(other);
      }
    });
  }

  public get endpoint(): string {
    return `https://127.0.0.1:${(this.proxy.address() as AddressInfo).port}`;
  }

  /** Refuses connections for a while, and ends those that there are. */
  public async interrupt(milliseconds: number): Promise<void> {
    const { port } = this.proxy.address() as AddressInfo;
    this.close();
    await setTimeout(milliseconds);
    await new Promise<void>(resolve => this.proxy.listen(port, '127.0.0.1', resolve));
  }

  public close(): void {
    this.proxy.close();
    this.sockets.forEach(it => it.resetAndDestroy());
  }
}

/** An object of the core API. */
export function configMap(name: string, data: object = {}, metadata: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data };
}

/** An object outside of namespaces, which allows nothing. */
export function clusterRole(name: string): object {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules: [] };
}

/** A Deployment without nodes to run on: ready with no replicas, and never with one. */
export const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }} }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web }] }
`;

/** A CRD with the fields that its objects may have. */
export function crd(plural: string, kind: string, fields: string[]): object {
  const properties = Object.fromEntries(fields.map(it => [it, { type: 'string' }]));
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.example.com` },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{
        name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
      }],
    },
  };
}

/** A CRD whose objects may have any fields, and a status that anybody sets. */
export function anything(plural: string, kind: string): object {
  const { spec, ...rest } = crd(plural, kind, []) as any;
  const schema = { openAPIV3Schema: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return { ...rest, spec: { ...spec, versions: [{ ...spec.versions[0], schema }] } };
}

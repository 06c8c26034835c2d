import type { Things } from './account';
import type { ApiServer, KubernetesObject } from './api-server';
import { markerOf } from './controllers';
import type { World } from './world';

const object = (apiVersion: string, kind: string, name: string, namespace: string | undefined, more: object = {}) =>
  ({ apiVersion, kind, ...more, metadata: { name, ...namespace !== undefined && { namespace }, ...(more as any).metadata } });

/** A namespace with somebody's data. */
export function dataIn(api: ApiServer, namespace: string): void {
  api.create(object('v1', 'Namespace', namespace, undefined), 'kubectl-create');
  api.create(object('v1', 'PersistentVolumeClaim', 'ledger', namespace, { metadata: { finalizers: ['kubernetes.io/pvc-protection'] } }), 'kubectl-create');
}

/** A release that somebody installed by hand. */
export function releaseByHand(api: ApiServer, name: string, namespace: string): void {
  const deployment = object('apps/v1', 'Deployment', name, namespace, {
    metadata: {
      labels: { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/name': name },
      annotations: { 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace },
    },
    spec: { replicas: 2, by: 'hand' },
  });
  api.create(deployment, 'helm');
  api.create(object('v1', 'Secret', `sh.helm.release.v1.${name}.v1`, namespace, {
    type: 'helm.sh/release.v1',
    metadata: { labels: { name, owner: 'helm', status: 'deployed', version: '1' } },
    data: { release: { chart: { name, version: '0' }, values: {}, manifest: [deployment] } },
  }), 'helm');
}

/** What others have in every cluster of the sweep: another stack's objects, a namespace with data, a release made by hand. */
export function plant(api: ApiServer): void {
  dataIn(api, 'books');
  api.create(object('v1', 'ConfigMap', 'settings', 'books', { data: { of: 'another stack' }, metadata: { annotations: { 'eks-platform/0123456789abcdef': 'Books/Settings' } } }), 'eks-platform-0123456789abcdef');
  releaseByHand(api, 'metrics', 'kube-system');
}

/** What others have in the account: of another cluster, of another owner, of nobody that we know. */
export function foreignThings(): Things {
  return {
    balancers: [{ arn: 'balancer-books', cluster: 'books', vpc: 'vpc-1' }, { arn: 'balancer-elsewhere', cluster: 'shop', vpc: 'vpc-2' }],
    targets: [{ arn: 'targets-books', cluster: 'books', vpc: 'vpc-1' }],
    interfaces: [
      { id: 'interface-books', cluster: 'books', status: 'available' }, { id: 'interface-by-hand', status: 'available' },
      { id: 'interface-in-use', cluster: 'shop', status: 'in-use' },
    ],
    groups: [{ id: 'group-books', tag: 'aws:eks:cluster-name', cluster: 'books', names: [] }],
    logs: ['/aws/eks/shop/cluster-2', '/aws/eks/books/cluster'],
    records: [{ Name: 'www.example.com.', Type: 'A', ResourceRecords: [{ Value: '192.0.2.1' }] }, markerOf('books', 'books'), { Name: 'books.example.com.', Type: 'A' }],
  };
}

/** Says what of the others' was touched since it was looked at first. */
export class Bystander {
  private readonly objects = new Map<string, KubernetesObject>();
  private readonly things = foreignThings();
  private generation?: number;
  private readonly said = new Set<string>();

  /** @param world with the others' objects in it, if the cluster exists already */
  constructor(private readonly world: World, private readonly keys: ReadonlySet<string>) {
    this.look();
  }

  /** What was touched since this was asked last; empty if nothing was. */
  public touched(): string[] {
    const { api, account } = this.world;
    this.look();
    const objects = api.isThere ? [...this.objects].filter(([key, it]) => api.objects.get(key) !== it)
      .map(([key]) => `${key.split('/').slice(1).filter(Boolean).join(' ')} is ${api.objects.has(key) ? 'changed' : 'deleted'}`) : [];
    const things = (Object.keys(this.things) as (keyof Things)[]).flatMap(name => {
      const now = (account.things[name] as unknown[]).map(it => JSON.stringify(it));
      return (this.things[name] as unknown[]).map(it => JSON.stringify(it)).filter(it => !now.includes(it)).map(it => `${name} ${it} is deleted`);
    });
    const fresh = [...objects, ...things].filter(it => !this.said.has(it));
    fresh.forEach(it => this.said.add(it));
    return fresh;
  }

  private look(): void {
    const { api } = this.world;
    if (api.isThere && this.generation !== api.generation) {
      this.generation = api.generation;
      this.keys.forEach(key => api.objects.has(key) && this.objects.set(key, api.objects.get(key)));
    }
  }
}

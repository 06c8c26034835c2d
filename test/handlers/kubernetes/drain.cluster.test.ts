import { writeFileSync } from 'fs';
import { join } from 'path';
import { setTimeout } from 'timers/promises';
import { serveDrain } from '../../../handlers/kubernetes/drain';
import { Layer } from '../../../handlers/kubernetes/programs';
import { whatHolds } from '../../../handlers/kubernetes/stuck';
import type { Work } from '../../../handlers/kubernetes/work';
import type { Result } from '../../../handlers/shared/custom-resource';
import { FAKE_NODE, READY_NODE } from '../../../rehearsal/cluster/kwok';
import { CONTROL_PLANE, missingOf } from '../../../rehearsal/setup/toolchain';
import { runControlPlane, type RunningControlPlane } from '../../support/control-plane';
import { describeUnless } from '../../support/run';
import { FakeAws } from '../fake-aws';

/** How much faster time passes for the drain than here. */
const HASTE = 20;

const CONTROLLER = 'aws-load-balancer-controller';
const FINALIZER = 'ingress.k8s.aws/resources';

describeUnless(missingOf(CONTROL_PLANE))('the drain of a real cluster', () => {
  let plane: RunningControlPlane;
  let programs: Layer;
  let said: string[];

  beforeAll(async () => {
    plane = await runControlPlane();
    programs = new Layer({ KUBECONFIG: plane.adminKubeconfig, HOME: plane.folder }, plane.opt);
    await apply(
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node', annotations: FAKE_NODE, labels: READY_NODE }, status: { capacity: { cpu: '8', memory: '32Gi', pods: '110' } } },
      { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'alb' }, spec: { controller: 'ingress.k8s.aws/alb' } },
    );
  }, 60_000);

  beforeEach(() => {
    said = [];
    jest.spyOn(console, 'log').mockImplementation((...words) => { said.push(words.join(' ')); });
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await plane.kubectl('delete', `deployment/${CONTROLLER}`, '--namespace', 'kube-system', '--ignore-not-found');
    await releaseAll();
    await plane.kubectl('delete', 'ingresses', '--all');
  });

  afterAll(() => plane?.stop(), 30_000);

  async function apply(...objects: object[]): Promise<void> {
    const file = join(plane.folder, 'objects.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await plane.kubectl('apply', '--filename', file);
  }

  function request(): Work {
    const start = Date.now();
    return {
      request: {
        RequestType: 'Delete',
        ResponseURL: '',
        StackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/Shop/1',
        RequestId: '1',
        ResourceType: 'Custom::EksPlatformDrain',
        LogicalResourceId: 'Drain',
        PhysicalResourceId: 'drain-mine',
        ResourceProperties: { ClusterName: 'shop' },
      },
      programs,
      aws: new FakeAws(),
      clock: { now: () => start + (Date.now() - start) * HASTE, sleep: milliseconds => setTimeout(milliseconds / HASTE) },
      deadline: start + 14 * 60_000,
      folder: plane.folder,
      owner: 'mine',
    };
  }

  function drain(): Promise<Result> {
    return serveDrain(request());
  }

  /** Takes the finalizer off all that is being deleted, as its controller does in the end. */
  async function releaseAll(): Promise<void> {
    const { items } = JSON.parse(await plane.kubectl('get', 'ingresses,services', '--all-namespaces', '--output', 'json'));
    for (const { kind, metadata } of items.filter((it: any) => it.metadata.deletionTimestamp && it.metadata.finalizers?.includes(FINALIZER))) {
      await plane.kubectl('patch', kind, metadata.name, '--namespace', metadata.namespace, '--type=merge', '--patch={"metadata":{"finalizers":null}}');
    }
  }

  /** A Deployment that kwok says is there, with a loop that does what the controller's program does. */
  async function withController<T>(work: () => Promise<T>): Promise<T> {
    const labels = { 'app.kubernetes.io/name': CONTROLLER };
    await apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: CONTROLLER, namespace: 'kube-system', labels },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'controller', image: 'controller' }] } } },
    });
    await plane.kubectl('rollout', 'status', 'deployment', CONTROLLER, '--namespace', 'kube-system', '--timeout=30s');
    let stopped = false;
    const loop = (async () => {
      for (; !stopped; await setTimeout(300)) {
        await releaseAll();
      }
    })();
    try {
      return await work();
    } finally {
      stopped = true;
      await loop;
    }
  }

  const ingress = (name: string, finalizers = [FINALIZER], namespace = 'default') => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace, finalizers },
    spec: { ingressClassName: 'alb', defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
  });
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'nlb', namespace: 'default', finalizers: [FINALIZER] }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } };

  test('is done in a moment if nothing is there', async () => {
    const start = Date.now();
    expect(await drain()).toEqual({ id: 'drain-mine', reason: '0 deleted' });
    expect(Date.now() - start).toBeLessThan(10_000);
  }, 30_000);

  test('deletes Ingresses and Services that were made by hand, and waits for their controller', async () => {
    await apply(ingress('web'), ingress('api'), service, { ...ingress('other', []), spec: { ...ingress('').spec, ingressClassName: 'nginx' } });
    expect(await withController(() => drain())).toEqual({ id: 'drain-mine', reason: '3 deleted' });
    expect(said.filter(it => it.startsWith('waiting for 3: Ingress default/api, Ingress default/web, Service default/nlb'))).not.toEqual([]);
    expect(await plane.kubectl('get', 'ingresses', '--output', 'name')).toBe('ingress.networking.k8s.io/other\n');
  }, 60_000);

  test('ends early if the controller of a finalizer is gone; the command that it names lets the next one end', async () => {
    await apply(ingress('web'));
    const error: Error = await drain().catch(it => it);
    expect(error.message).toMatch(/^1 left.*Ingress default\/web: it has the finalizer ingress.k8s.aws\/resources, .* Controller removes, but it is gone/);
    const [, command] = /: kubectl (patch .*'\{.*\}')\. Then delete the stack again\.$/.exec(error.message)!;
    await plane.kubectl(...command.split(' ').map(it => it.replace(/'/g, '')));
    expect(await drain()).toMatchObject({ reason: '0 deleted' });
  }, 60_000);

  test('ends early if the controller says that the load balancer is protected', async () => {
    await apply(ingress('kept'));
    const { metadata: { uid } } = JSON.parse(await plane.kubectl('get', 'ingress', 'kept', '--output', 'json'));
    const says = (lastTimestamp: number) => apply({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'kept.1', namespace: 'default' },
      involvedObject: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'kept', namespace: 'default', uid },
      type: 'Warning',
      reason: 'FailedBuildModel',
      message: 'Failed build model due to deletion_protection is enabled, cannot delete the ingress: kept',
      lastTimestamp: new Date(lastTimestamp).toISOString().replace(/\.\d+/, ''),
    });
    await says(Date.now() + 60_000);
    await expect(drain()).rejects.toThrow(/Ingress default\/kept: "FailedBuildModel: .*aws elbv2 modify-load-balancer-attributes .*kubectl annotate ingress.v1.networking.k8s.io kept/);
    await plane.kubectl('annotate', 'ingress.v1.networking.k8s.io', 'kept', '--overwrite', 'alb.ingress.kubernetes.io/load-balancer-attributes=deletion_protection.enabled=false');
    await says(Date.now() - 1_000); // words from before the next try are of no matter to it
    expect(await withController(() => drain())).toMatchObject({ reason: '0 deleted' });
  }, 60_000);

  test('keeps everything where the stack lives on', async () => {
    await apply(ingress('web', []));
    const work = request();
    (work.aws as FakeAws).stackStatus = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
    expect(await serveDrain(work)).toMatchObject({ reason: expect.stringContaining('Left everything alone') });
    expect(await plane.kubectl('get', 'ingresses', '--output', 'name')).toContain('web');
    expect(await drain()).toMatchObject({ reason: '1 deleted' });
  }, 30_000);

  test('is not held by a PodDisruptionBudget that allows no disruption, and leaves it to the nodes\' end', async () => {
    await apply({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'all', namespace: 'default' }, spec: { minAvailable: '100%', selector: {} } });
    expect(await drain()).toMatchObject({ reason: '0 deleted' });
    expect(await plane.kubectl('get', 'poddisruptionbudgets', '--output', 'name')).toContain('all');
  }, 30_000);

  describe('a namespace that is stuck in Terminating', () => {
    const terminating = async (name: string, type: string) => {
      await plane.kubectl('delete', 'namespace', name, '--wait=false');
      await plane.kubectl('wait', `--for=condition=${type}`, `namespace/${name}`, '--timeout=30s');
    };

    test('is told with the object that stays in it', async () => {
      await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'held' } }, ingress('web', ['example.com/mine'], 'held'));
      await terminating('held', 'NamespaceFinalizersRemaining');
      const words = await whatHolds(request(), { apiVersion: 'v1', kind: 'Namespace', name: 'held' });
      expect(words).toMatch(/Ingress web is still in it: it has the finalizer example.com\/mine.*kubectl patch ingress.v1.networking.k8s.io web --namespace held/);
      await plane.kubectl('patch', 'ingress', 'web', '--namespace', 'held', '--type=merge', '--patch={"metadata":{"finalizers":null}}');
      await plane.kubectl('wait', '--for=delete', 'namespace/held', '--timeout=30s');
    }, 90_000);

    test('is reported with the API that does not answer, and does not hold up the drain', async () => {
      await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lost' } }, ingress('web', [FINALIZER]), {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1beta1.metrics.k8s.io' },
        spec: { group: 'metrics.k8s.io', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service: { name: 'away', namespace: 'default' } },
      });
      await terminating('lost', 'NamespaceDeletionDiscoveryFailure');
      const words = await whatHolds(request(), { apiVersion: 'v1', kind: 'Namespace', name: 'lost' });
      expect(words).toContain('the API v1beta1.metrics.k8s.io does not answer');
      expect(await withController(() => drain())).toMatchObject({ reason: '1 deleted' });
      await plane.kubectl(.../kubectl (delete apiservice \S+)$/.exec(words)![1].split(' '));
      await plane.kubectl('wait', '--for=delete', 'namespace/lost', '--timeout=60s');
    }, 120_000);
  });
});

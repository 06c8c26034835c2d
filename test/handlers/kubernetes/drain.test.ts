import { controller, FakeCluster, ingress, object } from './fake-cluster';
import { serveDrain } from '../../../handlers/kubernetes/drain';
import { NOTHING } from '../../../handlers/shared/custom-resource';
import { awsError } from '../fake-aws';

let cluster: FakeCluster;
beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => {});
  cluster = new FakeCluster();
  cluster.objects = [controller(1)];
});
afterEach(() => jest.restoreAllMocks());

const isDone = () => expect(cluster.objects.filter(it => !['Deployment', 'IngressClass'].includes(it.kind))).toEqual([]);
const service = (name: string, type: string, finalizers: string[] = []) => object('v1', 'Service', name, { spec: { type }, metadata: { finalizers } });
const binding = (name: string, labels = {}) =>
  object('elbv2.k8s.aws/v1beta1', 'TargetGroupBinding', name, { metadata: { labels, finalizers: ['elbv2.k8s.aws/resources'] } });

test('deletes Ingresses, Services and bindings of load balancers that nobody else deletes, and waits until the controller has cleaned up', async () => {
  cluster.absent = [];
  cluster.objects.push(
    ingress('web'), ingress('new', { metadata: { finalizers: [] } }), service('nlb', 'LoadBalancer', ['service.k8s.aws/resources']), binding('by-hand'),
    object('gateway.networking.k8s.io/v1', 'Gateway', 'edge', { metadata: { finalizers: ['gateway.k8s.aws/alb'] } }),
  );
  cluster.whileWaiting = () => cluster.now > 20_000 && cluster.finish();
  expect(await serveDrain(cluster.work())).toEqual({ id: 'drain-mine', reason: '5 deleted' });
  expect(cluster.now).toBeGreaterThan(20_000);
  isDone();
});

test('says in its log what it deletes, and what it waits for', async () => {
  cluster.objects.push(ingress('web'));
  cluster.whileWaiting = () => cluster.finish();
  await serveDrain(cluster.work());
  expect(console.log).toHaveBeenCalledWith('deleted Ingress shop/web');
  expect(console.log).toHaveBeenCalledWith('waiting for 1: Ingress shop/web');
});

test('leaves alone what has no load balancer of ours: it is deleted with the cluster', async () => {
  cluster.absent = [];
  cluster.objects.push(
    ingress('other', { spec: { ingressClassName: 'nginx' }, metadata: { finalizers: [] } }),
    service('plain', 'ClusterIP'), binding('of-an-ingress', { 'ingress.k8s.aws/stack-name': 'web' }),
  );
  expect(await serveDrain(cluster.work())).toMatchObject({ reason: '0 deleted' });
  expect(cluster.names('Ingress').concat(cluster.names('Service'), cluster.names('TargetGroupBinding'))).toHaveLength(3);
});

test('knows Ingresses of further classes of the controller, and by the annotation', async () => {
  cluster.objects.push(
    object('networking.k8s.io/v1', 'IngressClass', 'internal', { spec: { controller: 'ingress.k8s.aws/alb' } }),
    ingress('a', { spec: { ingressClassName: 'internal' }, metadata: { finalizers: [] } }),
    ingress('b', { spec: {}, metadata: { finalizers: [], annotations: { 'kubernetes.io/ingress.class': 'alb' } } }),
  );
  expect(await serveDrain(cluster.work())).toMatchObject({ reason: '2 deleted' });
  isDone();
});

test('is quick if nothing is there, even if the kinds of the controller do not exist', async () => {
  expect(await serveDrain(cluster.work())).toEqual({ id: 'drain-mine', reason: '0 deleted' });
  expect(cluster.now).toBe(0);
  isDone();
});

test('ends early if a load balancer is protected, once the others are gone, with the commands that help', async () => {
  const kept = ingress('kept');
  cluster.objects.push(kept, ingress('web'));
  cluster.whileWaiting = () => {
    cluster.warn(kept, 'deletion_protection is enabled, cannot delete the ingress: kept');
    cluster.objects = cluster.objects.filter(it => it.metadata.name !== 'web' || cluster.now < 15_000);
  };
  await expect(serveDrain(cluster.work())).rejects.toThrow(new RegExp([
    '^1 left.* Ingress shop/kept: "Failed: deletion_protection is enabled',
    'aws elbv2 modify-load-balancer-attributes --attributes Key=deletion_protection.enabled,Value=false .*DNSName==\'kept.elb.amazonaws.com\'',
    'kubectl annotate ingress.v1.networking.k8s.io kept --namespace shop --overwrite alb.ingress.kubernetes.io/load-balancer-attributes=',
    'Then delete the stack again',
  ].join('.*')));
  expect(cluster.now).toBeGreaterThanOrEqual(15_000);
  expect(cluster.now).toBeLessThan(30_000);
});

test('does not end for a warning from before the deletion', async () => {
  const web = ingress('web');
  cluster.objects.push(web);
  cluster.warn(web, 'deletion_protection is enabled', '2025-12-31T23:59:59Z');
  cluster.whileWaiting = () => cluster.now > 60_000 && cluster.finish();
  expect(await serveDrain(cluster.work())).toMatchObject({ reason: '1 deleted' });
});

test.each([['is gone', undefined, 'but it is gone'], ['is not running', 0, 'but it is not running']])(
  'ends early where the controller %s, with the finalizer and the command that helps', async (_, replicas, words) => {
    cluster.objects = [ingress('web'), ...replicas === undefined ? [] : [controller(replicas)]];
    await expect(serveDrain(cluster.work())).rejects.toThrow(new RegExp(
      `Ingress shop/web: it has the finalizer ingress.k8s.aws/resources, which the AWS Load Balancer Controller removes, ${words}.*`
      + 'kubectl patch ingress.v1.networking.k8s.io web --namespace shop --type merge --patch \'{"metadata":{"finalizers":null}}\''));
    expect(cluster.now).toBeGreaterThanOrEqual(60_000);
    expect(cluster.now).toBeLessThan(90_000);
  });

test('waits for a controller that comes back within a minute', async () => {
  cluster.objects = [ingress('web'), controller(0)];
  cluster.whileWaiting = () => cluster.now > 50_000 && cluster.finish();
  expect(await serveDrain(cluster.work())).toMatchObject({ reason: '1 deleted' });
});

test('gives up after ten minutes where something else holds an object, and names at most three in full', async () => {
  cluster.objects.push(...['a', 'b', 'c', 'd'].map(name => ingress(name, { metadata: { finalizers: ['example.com/mine'] } })));
  const error: Error = await serveDrain(cluster.work()).catch(it => it);
  expect(error.message).toMatch(/^4 left.*Ingress shop\/a: it has the finalizer example.com\/mine, which only the program that set it removes.*\. Ingress shop\/d\. Then/);
  expect(error.message.match(/has the finalizer/g)).toHaveLength(3);
  expect(error.message.length).toBeLessThan(2_000);
  expect(cluster.now).toBeGreaterThanOrEqual(600_000);
  expect(cluster.now).toBeLessThan(620_000);
});

test('names what makes an object again each time it was deleted', async () => {
  const again = () => ingress('web', { metadata: { finalizers: [], managedFields: [{ manager: 'argocd-controller' }] } });
  cluster.objects.push(again());
  cluster.whileWaiting = () => !cluster.names('Ingress').includes('shop/web') && cluster.objects.push(again());
  cluster.objects.push(ingress('stays', { metadata: { finalizers: ['example.com/mine'] } }));
  await expect(serveDrain(cluster.work())).rejects.toThrow(/Ingress shop\/web: argocd-controller makes it again each time it is deleted: stop that first/);
});

test('says so if a webhook refuses a deletion', async () => {
  cluster.objects.push(ingress('web', { metadata: { finalizers: [] } }));
  cluster.failures.push(...Array.from({ length: 100 }, () => ({ command: /^delete ingress/, stderr: 'admission webhook "policy.example.com" denied the request' })));
  await expect(serveDrain(cluster.work())).rejects.toThrow(/Ingress shop\/web: admission webhook "policy.example.com" denied the request/);
});

test('waits for an API server that is away', async () => {
  cluster.objects.push(ingress('web', { metadata: { finalizers: [] } }));
  cluster.failures.push({ command: /ingresses/, stderr: 'The connection to the server 1.2.3.4 was refused' });
  cluster.aws.cluster = { status: 'ACTIVE' };
  expect(await serveDrain(cluster.work())).toMatchObject({ reason: '1 deleted' });
});

test('continues in another invocation if the time of one is too short', async () => {
  cluster.objects.push(ingress('web'));
  await expect(serveDrain({ ...cluster.work(), deadline: 120_000 })).rejects.toThrow(/^waiting for Ingress shop\/web$/);
});

test.each([
  ['it is renamed on a living platform, or a version of the library has no drain', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'],
  ['that, or what first brought it, is rolled back', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'],
  ['an update deletes it early', 'UPDATE_IN_PROGRESS'],
])('deletes nothing when %s', async (_, stackStatus) => {
  cluster.objects.push(ingress('web'));
  cluster.aws.stackStatus = stackStatus;
  expect(await serveDrain(cluster.work())).toEqual({ id: 'drain-mine', reason: `Left everything alone: the stack is not being deleted (${stackStatus})` });
  expect(cluster.commands).toEqual([]);
});

test('deletes nothing when it can\'t find out whether the stack is being deleted', async () => {
  cluster.aws.failures.describeStacks = [awsError('TimeoutError', 'connect ETIMEDOUT')];
  expect(await serveDrain(cluster.work())).toMatchObject({ reason: expect.stringContaining('status unknown: TimeoutError: connect ETIMEDOUT') });
  expect(cluster.commands).toEqual([]);
});

test('asks for its own stack', async () => {
  await serveDrain(cluster.work());
  expect(cluster.aws.calls).toEqual([{ operation: 'describeStacks', input: { StackName: cluster.work().request.StackId } }]);
});

test('deletes what a first creation has brought when that is rolled back', async () => {
  cluster.objects.push(ingress('web', { metadata: { finalizers: [] } }));
  cluster.aws.stackStatus = 'ROLLBACK_IN_PROGRESS';
  expect(await serveDrain(cluster.work())).toMatchObject({ reason: '1 deleted' });
});

test.each([
  ['is created', { RequestType: 'Create', PhysicalResourceId: undefined }, 'drain-mine'],
  ['gets another cluster', { RequestType: 'Update' }, 'drain-mine'], // under the same id: nothing is to be deleted for that
  ['was never created', { RequestType: 'Delete', PhysicalResourceId: NOTHING }, NOTHING],
] as const)('asks nobody and deletes nothing when it %s', async (_, request, id) => {
  expect(await serveDrain(cluster.work(request))).toEqual({ id });
  expect([...cluster.commands, ...cluster.aws.calls]).toEqual([]);
});

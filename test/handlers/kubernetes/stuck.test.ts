import { controller, FakeCluster, ingress, object } from './fake-cluster';
import { whatHolds } from '../../../handlers/kubernetes/stuck';

const DELETED = { deletionTimestamp: '2026-01-01T00:00:00Z' };

let cluster: FakeCluster;
beforeEach(() => {
  cluster = new FakeCluster();
});

const holds = ({ apiVersion, kind, metadata: { name, namespace } }: any) => whatHolds(cluster.work(), { apiVersion, kind, name, namespace });
const terminating = (conditions: object[]) => object('v1', 'Namespace', 'shop', { metadata: { ...DELETED, namespace: undefined }, status: { conditions } });
const condition = (type: string, reason: string, message: string, status = 'True') => ({ type, reason, message, status });

test('names each finalizer, who takes it away, and the command that does', async () => {
  const web = ingress('web', { metadata: { ...DELETED, finalizers: ['ingress.k8s.aws/resources', 'example.com/mine'] } });
  cluster.objects = [web, controller(1)];
  expect(await holds(web)).toBe('it has the finalizer ingress.k8s.aws/resources, which the AWS Load Balancer Controller removes, and '
    + 'example.com/mine, which only the program that set it removes; if nothing will remove it, and what it protects may stay behind: '
    + 'kubectl patch ingress.v1.networking.k8s.io web --namespace shop --type merge --patch \'{"metadata":{"finalizers":null}}\'');
});

test.each([
  ['kubernetes.io/pvc-protection', 'Kubernetes removes once nothing uses it'],
  ['foregroundDeletion', 'Kubernetes removes once all that it owns is gone'],
  ['service.kubernetes.io/load-balancer-cleanup', 'a load balancer controller removes'],
  ['group.ingress.k8s.aws/shared', 'the AWS Load Balancer Controller removes, but it is gone'],
])('knows who removes %s: %s', async (finalizer, words) => {
  const it = object('v1', 'Service', 'web', { metadata: { ...DELETED, finalizers: [finalizer] } });
  cluster.objects = [it];
  expect(await holds(it)).toContain(`${finalizer}, which ${words}`);
});

test('says what the controller warned of last since the deletion', async () => {
  const web = ingress('web', { metadata: DELETED });
  cluster.objects = [web, controller(1)];
  cluster.warn(web, 'long ago', '2025-01-01T00:00:00Z');
  cluster.warn(web, 'AccessDenied: not authorized to perform: elasticloadbalancing:DeleteLoadBalancer', '2026-01-01T00:00:09Z');
  cluster.warn(web, 'a first try', '2026-01-01T00:00:05Z');
  expect(await holds(web)).toMatch(/^"Failed: AccessDenied: not authorized.*DeleteLoadBalancer"; it has the finalizer/);
});

test('says how to unprotect a load balancer, instead of how to remove the finalizer', async () => {
  const nlb = object('v1', 'Service', 'nlb', { metadata: { ...DELETED, finalizers: ['service.k8s.aws/resources'] } });
  cluster.objects = [nlb, controller(1)];
  cluster.warn(nlb, 'deletion_protection is enabled, cannot delete the service: nlb');
  const words = await holds(nlb);
  expect(words).toContain('aws elbv2 modify-load-balancer-attributes --attributes Key=deletion_protection.enabled,Value=false --load-balancer-arn ARN');
  expect(words).toContain('kubectl annotate service nlb --namespace shop --overwrite service.beta.kubernetes.io/aws-load-balancer-attributes=');
  expect(words).not.toContain('kubectl patch');
});

test('of a namespace, names what stays in it, and why', async () => {
  const shop = terminating([condition('NamespaceContentRemaining', 'SomeResourcesRemain', 'Some resources are remaining: ingresses.networking.k8s.io has 1 resource instances')]);
  cluster.objects = [shop, ingress('web', { metadata: DELETED })];
  expect(await holds(shop)).toMatch(/^Ingress web is still in it: it has the finalizer ingress.k8s.aws\/resources.* but it is gone; .*kubectl patch ingress.v1.networking.k8s.io web --namespace shop/);
});

test('of a namespace, names the API that does not answer, and how to go without it', async () => {
  const shop = terminating([condition('NamespaceDeletionDiscoveryFailure', 'DiscoveryFailed', 'Discovery failed for some groups, 1 failing')]);
  const api = (name: string, status: string) =>
    object('apiregistration.k8s.io/v1', 'APIService', name, { metadata: { namespace: undefined }, status: { conditions: [{ type: 'Available', status }] } });
  cluster.objects = [shop, api('v1.apps', 'True'), api('v1beta1.metrics.k8s.io', 'False')];
  expect(await holds(shop)).toBe('DiscoveryFailed: Discovery failed for some groups, 1 failing; the API v1beta1.metrics.k8s.io does not answer: '
    + 'start the program that serves it again or, if that is gone for good, kubectl delete apiservice v1beta1.metrics.k8s.io');
});

test.each([
  ['it is not being deleted', ingress('web')],
  ['nothing that is known holds it: see kubectl get ingress.v1.networking.k8s.io web --namespace shop -o yaml',
    ingress('web', { metadata: { ...DELETED, finalizers: [] } })],
])('says so if %s', async (words, it) => {
  cluster.objects = [it];
  expect(await holds(it)).toBe(words);
});

test('says so if the object is gone', async () => {
  expect(await holds(ingress('web'))).toBe('it is gone');
});

test('has words, and no exception, where the cluster can\'t be asked', async () => {
  cluster.failures.push({ command: /^get/, stderr: 'Unauthorized' });
  expect(await holds(ingress('web'))).toBe('it can\'t be read: Unauthorized');
});

import type { ApiServer } from './api-server';
import { dataIn, plant, releaseByHand } from './bystander';
import { Charts } from './charts';
import type { Resource, Template } from './cloudformation';

/** One operation of a stack. */
export interface Operation {
  readonly name: string;
  /** Missing where the stack is deleted. */
  readonly template?: Template;
  /** Whether it is to fail, and everything is to be as before. */
  readonly fails?: boolean;
  /** What the reason must name where the cluster already has what the template defines. */
  readonly refuses?: string;
}

/** The life of one stack, in a cluster with bystanders. */
export interface History {
  readonly name: string;
  readonly operations: readonly Operation[];
  plant(api: ApiServer): void;
}

const deployment = (name: string, more: object = {}) => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, labels: { 'app.kubernetes.io/name': name } }, spec: { replicas: 1, version: '$version', values: '$values', ...more },
});

const configMap = (name: string, data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data });

const service = (name: string, namespace: string, finalizer: string) =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace, finalizers: [finalizer] }, spec: { type: 'LoadBalancer' } });

const INGRESS = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web', namespace: 'shop' }, spec: { ingressClassName: 'alb' } };

const ENDPOINTS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'dnsendpoints.example.com' },
  spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'dnsendpoints', kind: 'DnsEndpoint' }, versions: [{ name: 'v1', served: true }] },
};

export const CHARTS = new Charts(['1', '2', '3'].flatMap(version => [
  { name: 'cilium', version, crds: [], objects: [deployment('cilium'), ...version === '2' ? [deployment('hubble')] : []] },
  { name: 'aws-load-balancer-controller', version, crds: [], objects: [deployment('aws-load-balancer-controller')] },
  { name: 'external-dns', version, crds: [ENDPOINTS], objects: [deployment('external-dns'), service('dns', 'kube-system', 'service.k8s.aws/resources')] },
  { name: 'agent', version, crds: [], objects: [deployment('agent'), service('agent', 'kube-system', 'example.com/slow')] },
]));

const kubernetes = (type: string, properties: object, after: string[] = ['Cluster']): Resource =>
  ({ type, function: 'kubernetes', properties: { ClusterName: 'shop', ...properties }, after });

const release = (name: string, namespace: string, Version: string, more: object = {}, after?: string[]) => kubernetes('Custom::AWSCDK-EKS-HelmChart', {
  Release: name, Namespace: namespace, Chart: name, Repository: 'https://charts.example.com', Version, Values: `{"replicas":${Version}}`, Timeout: '300s', ...more,
}, after);

const manifest = (objects: object[], after?: string[]) =>
  kubernetes('Custom::AWSCDK-EKS-KubernetesResource', { Manifest: JSON.stringify(objects), PruneLabel: 'unused' }, after);

const teardown = (Task: string, after: string[]): Resource => ({
  type: 'Custom::EksPlatformTeardown', function: 'teardown', properties: { Task, ClusterName: 'shop', VpcId: 'vpc-1', ZoneIds: ['Z1'] }, after,
});

const BASE: Template = { Teardown: teardown('teardown', []), Cluster: { type: 'Cluster', properties: {}, after: ['Teardown'] } };

const broken = (template: Template): Template => ({ ...template, Broken: { type: 'Broken', properties: {}, after: Object.keys(template) } });

/** The platform in a version, with the logical ids that two of its resources have. */
function platform(version: string, app = 'App', balancers = 'Balancers'): Template {
  const objects = [configMap('settings', { version }), configMap(`only-in-${version}`, {}), deployment('web', { image: version }), INGRESS]
    .map(it => ({ ...it, metadata: { namespace: 'shop', ...it.metadata } }));
  const coreDns = { ResourceName: 'deployment/coredns', ResourceNamespace: 'kube-system', RestorePatchJson: '{"spec":{"replicas":2}}' };
  return {
    ...BASE,
    Cilium: release('cilium', 'kube-system', version, { Atomic: 'true' }),
    [balancers]: release('aws-load-balancer-controller', 'kube-system', version, {}, ['Cilium']),
    Dns: release('external-dns', 'external-dns', version, { CreateNamespace: 'true', DeleteCrds: 'true' }, [balancers]),
    Shop: manifest([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }]),
    [app]: manifest(objects, ['Shop', balancers, 'Dns']),
    CoreDns: kubernetes('Custom::AWSCDK-EKS-KubernetesPatch', { ...coreDns, ApplyPatchJson: `{"spec":{"replicas":${version}0}}`, PatchType: 'strategic' }),
    Replicas: kubernetes('Custom::AWSCDK-EKS-KubernetesObjectValue', {
      ObjectType: 'deployment', ObjectName: 'coredns', ObjectNamespace: 'kube-system', JsonPath: '.spec.replicas', TimeoutSeconds: '300',
    }, ['CoreDns']),
    Drain: kubernetes('Custom::EksPlatformDrain', {}, [balancers, 'Dns']),
    Guard: teardown('guard', ['Cluster', app, 'Drain', 'Replicas']),
  };
}

const LIFE: History = {
  name: 'life',
  plant,
  operations: [
    { name: 'broken deploy', template: broken(platform('1')), fails: true },
    { name: 'deploy', template: platform('1') },
    { name: 'update', template: platform('2') },
    { name: 'rename', template: platform('2', 'Web', 'Controller') },
    { name: 'broken update', template: broken(platform('3', 'Web', 'Controller')), fails: true },
    { name: 'destroy' },
  ],
};

/** A stack that defines what others made before. It is refused, and the deployment is rolled back. */
function collision(name: string, refuses: string, resource: Resource, others: (api: ApiServer) => void): History {
  return {
    name: `collision with a ${name}`,
    plant: api => { plant(api); others(api); },
    operations: [
      { name: 'deploy', template: BASE },
      { name: 'broken update', template: broken({ ...BASE, Collision: resource }), fails: true, refuses },
      { name: 'destroy' },
    ],
  };
}

export const HISTORIES: readonly History[] = [
  LIFE,
  collision('namespace', 'payments', manifest([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'payments' } }]), api => dataIn(api, 'payments')),
  collision('Ingress', 'web', manifest([INGRESS]), api => { dataIn(api, 'shop'); api.create(INGRESS, 'kubectl-create'); }),
  collision('release', 'cilium', release('cilium', 'kube-system', '1'), api => releaseByHand(api, 'cilium', 'kube-system')),
  {
    name: 'slow deletion',
    plant,
    operations: [
      { name: 'deploy', template: { ...BASE, Agent: release('agent', 'agents', '1', { CreateNamespace: 'true' }) } },
      { name: 'destroy' },
    ],
  },
];

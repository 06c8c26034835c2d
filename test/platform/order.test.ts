import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { EksPlatform, PlatformProfile, WorkloadIdentity } from '../../src';
import { platformFixture, stackFixture } from '../support/fixtures';
import { creationSteps, helmRelease, idsOf, neededBy, resourcesOf } from '../support/read';

const irsa = platformFixture({ profile: PlatformProfile.PROD, identity: WorkloadIdentity.IRSA }).template();
const podIdentity = platformFixture({ identity: WorkloadIdentity.POD_IDENTITY }).template();

const HELM = 'Custom::AWSCDK-EKS-HelmChart';
const role = (template: Template, Description: string) => idsOf(template, 'AWS::IAM::Role', { Description });
const association = (template: Template, ServiceAccount: string) => idsOf(template, 'AWS::EKS::PodIdentityAssociation', { ServiceAccount });

/** What a platform consists of: logical ids by the names that the tests use. */
const PARTS: { [part: string]: (template: Template) => string[] } = {
  'the subnets': it => [...idsOf(it, 'AWS::EC2::Subnet'), ...idsOf(it, 'AWS::EC2::SubnetRouteTableAssociation')],
  'the routes': it => idsOf(it, 'AWS::EC2::Route'),
  'the NAT gateways': it => idsOf(it, 'AWS::EC2::NatGateway'),
  'the endpoints': it => idsOf(it, 'AWS::EC2::VPCEndpoint'),
  'the flow log': it => idsOf(it, 'AWS::EC2::FlowLog'),
  'the secrets key': it => idsOf(it, 'AWS::KMS::Key'),
  'the cluster': it => idsOf(it, 'AWS::EKS::Cluster'),
  'the OIDC provider': it => idsOf(it, 'AWS::IAM::OIDCProvider'),
  'the access entry of kubectl': it => idsOf(it, 'AWS::EKS::AccessEntry'),
  'the teardown': it => idsOf(it, 'Custom::EksPlatformTeardown'),
  'the function of the teardown': it => idsOf(it, 'AWS::Lambda::Function', { Timeout: 900, Handler: 'index.handler', MemorySize: 256 }),
  'the rights of the teardown': it => [...idsOf(it, 'AWS::IAM::Policy', { PolicyName: 'Continue' }), ...idsOf(it, 'AWS::IAM::Role').filter(id => id.includes('TeardownRole'))],
  'the log group of all functions': it => idsOf(it, 'AWS::Logs::LogGroup').filter(id => id.includes('Teardown')),
  'the gateway of the VPC': it => [...idsOf(it, 'AWS::EC2::InternetGateway'), ...idsOf(it, 'AWS::EC2::VPCGatewayAttachment')],
  'the kubectl Lambdas': it => idsOf(it, 'AWS::Lambda::Function').filter(id => id.includes('Kubectl')),
  'the policies of the kubectl Lambdas': it => idsOf(it, 'AWS::IAM::Policy').filter(id => id.includes('Kubectl')),
  'the Pod Identity agent': it => idsOf(it, 'AWS::EKS::Addon', { AddonName: 'eks-pod-identity-agent' }),
  'the role of Cilium': it => role(it, 'kube-system/cilium-operator'),
  'the association of Cilium': it => association(it, 'cilium-operator'),
  'Cilium': it => idsOf(it, HELM, { Release: 'cilium' }),
  'the node group': it => idsOf(it, 'AWS::EKS::Nodegroup'),
  'CoreDNS': it => idsOf(it, 'AWS::EKS::Addon', { AddonName: 'coredns' }),
  'the role of AlbController': it => role(it, 'kube-system/aws-load-balancer-controller'),
  'the association of AlbController': it => association(it, 'aws-load-balancer-controller'),
  'AlbController': it => idsOf(it, HELM, { Release: 'aws-load-balancer-controller' }),
  'the role of ExternalDns': it => role(it, 'external-dns/external-dns'),
  'the association of ExternalDns': it => association(it, 'external-dns'),
  'ExternalDns': it => idsOf(it, HELM, { Release: 'external-dns' }),
  'NodeLocalDns': it => idsOf(it, 'Custom::AWSCDK-EKS-KubernetesResource'),
  'every release': it => [...idsOf(it, HELM), ...idsOf(it, 'Custom::AWSCDK-EKS-KubernetesResource')],
};

/** The pairs of two parts that CloudFormation might create and delete in any order. */
function unordered(template: Template, later: string, earlier: string): string[] {
  const [laterIds, earlierIds] = [later, earlier].map(part => PARTS[part](template));
  expect(laterIds).not.toHaveLength(0);
  expect(earlierIds).not.toHaveLength(0);
  return laterIds.flatMap(id => earlierIds.filter(other => !neededBy(template, id).has(other)).map(other => `${id} without ${other}`));
}

/** What comes later, what comes earlier, and what goes wrong on creation otherwise. */
const CREATION: [string, string, string][] = [
  ['the cluster', 'the subnets', 'its network interfaces have no place'],
  ['the cluster', 'the secrets key', 'it can\'t encrypt its Secrets'],
  ['the node group', 'the routes', 'nodes can neither register nor pull images, and the group fails'],
  ['the node group', 'the NAT gateways', 'the routes lead nowhere'],
  ['every release', 'the access entry of kubectl', 'Helm and kubectl are unauthorized'],
  ['every release', 'the policies of the kubectl Lambdas', 'they may not describe the cluster'],
  ['every release', 'the NAT gateways', 'the Lambda that runs Helm can\'t reach the charts'],
  ['Cilium', 'the role of Cilium', 'the operator starts without rights, which is fatal to it'],
  ['Cilium', 'the OIDC provider', 'nobody vouches for the operator'],
  // terraform-aws-eks 3139, 3106, 3160: "Unhealthy nodes in the kubernetes cluster"
  ['the node group', 'Cilium', 'no node gets ready, and the group fails as unhealthy'],
  // terraform-aws-eks 3001
  ['CoreDNS', 'the node group', 'the add-on stays degraded until it times out'],
  ['AlbController', 'CoreDNS', 'the controller finds no API of AWS, never gets ready and is rolled back'],
  ['AlbController', 'the role of AlbController', 'the controller has no rights'],
  ['ExternalDns', 'CoreDNS', 'it finds no API of AWS, never gets ready and is rolled back'],
  ['ExternalDns', 'the role of ExternalDns', 'it has no rights'],
  ['NodeLocalDns', 'CoreDNS', 'the cache has no one to ask'],
  ['NodeLocalDns', 'the node group', 'no operator has registered CiliumLocalRedirectPolicy, and kubectl fails at once'],
];

test.each(CREATION)('creates %s after %s: else %s', (later, earlier) => {
  expect(unordered(irsa, later, earlier)).toEqual([]);
});

/** With Pod Identity: what a pod gets is settled when it is made, so all must be there before the first node is. */
const POD_IDENTITY: [string, string, string][] = [
  ['the association of Cilium', 'the Pod Identity agent', 'credentials are promised and no one hands them out'],
  ['Cilium', 'the association of Cilium', 'the operator\'s pod is made without credentials'],
  ['Cilium', 'the role of Cilium', 'the association names a role that is not there'],
  ['the node group', 'the Pod Identity agent', 'no operator gets credentials, and no node gets ready'],
  ['the node group', 'the association of Cilium', 'no operator gets credentials, and no node gets ready'],
  ['AlbController', 'the association of AlbController', 'the controller\'s pod is made without credentials'],
  ['ExternalDns', 'the association of ExternalDns', 'its pod is made without credentials'],
];

test.each(POD_IDENTITY)('with Pod Identity, creates %s after %s: else %s', (later, earlier) => {
  expect(unordered(podIdentity, later, earlier)).toEqual([]);
});

/** What is deleted first, what is deleted after it, and what goes wrong on deletion otherwise: the same edges from the other end. */
const DELETION: [string, string, string][] = [
  ['NodeLocalDns', 'CoreDNS', 'pods still ask a cache that has no one to ask'],
  ['NodeLocalDns', 'the node group', 'its redirects stay in a cluster that has lost the cache'],
  ['AlbController', 'CoreDNS', 'it can\'t reach AWS while load balancers are deleted, and Ingresses wait for it for ever'],
  ['AlbController', 'the node group', 'it has no node to run on, and load balancers hold the VPC'],
  ['AlbController', 'the role of AlbController', 'it is refused, and load balancers, target groups and security groups stay'],
  ['AlbController', 'the OIDC provider', 'it gets no credentials any more'],
  ['ExternalDns', 'CoreDNS', 'it can\'t reach Route 53, and records stay'],
  ['ExternalDns', 'the node group', 'it has no node to run on, and records stay'],
  ['ExternalDns', 'the role of ExternalDns', 'it is refused, and records stay'],
  // cilium 21409, terraform-aws-eks 2048: interfaces without an owner hold subnets and security groups
  ['the node group', 'Cilium', 'interfaces are left behind that no one deletes'],
  ['the node group', 'the role of Cilium', 'the operator is refused, and interfaces are left behind'],
  // aws-cdk 34897; the handler hides a failed uninstall, so nothing would tell
  ['every release', 'the access entry of kubectl', 'Helm is unauthorized, and what it should remove stays'],
  ['every release', 'the policies of the kubectl Lambdas', 'they lose their rights while they are still asked'],
  ['every release', 'the kubectl Lambdas', 'no one removes it'],
  ['every release', 'the routes', 'the Lambda that removes it can\'t answer, and the stack waits until that times out'],
  ['every release', 'the NAT gateways', 'the Lambda that removes it can\'t answer, and the stack waits until that times out'],
  ['the kubectl Lambdas', 'the routes', 'they lose their way out while they still answer'],
  ['the cluster', 'the routes', 'nodes lose their way out while they still run'],
  ['the cluster', 'the endpoints', 'controllers lose their connections to AWS while they still work'],
  ['the cluster', 'the flow log', 'its last traffic is not logged'],
  ['the cluster', 'the secrets key', 'it can\'t read its Secrets any more'],
  ['the cluster', 'the teardown', 'it finds the cluster there, and keeps all that was left'],
  ['the teardown', 'the subnets', 'what was left still holds them'],
  ['the teardown', 'the gateway of the VPC', 'addresses of load balancers that were left still hold it'],
  ['the teardown', 'the function of the teardown', 'no one does it'],
  ['the teardown', 'the rights of the teardown', 'it is refused half-way'],
  ['the function of the teardown', 'the log group of all functions', 'Lambda makes the group again'],
  ['the kubectl Lambdas', 'the log group of all functions', 'Lambda makes the group again'],
];

test.each(DELETION)('deletes %s before %s: else %s', (earlier, later) => {
  expect(unordered(irsa, earlier, later)).toEqual([]);
});

test.each([['IRSA', irsa], ['Pod Identity', podIdentity]])('all in all, with %s: VPC, cluster, Cilium, nodes, CoreDNS, controllers', (_, template) => {
  const steps = creationSteps(template);
  const order = [
    ['the subnets', 'the routes', 'the NAT gateways', 'the flow log'], ['the cluster'], ['the role of Cilium'], ['Cilium'], ['the node group'], ['CoreDNS'],
    ['AlbController', 'ExternalDns', 'NodeLocalDns'],
  ].map(parts => parts.flatMap(part => PARTS[part](template)).map(id => steps[id]));
  order.slice(1).forEach((later, index) => expect(Math.min(...later)).toBeGreaterThan(Math.max(...order[index])));
});

test('does not wait for Cilium, as no node is there that could run it', () => {
  expect(helmRelease(irsa, 'cilium').Properties).not.toHaveProperty('Wait');
  expect(helmRelease(irsa, 'cilium').Properties).not.toHaveProperty('Atomic'); // atomic implies wait, and would uninstall
});

test.each(['aws-load-balancer-controller', 'external-dns'])('waits for %s and rolls it back if it does not get ready', release => {
  expect(helmRelease(irsa, release).Properties).toMatchObject({ Wait: true, Atomic: true });
});

test('controllers and cache do not wait for each other', () => {
  for (const part of ['AlbController', 'ExternalDns', 'NodeLocalDns']) {
    const others = ['AlbController', 'ExternalDns', 'NodeLocalDns'].filter(it => it !== part).flatMap(it => PARTS[it](irsa));
    expect(others.filter(id => neededBy(irsa, PARTS[part](irsa)[0]).has(id))).toEqual([]);
  }
});

test('added node groups wait for Cilium as the first one does', () => {
  const { platform, template } = platformFixture();
  platform.addNodeGroup('Batch');
  platform.addNodeGroup('Spot', { capacityType: eks.CapacityType.SPOT });
  const [cilium] = PARTS.Cilium(template());
  const groups = PARTS['the node group'](template());
  expect(groups).toHaveLength(3);
  groups.forEach(id => expect(neededBy(template(), id)).toContain(cilium));
});

test('what depends on the platform comes after all of it, and is deleted while controllers still run', () => {
  const { stack, platform, template } = platformFixture();
  const app = new eks.HelmChart(stack, 'App', { cluster: platform.cluster, chart: 'podinfo', release: 'podinfo' });
  app.node.addDependency(platform);
  const needs = neededBy(template(), idsOf(template(), HELM, { Release: 'podinfo' })[0]);
  const platformIds = Object.keys(template().toJSON().Resources).filter(id => id.startsWith('Platform'));
  expect(platformIds.filter(id => !needs.has(id))).toEqual([]);
});

test('nodes keep their routes, too, where the API is public alone and the Lambdas stand outside the VPC', () => {
  const template = platformFixture({ endpointAccess: eks.EndpointAccess.PUBLIC }).template();
  Object.values(resourcesOf(template, 'AWS::Lambda::Function')).forEach(it => expect(it.Properties).not.toHaveProperty('VpcConfig'));
  expect(unordered(template, 'the node group', 'the routes')).toEqual([]);
  expect(unordered(template, 'the cluster', 'the routes')).toEqual([]);
});

test('a VPC of the same app outlives the cluster, with its routes', () => {
  const stack = stackFixture();
  const vpc = new ec2.Vpc(stack, 'Network');
  new EksPlatform(stack, 'Platform', { clusterName: 'shop', vpc });
  const template = Template.fromStack(stack);
  expect(unordered(template, 'the cluster', 'the routes')).toEqual([]);
  expect(unordered(template, 'Cilium', 'the NAT gateways')).toEqual([]);
});

test.each([PlatformProfile.DEV, PlatformProfile.STAGING, PlatformProfile.PROD])('has no cycle: $profileName', profile => {
  for (const identity of [WorkloadIdentity.IRSA, WorkloadIdentity.POD_IDENTITY]) {
    const { platform, template } = platformFixture({ profile, identity, network: { podCidr: '100.64.0.0/16' } });
    platform.addNodeGroup('More');
    expect(() => creationSteps(template())).not.toThrow();
  }
});

test('leaves no way to ask a platform\'s Cilium to wait, as there is no node yet', () => {
  // @ts-expect-error `wait` is a prop of Cilium on a cluster that has nodes, not of a platform's options.
  const { template } = platformFixture({ cilium: { wait: true } });
  const { Wait, Atomic } = helmRelease(template(), 'cilium').Properties;
  expect([Wait, Atomic]).toEqual([undefined, undefined]);
});

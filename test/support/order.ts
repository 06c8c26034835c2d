import { Match, type Template } from 'aws-cdk-lib/assertions';
import { idsOf, neededBy, resourcesOf, text } from './read';
import { POD_SUBNET_TAG } from '../../src/network/tags';
import { HELM_RELEASE, MANIFEST } from '../../tools/template';

const role = (template: Template, Description: string) => idsOf(template, 'AWS::IAM::Role', { Description });
const association = (template: Template, ServiceAccount: string) => idsOf(template, 'AWS::EKS::PodIdentityAssociation', { ServiceAccount });
const manifests = (template: Template, part: string) =>
  Object.entries(resourcesOf(template, MANIFEST)).filter(([, it]) => text(it.Properties.Manifest).includes(part)).map(([id]) => id);

/** What a platform consists of: logical ids by the names that the tests use. */
export const PARTS: { [part: string]: (template: Template) => string[] } = {
  'the subnets': it => [...idsOf(it, 'AWS::EC2::Subnet'), ...idsOf(it, 'AWS::EC2::SubnetRouteTableAssociation')],
  'the routes': it => idsOf(it, 'AWS::EC2::Route'),
  'the public routes': it => idsOf(it, 'AWS::EC2::Route', { GatewayId: Match.anyValue() }),
  'the attachment of the internet gateway': it => idsOf(it, 'AWS::EC2::VPCGatewayAttachment'),
  'the pod range': it => idsOf(it, 'AWS::EC2::VPCCidrBlock'),
  'the pod subnets': it => idsOf(it, 'AWS::EC2::Subnet', { Tags: Match.arrayWith([{ Key: POD_SUBNET_TAG.key, Value: POD_SUBNET_TAG.value }]) }),
  'the NAT gateways': it => idsOf(it, 'AWS::EC2::NatGateway'),
  'the endpoints': it => idsOf(it, 'AWS::EC2::VPCEndpoint'),
  'the flow log': it => idsOf(it, 'AWS::EC2::FlowLog'),
  'the secrets key': it => idsOf(it, 'AWS::KMS::Key'),
  'the cluster': it => idsOf(it, 'AWS::EKS::Cluster'),
  'the OIDC provider': it => idsOf(it, 'AWS::IAM::OIDCProvider'),
  'the access entry of kubectl': it => idsOf(it, 'AWS::EKS::AccessEntry'),
  'the teardown': it => idsOf(it, 'Custom::EksPlatformTeardown'),
  'the function of the teardown': it => idsOf(it, 'AWS::Lambda::Function').filter(id => id.includes('Teardown')),
  'the rights of the teardown': it => [...idsOf(it, 'AWS::IAM::Policy'), ...idsOf(it, 'AWS::IAM::Role')].filter(id => id.includes('Teardown')),
  'the log group of all functions': it => idsOf(it, 'AWS::Logs::LogGroup').filter(id => id.includes('Teardown')),
  'the function of Helm and kubectl': it => idsOf(it, 'AWS::Lambda::Function').filter(id => id.includes('Kubectl')),
  'the rights of Helm and kubectl': it => [...idsOf(it, 'AWS::IAM::Policy'), ...idsOf(it, 'AWS::IAM::Role')].filter(id => id.includes('Kubectl')),
  'the Pod Identity agent': it => idsOf(it, 'AWS::EKS::Addon', { AddonName: 'eks-pod-identity-agent' }),
  'the role of Cilium': it => role(it, 'kube-system/cilium-operator'),
  'the association of Cilium': it => association(it, 'cilium-operator'),
  'Cilium': it => idsOf(it, HELM_RELEASE, { Release: 'cilium' }),
  'the node group': it => idsOf(it, 'AWS::EKS::Nodegroup'),
  'CoreDNS': it => idsOf(it, 'AWS::EKS::Addon', { AddonName: 'coredns' }),
  'the role of AlbController': it => role(it, 'kube-system/aws-load-balancer-controller'),
  'the association of AlbController': it => association(it, 'aws-load-balancer-controller'),
  'AlbController': it => idsOf(it, HELM_RELEASE, { Release: 'aws-load-balancer-controller' }),
  'the role of ExternalDns': it => role(it, 'external-dns/external-dns'),
  'the association of ExternalDns': it => association(it, 'external-dns'),
  'ExternalDns': it => idsOf(it, HELM_RELEASE, { Release: 'external-dns' }),
  'NodeLocalDns': it => manifests(it, '"kind":"DaemonSet"'),
  'the drain': it => idsOf(it, 'Custom::EksPlatformDrain'),
  'the namespace': it => manifests(it, '"kind":"Namespace"'),
  'a policy in the namespace': it => manifests(it, '"kind":"CiliumNetworkPolicy"').filter(id => !manifests(it, '"kind":"Namespace"').includes(id)),
  'an Ingress in the namespace': it => manifests(it, '"kind":"Ingress"').filter(id => manifests(it, '"namespace":').includes(id)),
  'every Ingress': it => manifests(it, '"kind":"Ingress"'),
  'every release': it => [...idsOf(it, HELM_RELEASE), ...idsOf(it, MANIFEST)],
};

/** The pairs of two parts that CloudFormation might create and delete in any order. */
export function unordered(template: Template, later: string, earlier: string): string[] {
  const [laterIds, earlierIds] = [later, earlier].map(part => PARTS[part](template));
  expect(laterIds).not.toHaveLength(0);
  expect(earlierIds).not.toHaveLength(0);
  return laterIds.flatMap(id => earlierIds.filter(other => !neededBy(template, id).has(other)).map(other => `${id} without ${other}`));
}

/** What comes later, what comes earlier, and what goes wrong on creation otherwise. */
const CREATION: [string, string, string][] = [
  ['the public routes', 'the attachment of the internet gateway', 'EC2 refuses routes to a gateway that is in no network'],
  ['the NAT gateways', 'the attachment of the internet gateway', 'they fail, as their network has no internet gateway'],
  ['the pod subnets', 'the pod range', 'EC2 refuses subnets that are in no range of the VPC'],
  ['the cluster', 'the subnets', 'its network interfaces have no place'],
  ['the cluster', 'the secrets key', 'it can\'t encrypt its Secrets'],
  ['the node group', 'the routes', 'nodes can neither register nor pull images, and the group fails'],
  ['the node group', 'the NAT gateways', 'the routes lead nowhere'],
  ['every release', 'the access entry of kubectl', 'Helm and kubectl are unauthorized'],
  ['every release', 'the rights of Helm and kubectl', 'it may not read charts, and can\'t go on where one invocation is too short'],
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
  ['NodeLocalDns', 'the node group', 'no operator has registered CiliumLocalRedirectPolicy, and kubectl gives up after five minutes'],
  ['every Ingress', 'AlbController', 'no one checks it'],
  ['an Ingress in the namespace', 'the namespace', 'kubectl fails, as there is no such namespace'],
  ['a policy in the namespace', 'the namespace', 'kubectl fails, as there is no such namespace'],
];

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

/** What is deleted first, what is deleted after it, and what goes wrong on deletion otherwise: the same edges from the other end. */
const DELETION: [string, string, string][] = [
  ['the NAT gateways', 'the attachment of the internet gateway', 'it can\'t be detached, as public addresses are mapped to the network'],
  ['the pod subnets', 'the pod range', 'it can\'t be taken from the VPC, as subnets are in it'],
  ['every Ingress', 'AlbController', 'it waits for ever for a controller that is gone, and its load balancer stays'],
  ['every Ingress', 'ExternalDns', 'its records stay'],
  ['every Ingress', 'NodeLocalDns', 'the controllers may lose their DNS before they have cleaned up'],
  ['the namespace', 'AlbController', 'it waits for ever, as Ingresses that were made by hand do'],
  ['the namespace', 'ExternalDns', 'records of Ingresses that were made by hand stay'],
  ['the namespace', 'NodeLocalDns', 'the controllers may lose their DNS before they have cleaned up'],
  ['every Ingress', 'the drain', 'the drain deletes what the stack is about to delete'],
  ['the namespace', 'the drain', 'the drain finds what goes with the namespace'],
  ['the drain', 'AlbController', 'what was made by hand waits for ever for a controller that is gone'],
  ['the drain', 'ExternalDns', 'records of what was made by hand stay'],
  ['the drain', 'NodeLocalDns', 'the controllers may lose their DNS before they have cleaned up'],
  ['the drain', 'the access entry of kubectl', 'it is unauthorized, and load balancers hold the VPC'],
  ['the drain', 'the function of Helm and kubectl', 'no one does it'],
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
  // aws-cdk 34897
  ['every release', 'the access entry of kubectl', 'Helm is unauthorized, and what it should remove stays'],
  ['every release', 'the rights of Helm and kubectl', 'it loses its rights while it is still asked'],
  ['every release', 'the function of Helm and kubectl', 'no one removes it'],
  ['every release', 'the routes', 'the Lambda that removes it can\'t answer, and the stack waits until that times out'],
  ['every release', 'the NAT gateways', 'the Lambda that removes it can\'t answer, and the stack waits until that times out'],
  ['the function of Helm and kubectl', 'the routes', 'it loses its way out while it still answers'],
  ['the cluster', 'the routes', 'nodes lose their way out while they still run'],
  ['the cluster', 'the endpoints', 'controllers lose their connections to AWS while they still work'],
  ['the cluster', 'the flow log', 'its last traffic is not logged'],
  ['the cluster', 'the secrets key', 'it can\'t read its Secrets any more'],
  ['the cluster', 'the teardown', 'it finds the cluster there, and keeps all that was left'],
  ['the teardown', 'the subnets', 'what was left still holds them'],
  ['the teardown', 'the attachment of the internet gateway', 'addresses of load balancers that were left still hold it'],
  ['the teardown', 'the function of the teardown', 'no one does it'],
  ['the teardown', 'the rights of the teardown', 'it is refused half-way'],
  ['the function of the teardown', 'the log group of all functions', 'Lambda makes the group again'],
  ['the function of Helm and kubectl', 'the log group of all functions', 'Lambda makes the group again'],
];

/** What a template must say about the order of its resources. */
export interface OrderCheck {
  /** The test's name. */
  readonly title: string;
  /** Whether it is about platforms whose workloads have Pod Identity. */
  readonly podIdentity: boolean;
  /** The resources that CloudFormation might take in another order. */
  readonly unordered: (template: Template) => string[];
}

const check = (title: string, later: string, earlier: string, podIdentity = false): OrderCheck =>
  ({ title, podIdentity, unordered: template => unordered(template, later, earlier) });

/** All that is tested about the order of two parts. */
export const ORDER: OrderCheck[] = [
  ...CREATION.map(([later, earlier, otherwise]) => check(`creates ${later} after ${earlier}: else ${otherwise}`, later, earlier)),
  ...POD_IDENTITY.map(([later, earlier, otherwise]) => check(`with Pod Identity, creates ${later} after ${earlier}: else ${otherwise}`, later, earlier, true)),
  ...DELETION.map(([earlier, later, otherwise]) => check(`deletes ${earlier} before ${later}: else ${otherwise}`, earlier, later)),
  {
    title: 'creates each NAT gateway after the way out of its own subnet: else what it should pass on is lost',
    podIdentity: false,
    unordered: natGatewaysWithoutWayOut,
  },
];

function natGatewaysWithoutWayOut(template: Template): string[] {
  const attachments = Object.entries(resourcesOf(template, 'AWS::EC2::SubnetRouteTableAssociation'));
  const routes = Object.entries(resourcesOf(template, 'AWS::EC2::Route'));
  return Object.entries(resourcesOf(template, 'AWS::EC2::NatGateway')).flatMap(([gateway, { Properties }]) => {
    const [attached, { Properties: { RouteTableId } }] = attachments.find(([, it]) => it.Properties.SubnetId.Ref === Properties.SubnetId.Ref)!;
    const [route] = routes.find(([, it]) => it.Properties.RouteTableId.Ref === RouteTableId.Ref)!;
    const needs = neededBy(template, gateway);
    return [attached, route].filter(it => !needs.has(it)).map(it => `${gateway} without ${it}`);
  });
}

import type { Moment } from './loss';

/** What is known of a dependency: what a rehearsal notices of its loss, and which tests of the order guard it. */
export interface Guarded {
  readonly from: string;
  readonly to: string;
  /** Where a rehearsal notices the loss. @default - it can't: what then fails needs real machines, addresses or pods */
  readonly noticed?: Moment;
  /** Tests that fail without it, by their names, which say what goes wrong in AWS. */
  readonly tests: string[];
}

/** The file with these tests. */
export const TESTS = 'test/platform/order.test.ts';

const NAT_WITHOUT_WAY_OUT = 'creates each NAT gateway after the way out of its own subnet: else what it should pass on is lost';
const UNAUTHORIZED = [
  'creates every release after the access entry of kubectl: else Helm and kubectl are unauthorized',
  'deletes every release before the access entry of kubectl: else Helm is unauthorized, and what it should remove stays',
];
const WITHOUT_DNS = 'the controllers may lose their DNS before they have cleaned up';

/** Every dependency without which CloudFormation might take another order. */
export const GUARDED: Guarded[] = [
  {
    from: 'Vpc/PublicSubnet*/DefaultRoute',
    to: 'Vpc/VPCGW',
    noticed: 'at create',
    tests: ['creates the public routes after the attachment of the internet gateway: else EC2 refuses routes to a gateway that is in no network'],
  },
  { from: 'Vpc/PublicSubnet*/NATGateway', to: 'Vpc/PublicSubnet*/RouteTableAssociation', tests: [NAT_WITHOUT_WAY_OUT] },
  {
    from: 'Vpc/PublicSubnet*/NATGateway',
    to: 'Vpc/PublicSubnet*/DefaultRoute',
    noticed: 'at create',
    tests: [
      NAT_WITHOUT_WAY_OUT,
      'creates the NAT gateways after the attachment of the internet gateway: else they fail, as their network has no internet gateway',
      'deletes the NAT gateways before the attachment of the internet gateway: else it can\'t be detached, as public addresses are mapped to the network',
    ],
  },
  {
    from: 'Vpc/PodSubnet*/Subnet',
    to: 'Vpc/PodCidr',
    noticed: 'at create',
    tests: [
      'creates the pod subnets after the pod range: else EC2 refuses subnets that are in no range of the VPC',
      'deletes the pod subnets before the pod range: else it can\'t be taken from the VPC, as subnets are in it',
    ],
  },
  { from: 'Cluster', to: 'Teardown', tests: ['deletes the cluster before the teardown: else it finds the cluster there, and keeps all that was left'] },
  {
    from: 'Teardown',
    to: 'Vpc',
    tests: [
      'deletes the teardown before the subnets: else what was left still holds them',
      'deletes the teardown before the attachment of the internet gateway: else addresses of load balancers that were left still hold it',
    ],
  },
  { from: 'Cluster/Kubectl/Handler/Function', to: 'Cluster/Kubectl/Access', noticed: 'at create', tests: UNAUTHORIZED },
  {
    from: 'Cilium/Role/Association',
    to: 'Cluster/EksPodIdentityAgentAddon',
    tests: ['with Pod Identity, creates the association of Cilium after the Pod Identity agent: else credentials are promised and no one hands them out'],
  },
  {
    from: 'Cilium/Release',
    to: 'Cilium/Role',
    tests: ['with Pod Identity, creates Cilium after the association of Cilium: else the operator\'s pod is made without credentials'],
  },
  {
    from: 'Nodes',
    to: 'Cilium',
    noticed: 'at create',
    tests: [
      'creates the node group after Cilium: else no node gets ready, and the group fails as unhealthy',
      'deletes the node group before Cilium: else interfaces are left behind that no one deletes',
    ],
  },
  { from: 'CoreDns', to: 'Nodes', noticed: 'at create', tests: ['creates CoreDNS after the node group: else the add-on stays degraded until it times out'] },
  {
    from: 'AlbController',
    to: 'CoreDns',
    noticed: 'at create',
    tests: [
      'creates AlbController after CoreDNS: else the controller finds no API of AWS, never gets ready and is rolled back',
      'deletes AlbController before CoreDNS: else it can\'t reach AWS while load balancers are deleted, and Ingresses wait for it for ever',
    ],
  },
  {
    from: 'AlbController/Release',
    to: 'AlbController/Role',
    tests: ['with Pod Identity, creates AlbController after the association of AlbController: else the controller\'s pod is made without credentials'],
  },
  {
    from: 'ExternalDns',
    to: 'CoreDns',
    noticed: 'at create',
    tests: [
      'creates ExternalDns after CoreDNS: else it finds no API of AWS, never gets ready and is rolled back',
      'deletes ExternalDns before CoreDNS: else it can\'t reach Route 53, and records stay',
    ],
  },
  {
    from: 'ExternalDns/Release',
    to: 'ExternalDns/Role',
    tests: ['with Pod Identity, creates ExternalDns after the association of ExternalDns: else its pod is made without credentials'],
  },
  {
    from: 'NodeLocalDns',
    to: 'CoreDns',
    noticed: 'at create',
    tests: [
      'creates NodeLocalDns after CoreDNS: else the cache has no one to ask',
      'creates NodeLocalDns after the node group: else no operator has registered CiliumLocalRedirectPolicy, and kubectl gives up after five minutes',
      'deletes NodeLocalDns before CoreDNS: else pods still ask a cache that has no one to ask',
    ],
  },
  {
    from: 'Drain',
    to: 'AlbController',
    tests: ['deletes the drain before AlbController: else what was made by hand waits for ever for a controller that is gone'],
  },
  { from: 'Drain', to: 'ExternalDns', tests: ['deletes the drain before ExternalDns: else records of what was made by hand stay'] },
  { from: 'Drain', to: 'NodeLocalDns', tests: [`deletes the drain before NodeLocalDns: else ${WITHOUT_DNS}`] },
  { from: 'Namespace-shop', to: 'Drain', tests: ['deletes the namespace before the drain: else the drain finds what goes with the namespace'] },
  {
    from: 'Policy/Manifest',
    to: 'Namespace-shop',
    noticed: 'at create',
    tests: ['creates a policy in the namespace after the namespace: else kubectl fails, as there is no such namespace'],
  },
  {
    from: 'IngressOfNamespace/Manifest',
    to: 'Namespace-shop',
    noticed: 'at create',
    tests: ['creates an Ingress in the namespace after the namespace: else kubectl fails, as there is no such namespace'],
  },
  { from: 'Ingress/Manifest', to: 'Drain', tests: ['deletes every Ingress before the drain: else the drain deletes what the stack is about to delete'] },
];

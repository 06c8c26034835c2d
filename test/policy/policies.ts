import { EndpointSelector, LabelExpression, PolicyEntity, PolicyPeer, PolicyPort, PolicyProtocol, type CiliumNetworkPolicyOptions } from '../../src';

/** A policy in our words and in Cilium's. `spec` has no selector if the policy applies to all pods. */
export interface PolicyCase {
  readonly name: string;
  readonly policy: CiliumNetworkPolicyOptions;
  readonly spec: any;
}

const FRONTEND = PolicyPeer.pods({ app: 'frontend' });
const DNS_PORTS = [{ port: '53', protocol: 'UDP' }, { port: '53', protocol: 'TCP' }];
const dnsPods = (app: string) => ({ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': app } });

/** Queries for any name through Cilium's DNS proxy, to the cluster's DNS and to the node. */
export const PROXIED_DNS = [
  {
    toEndpoints: [dnsPods('kube-dns'), dnsPods('node-local-dns')],
    toPorts: [{ ports: DNS_PORTS, rules: { dns: [{ matchPattern: '*' }] } }],
  },
  { toEntities: ['host'], toPorts: [{ ports: DNS_PORTS, rules: { dns: [{ matchPattern: '*' }] } }] },
];

/** Peers of all kinds. */
export const PEERS: PolicyCase[] = [
  {
    name: 'pods with labels',
    policy: { ingress: [{ peers: [FRONTEND] }] },
    spec: { ingress: [{ fromEndpoints: [{ matchLabels: { app: 'frontend' } }] }] },
  },
  {
    name: 'every pod of the namespace',
    policy: { egress: [{ peers: [PolicyPeer.endpoints(EndpointSelector.all())] }] },
    spec: { egress: [{ toEndpoints: [{}] }] },
  },
  {
    name: 'pods of another namespace',
    policy: { ingress: [{ peers: [PolicyPeer.endpoints(EndpointSelector.inNamespace('monitoring', { app: 'prometheus' }))] }] },
    spec: { ingress: [{ fromEndpoints: [{ matchLabels: { 'app': 'prometheus', 'k8s:io.kubernetes.pod.namespace': 'monitoring' } }] }] },
  },
  {
    name: 'pods of namespaces with labels',
    policy: { ingress: [{ peers: [PolicyPeer.endpoints(EndpointSelector.inNamespacesWith({ team: 'shop' }))] }] },
    spec: { ingress: [{ fromEndpoints: [{ matchLabels: { 'k8s:io.cilium.k8s.namespace.labels.team': 'shop' } }] }] },
  },
  {
    name: 'pods of all namespaces but some',
    policy: { egress: [{ peers: [PolicyPeer.endpoints(EndpointSelector.outsideNamespaces('kube-system', 'vault'))] }] },
    spec: { egress: [{ toEndpoints: [{ matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'NotIn', values: ['kube-system', 'vault'] }] }] }] },
  },
  {
    name: 'pods whose labels meet conditions',
    policy: {
      ingress: [{
        peers: [PolicyPeer.endpoints(EndpointSelector.labels({ app: 'web' }).matching(
          LabelExpression.isIn('tier', 'front', 'edge'), LabelExpression.isNotIn('track', 'canary'),
          LabelExpression.exists('team'), LabelExpression.doesNotExist('example.com/legacy'),
        ))],
      }],
    },
    spec: {
      ingress: [{
        fromEndpoints: [{
          matchLabels: { app: 'web' },
          matchExpressions: [
            { key: 'tier', operator: 'In', values: ['front', 'edge'] },
            { key: 'track', operator: 'NotIn', values: ['canary'] },
            { key: 'team', operator: 'Exists' },
            { key: 'example.com/legacy', operator: 'DoesNotExist' },
          ],
        }],
      }],
    },
  },
  ...Object.values(PolicyEntity).map(entity => ({
    name: `the entity ${entity}`,
    policy: { ingress: [{ peers: [PolicyPeer.entity(entity)] }], egress: [{ peers: [PolicyPeer.entity(entity)] }] },
    spec: { ingress: [{ fromEntities: [entity] }], egress: [{ toEntities: [entity] }] },
  })),
  {
    name: 'blocks of addresses',
    policy: { egress: [{ peers: [PolicyPeer.cidr('198.51.100.0/24'), PolicyPeer.cidr('2001:db8::/32')] }] },
    spec: { egress: [{ toCIDR: ['198.51.100.0/24', '2001:db8::/32'] }] },
  },
  {
    name: 'a block but for parts of it',
    policy: { ingress: [{ peers: [PolicyPeer.cidr('10.0.0.0/8', '10.96.0.0/12', '10.1.2.3/32')] }] },
    spec: { ingress: [{ fromCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.96.0.0/12', '10.1.2.3/32'] }] }] },
  },
  {
    name: 'an IPv6 block but for a part of it',
    policy: { ingress: [{ peers: [PolicyPeer.cidr('2001:db8::/32', '2001:db8:1::/48')] }] },
    spec: { ingress: [{ fromCIDRSet: [{ cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] }] }] },
  },
  {
    name: 'DNS names, with the way to ask for them',
    policy: { egress: [{ peers: [PolicyPeer.fqdn('api.example.com'), PolicyPeer.fqdnPattern('**.amazonaws.com')], ports: [PolicyPort.tcp(443)] }] },
    spec: {
      egress: [
        {
          toFQDNs: [{ matchName: 'api.example.com' }, { matchPattern: '**.amazonaws.com' }],
          toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }],
        },
        ...PROXIED_DNS,
      ],
    },
  },
  {
    name: 'peers of several kinds, each kind in a rule of its own with the same ports',
    policy: {
      ingress: [{ peers: [FRONTEND, PolicyPeer.entity(PolicyEntity.HOST), PolicyPeer.pods({ app: 'batch' })], ports: [PolicyPort.tcp(80), PolicyPort.icmpPing()] }],
    },
    spec: {
      ingress: [
        {
          fromEndpoints: [{ matchLabels: { app: 'frontend' } }, { matchLabels: { app: 'batch' } }],
          toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }],
        },
        {
          fromEndpoints: [{ matchLabels: { app: 'frontend' } }, { matchLabels: { app: 'batch' } }],
          icmps: [{ fields: [{ family: 'IPv4', type: 8 }] }],
        },
        { fromEntities: ['host'], toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] },
        { fromEntities: ['host'], icmps: [{ fields: [{ family: 'IPv4', type: 8 }] }] },
      ],
    },
  },
  {
    name: 'everyone, on some ports',
    policy: { ingress: [{ ports: [PolicyPort.tcp(80)] }] },
    spec: { ingress: [{ toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] }] },
  },
];

const ports = (...given: PolicyPort[]): CiliumNetworkPolicyOptions => ({ ingress: [{ ports: given }] });
const port = (...wire: any[]) => ({ ingress: [{ toPorts: [{ ports: wire }] }] });

/** Ports of all kinds. */
export const PORTS: PolicyCase[] = [
  { name: 'a TCP port', policy: ports(PolicyPort.tcp(1)), spec: port({ port: '1', protocol: 'TCP' }) },
  { name: 'a range of TCP ports', policy: ports(PolicyPort.tcpRange(8000, 8999)), spec: port({ port: '8000', endPort: 8999, protocol: 'TCP' }) },
  { name: 'a range of one port', policy: ports(PolicyPort.tcpRange(80, 80)), spec: port({ port: '80', endPort: 80, protocol: 'TCP' }) },
  { name: 'a UDP port', policy: ports(PolicyPort.udp(65535)), spec: port({ port: '65535', protocol: 'UDP' }) },
  { name: 'a range of UDP ports', policy: ports(PolicyPort.udpRange(1, 65535)), spec: port({ port: '1', endPort: 65535, protocol: 'UDP' }) },
  { name: 'an SCTP port', policy: ports(PolicyPort.sctp(9899)), spec: port({ port: '9899', protocol: 'SCTP' }) },
  { name: 'a port of every protocol', policy: ports(PolicyPort.anyProtocol(8080)), spec: port({ port: '8080' }) },
  { name: 'a port by its name', policy: ports(PolicyPort.named('http')), spec: port({ port: 'http', protocol: 'TCP' }) },
  { name: 'a long name', policy: ports(PolicyPort.named('a23456789-12345')), spec: port({ port: 'a23456789-12345', protocol: 'TCP' }) },
  { name: 'a UDP port by its name', policy: ports(PolicyPort.named('dns', PolicyProtocol.UDP)), spec: port({ port: 'dns', protocol: 'UDP' }) },
  { name: 'ping', policy: ports(PolicyPort.icmpPing()), spec: { ingress: [{ icmps: [{ fields: [{ family: 'IPv4', type: 8 }] }] }] } },
  { name: 'another ICMP type', policy: ports(PolicyPort.icmpType(3)), spec: { ingress: [{ icmps: [{ fields: [{ family: 'IPv4', type: 3 }] }] }] } },
  {
    name: 'more ports than Cilium takes in one place',
    policy: ports(...Array.from({ length: 41 }, (_, index) => PolicyPort.tcp(8000 + index))),
    spec: {
      ingress: [{
        toPorts: [
          { ports: Array.from({ length: 40 }, (_, index) => ({ port: `${8000 + index}`, protocol: 'TCP' })) },
          { ports: [{ port: '8040', protocol: 'TCP' }] },
        ],
      }],
    },
  },
];

/** Rules of layer 7, denials, and the default of a policy that selects pods. */
export const RULES: PolicyCase[] = [
  {
    name: 'HTTP requests',
    policy: {
      ingress: [{
        peers: [FRONTEND],
        ports: [PolicyPort.tcp(8080), PolicyPort.named('http')],
        http: [
          { method: 'GET|HEAD', path: '/api/.*', host: 'api\\.example\\.com', headers: ['X-Debug', 'X-Team: shop'] },
          { method: '(?i)post', path: '(?P<root>/orders)' },
        ],
      }],
    },
    spec: {
      ingress: [{
        fromEndpoints: [{ matchLabels: { app: 'frontend' } }],
        toPorts: [{
          ports: [{ port: '8080', protocol: 'TCP' }, { port: 'http', protocol: 'TCP' }],
          rules: {
            http: [
              { method: 'GET|HEAD', path: '/api/.*', host: 'api\\.example\\.com', headers: ['X-Debug', 'X-Team: shop'] },
              { method: '(?i)post', path: '(?P<root>/orders)' },
            ],
          },
        }],
      }],
    },
  },
  {
    name: 'denials in both directions, beside what is allowed',
    policy: {
      ingress: [{ peers: [PolicyPeer.entity(PolicyEntity.CLUSTER)] }],
      ingressDeny: [{ peers: [PolicyPeer.pods({ app: 'legacy' })], ports: [PolicyPort.tcp(22)] }],
      egress: [{ peers: [PolicyPeer.entity(PolicyEntity.WORLD)] }],
      egressDeny: [{ peers: [PolicyPeer.cidr('192.0.2.0/24')] }, { ports: [PolicyPort.tcp(25)] }],
    },
    spec: {
      ingress: [{ fromEntities: ['cluster'] }],
      ingressDeny: [{ fromEndpoints: [{ matchLabels: { app: 'legacy' } }], toPorts: [{ ports: [{ port: '22', protocol: 'TCP' }] }] }],
      egress: [{ toEntities: ['world'] }],
      egressDeny: [{ toCIDR: ['192.0.2.0/24'] }, { toPorts: [{ ports: [{ port: '25', protocol: 'TCP' }] }] }],
    },
  },
  {
    name: 'a description, and the pods that it is for',
    policy: { description: 'Checkout calls payment', endpointSelector: EndpointSelector.labels({ app: 'payment' }), ingress: [{ peers: [FRONTEND] }] },
    spec: {
      description: 'Checkout calls payment',
      endpointSelector: { matchLabels: { app: 'payment' } },
      ingress: [{ fromEndpoints: [{ matchLabels: { app: 'frontend' } }] }],
    },
  },
  {
    name: 'nothing but a denial that cuts nothing else',
    policy: { egressDeny: [{ ports: [PolicyPort.tcp(25)] }], defaultDenyEgress: false },
    spec: { egressDeny: [{ toPorts: [{ ports: [{ port: '25', protocol: 'TCP' }] }] }], enableDefaultDeny: { egress: false } },
  },
  {
    name: 'an allowance that cuts nothing else',
    policy: { ingress: [{ peers: [FRONTEND] }], defaultDenyIngress: false },
    spec: { ingress: [{ fromEndpoints: [{ matchLabels: { app: 'frontend' } }] }], enableDefaultDeny: { ingress: false } },
  },
  {
    name: 'that nothing comes in and nothing goes out',
    policy: { defaultDenyIngress: true, defaultDenyEgress: true },
    spec: { ingress: [{}], egress: [{}] },
  },
  {
    name: 'what holds anyway, without saying it again',
    policy: { ingress: [{ peers: [FRONTEND] }], defaultDenyIngress: true, defaultDenyEgress: false },
    spec: { ingress: [{ fromEndpoints: [{ matchLabels: { app: 'frontend' } }] }] },
  },
];

/** All of them. */
export const POLICIES: PolicyCase[] = [...PEERS, ...PORTS, ...RULES];

// Proves that Cilium is the cluster's whole network: Ready nodes, addresses from ENIs, WireGuard keys, policies, Hubble with its metrics.
//
// Cost by AWS's list prices for us-east-1 of November 2026, an hour: cluster $0.10, two t4g.large $0.13, NAT gateway $0.05, addresses $0.01.
// Time: allow an hour in all. Most of it is EKS making and deleting the cluster and its nodes.
import { Checks } from './support/checks';
import { sandbox } from './support/sandbox';
import { backends } from './support/workloads';
import * as eksplatform from '@org/eks-platform';

const { EndpointSelector, PolicyEntity, PolicyPeer, PolicyPort } = eksplatform;
const { stack, name, availabilityZones } = sandbox('cilium');
const platform = new eksplatform.EksPlatform(stack, 'Platform', { clusterName: name, network: { availabilityZones } });
const { cluster } = platform;

const namespace = platform.addNamespace('network');
const pods = backends(stack, 'Backends', { cluster, namespace: namespace.namespaceName, names: ['echo', 'denied'], everywhere: true });
pods.node.addDependency(namespace);

// The metrics of HTTP and DNS count only what passes through Cilium's proxies: so both sides have a rule that sends it there.
const probe = PolicyPeer.endpoints(EndpointSelector.inNamespace('default', { app: 'probe' }));
namespace.addPolicy('probe-reads-echo', {
  endpointSelector: EndpointSelector.labels({ app: 'echo' }),
  ingress: [{ peers: [probe], ports: [PolicyPort.tcp(8080)], http: [{ method: 'GET' }] }],
});
namespace.addPolicy('nobody-reads-denied', {
  endpointSelector: EndpointSelector.labels({ app: 'denied' }),
  ingress: [{ peers: [PolicyPeer.pods({ app: 'nobody' })] }],
});
const dns = new eksplatform.CiliumNetworkPolicy(stack, 'ProbeAsks', {
  cluster,
  policyName: 'probe-asks-by-name',
  endpointSelector: EndpointSelector.labels({ app: 'probe' }),
  egress: [{ peers: [PolicyPeer.fqdnPattern('*.internal')] }, { peers: [PolicyPeer.entity(PolicyEntity.ALL)] }],
});
dns.node.addDependency(platform);

new Checks(stack).probe('Cilium', {
  cluster,
  script: 'cilium',
  environment: {
    NAMESPACE: namespace.namespaceName,
    PRIVATE_CIDRS: platform.vpc.privateSubnets.map(subnet => subnet.ipv4CidrBlock).join(' '),
    // One of each of the document's seven: dns, drop, tcp, flow, port-distribution, icmp, httpV2.
    FAMILIES: ['dns_queries', 'drop', 'tcp_flags', 'flows_processed', 'port_distribution', 'icmp', 'http_requests'].map(it => `hubble_${it}_total`).join(' '),
  },
  rules: [
    { apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list'] },
    { apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['get'] },
    { apiGroups: ['cilium.io'], resources: ['ciliumnodes'], verbs: ['list'] },
  ],
});

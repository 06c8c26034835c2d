import { EndpointSelector } from './endpoint-selector';
import type { LoadBalancerAccess } from './namespace';
import type { NamespaceOptions } from './namespace-options';
import type { CiliumNetworkPolicyOptions } from './policy-options';
import { PolicyEntity, PolicyPeer } from './policy-peer';
import { PolicyPort } from './policy-port';
import { DNS_RULE } from './policy-spec';
import type { Json } from '../cdk/merge';

/** The name of the policy that denies. */
export const DEFAULT_DENY = 'default-deny-all';

/** The name of the one policy that holds all allowances of ours. */
export const ALLOWANCES = 'allowances';

/** By itself an allowance would cut all that it does not allow. */
const NEVER_CUT = { defaultDenyIngress: false, defaultDenyEgress: false };

/** The pods of the policy's own namespace. */
const ALL_PODS = [PolicyPeer.endpoints(EndpointSelector.all())];

/**
 * The Pod Identity agent: its address, 169.254.170.23, is one of the node's own, which no block of addresses matches.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
 */
const POD_IDENTITY_AGENT = { peers: [PolicyPeer.entity(PolicyEntity.HOST)], ports: [PolicyPort.tcp(80)] };

/** The instance metadata service, over IPv4 and IPv6. */
const METADATA_SERVICE = [PolicyPeer.cidr('169.254.169.254/32'), PolicyPeer.cidr('fd00:ec2::254/128')];

/**
 * The policy that denies all that no other policy allows.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-and-all-egress-traffic
 */
export function denyAll(namespace: string): Json {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: DEFAULT_DENY, namespace },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  };
}

/** One policy for all allowances: one that is no longer wanted goes with the next version, though CDK's provider prunes nothing. */
export function allowancePolicy(namespace: string, specs: Json[]): Json {
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: ALLOWANCES, namespace }, specs };
}

/**
 * What pods need from the first day. Probes need none: Cilium always lets a pod's own node in.
 *
 * @see https://docs.cilium.io/en/stable/security/policy/layer3/#access-to-from-local-host
 */
export function allowances(options: NamespaceOptions): CiliumNetworkPolicyOptions[] {
  return [
    // kube-dns is a Service, and the cache takes its queries and those to 169.254.20.10: policies see the pods behind, or the node.
    { description: 'DNS: CoreDNS, and the node-local cache', egress: [DNS_RULE] },
    ...options.allowPodIdentity ?? true ? [{ description: 'EKS Pod Identity: the agent on the node', egress: [POD_IDENTITY_AGENT] }] : [],
    options.allowInstanceMetadata
      ? { description: 'EC2 instance metadata', egress: [{ peers: METADATA_SERVICE, ports: [PolicyPort.tcp(80)] }] }
      : { description: 'No EC2 instance metadata: it gives away the node\'s role', egressDeny: [{ peers: METADATA_SERVICE }] },
    ...options.allowWithinNamespace ? [{ description: 'Pods of the same namespace', ingress: [{ peers: ALL_PODS }], egress: [{ peers: ALL_PODS }] }] : [],
  ].map(policy => ({ ...policy, ...NEVER_CUT }));
}

/**
 * The way from load balancers to pods: they stand outside of the cluster for Cilium, at addresses of their subnets, and pass on
 * what comes from clients whose addresses they keep.
 */
export function loadBalancerAllowance({ subnets, podLabels, ports, udpPorts, clientCidrs = [] }: LoadBalancerAccess): CiliumNetworkPolicyOptions {
  const named = [...ports?.map(port => PolicyPort.tcp(port)) ?? [], ...udpPorts?.map(port => PolicyPort.udp(port)) ?? []];
  return {
    description: 'Load balancers',
    endpointSelector: podLabels ? EndpointSelector.labels(podLabels) : undefined,
    ingress: [{
      peers: [...subnets.map(subnet => subnet.ipv4CidrBlock), ...clientCidrs].map(block => PolicyPeer.cidr(block)),
      ports: ports || udpPorts ? named : undefined,
    }],
    ...NEVER_CUT,
  };
}

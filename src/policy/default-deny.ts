import { EndpointSelector } from './endpoint-selector';
import type { NamespaceOptions } from './namespace-options';
import type { CiliumNetworkPolicyOptions } from './policy-options';
import { PolicyEntity, PolicyPeer } from './policy-peer';
import { PolicyPort } from './policy-port';
import { DNS_RULE } from './policy-spec';
import type { Json } from '../cdk/merge';

/** The name of the policy that denies. */
export const DEFAULT_DENY = 'default-deny-all';

/** The name of the one policy that holds all our allowances. */
export const ALLOWANCES = 'allowances';

/** Without this, an allowance would cut all that it does not allow. */
export const NEVER_CUT = { defaultDenyIngress: false, defaultDenyEgress: false };

/** The pods of the policy's own namespace. */
const ALL_PODS = [PolicyPeer.endpoints(EndpointSelector.all())];

/**
 * The Pod Identity agent: its address, 169.254.170.23, belongs to the node itself, and a block of addresses never matches a node.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
 */
const POD_IDENTITY_AGENT = { peers: [PolicyPeer.entity(PolicyEntity.HOST)], ports: [PolicyPort.tcp(80)] };

/** The instance metadata service, over IPv4 and IPv6. */
const METADATA_SERVICE = [PolicyPeer.cidr('169.254.169.254/32'), PolicyPeer.cidr('fd00:ec2::254/128')];

/**
 * The policy that denies whatever no other policy allows.
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

/** One policy for all allowances: an update removes one that is no longer wanted, although CDK's own kubectl provider never deletes objects. */
export function allowancePolicy(namespace: string, specs: Json[]): Json {
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: ALLOWANCES, namespace }, specs };
}

/**
 * What pods need from the first day. Probes need no allowance: Cilium always lets a pod's own node in.
 *
 * @see https://docs.cilium.io/en/stable/security/policy/layer3/#access-to-from-local-host
 */
export function allowances(options: NamespaceOptions): CiliumNetworkPolicyOptions[] {
  return [
    // Queries go to the Service kube-dns or to 169.254.20.10. Policies see what is behind these: the pods of CoreDNS or of the cache, or the node.
    { description: 'DNS: CoreDNS, and the node-local cache', egress: [DNS_RULE] },
    ...options.allowPodIdentity ?? true ? [{ description: 'EKS Pod Identity: the agent on the node', egress: [POD_IDENTITY_AGENT] }] : [],
    options.allowInstanceMetadata
      ? { description: 'EC2 instance metadata', egress: [{ peers: METADATA_SERVICE, ports: [PolicyPort.tcp(80)] }] }
      : { description: 'No EC2 instance metadata: it gives away the node\'s role', egressDeny: [{ peers: METADATA_SERVICE }] },
    ...options.allowWithinNamespace ? [{ description: 'Pods of the same namespace', ingress: [{ peers: ALL_PODS }], egress: [{ peers: ALL_PODS }] }] : [],
  ].map(policy => ({ ...policy, ...NEVER_CUT }));
}

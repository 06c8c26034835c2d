import type * as eks from 'aws-cdk-lib/aws-eks-v2';

/**
 * How far pods may go beyond what containers usually do.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export enum PodSecurityLevel {
  /** Everything. */
  PRIVILEGED = 'privileged',

  /** Nothing that is known to give a pod rights on its node. */
  BASELINE = 'baseline',

  /** Nothing that hardened pods do without: no root, no capabilities. */
  RESTRICTED = 'restricted',
}

/**
 * Options of a namespace.
 */
export interface NamespaceOptions {
  /**
   * The namespace's labels.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * The pods that Kubernetes admits to the namespace.
   *
   * @default - Kubernetes' own: PRIVILEGED
   */
  readonly podSecurity?: PodSecurityLevel;

  /**
   * Whether pods reach, and are reached by, only what policies allow.
   *
   * With it come allowances for what pods need from the first day: DNS, and EKS Pod Identity. Probes always pass; load balancers do
   * as Ingresses of this library are added. Instance metadata is denied even where a policy allows it.
   *
   * @default false
   */
  readonly defaultDeny?: boolean;

  /**
   * Whether pods of the namespace reach each other though all else is denied. Goes with `defaultDeny`.
   *
   * @default false
   */
  readonly allowWithinNamespace?: boolean;

  /**
   * Whether pods reach the EKS Pod Identity agent though all else is denied: port 80 of their own node. Goes with `defaultDeny`.
   *
   * @default true
   */
  readonly allowPodIdentity?: boolean;

  /**
   * Whether pods reach the EC2 instance metadata service though all else is denied, and with it the rights of their node.
   *
   * Goes with `defaultDeny`. The nodes of a platform keep pods away in any case, by a hop limit of 1.
   *
   * @default false
   */
  readonly allowInstanceMetadata?: boolean;
}

/**
 * Properties of a Namespace.
 */
export interface NamespaceProps extends NamespaceOptions {
  /**
   * The cluster, whose network is Cilium.
   */
  readonly cluster: eks.ICluster;

  /**
   * The namespace's name: 1 to 63 lower-case letters, digits and dashes.
   *
   * Not one that Kubernetes, Cilium or ExternalDNS already have.
   */
  readonly namespaceName: string;
}

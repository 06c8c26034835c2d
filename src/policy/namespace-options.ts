import type * as eks from 'aws-cdk-lib/aws-eks-v2';

/**
 * Which rights pods may have.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export enum PodSecurityLevel {
  /** All rights. */
  PRIVILEGED = 'privileged',

  /** None that are known to give a pod control of its node. */
  BASELINE = 'baseline',

  /** Only those that hardened pods have: no root user, no capabilities. */
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
   * The rights that a pod may have to be admitted to the namespace.
   *
   * @default - that of Kubernetes: PRIVILEGED
   */
  readonly podSecurity?: PodSecurityLevel;

  /**
   * Whether pods reach, and are reached by, only what policies allow.
   *
   * It includes allowances for what pods need from the first day: DNS and EKS Pod Identity. Probes always pass, and each Ingress of
   * this library lets its load balancer in. Instance metadata is denied even where a policy allows it.
   *
   * @default false
   */
  readonly defaultDeny?: boolean;

  /**
   * Whether pods of the namespace reach each other. Needs `defaultDeny`.
   *
   * @default false
   */
  readonly allowWithinNamespace?: boolean;

  /**
   * Whether pods reach the EKS Pod Identity agent, on port 80 of their own node. Needs `defaultDeny`.
   *
   * @default true
   */
  readonly allowPodIdentity?: boolean;

  /**
   * Whether pods reach the EC2 instance metadata service, and with it the rights of their node. Needs `defaultDeny`.
   *
   * The nodes of a platform refuse pods in any case, with a hop limit of 1.
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
   * It must not be one that Kubernetes, Cilium or ExternalDNS creates.
   */
  readonly namespaceName: string;
}

import type { EndpointSelector } from './endpoint-selector';
import type { PolicyPeer } from './policy-peer';
import type { PolicyPort } from './policy-port';

/**
 * HTTP requests that are allowed. All fields that are given must match.
 *
 * @see https://docs.cilium.io/en/stable/security/policy/language/#http
 */
export interface PolicyHttpRule {
  /**
   * The method, as a regular expression that matches all of it, such as `GET|HEAD`.
   *
   * @default - every method
   */
  readonly method?: string;

  /**
   * The path, as a regular expression that matches all of it, such as `/api/.*`.
   *
   * @default - every path
   */
  readonly path?: string;

  /**
   * The host, as a regular expression that matches all of it, such as `api\.example\.com`.
   *
   * @default - every host
   */
  readonly host?: string;

  /**
   * Headers that the request must have, each as `Name` or as `Name: value`.
   *
   * @default - none
   */
  readonly headers?: string[];
}

/**
 * Traffic that is denied, even if something else allows it.
 */
export interface PolicyDenyRule {
  /**
   * Who sends it (`ingressDeny`), or to whom it goes (`egressDeny`).
   *
   * @default - everyone, in which case `ports` are required
   */
  readonly peers?: PolicyPeer[];

  /**
   * The ports to which it goes.
   *
   * @default - every port and protocol, in which case `peers` are required
   */
  readonly ports?: PolicyPort[];
}

/**
 * Traffic that is allowed.
 */
export interface PolicyRule {
  /**
   * Who may send it (`ingress`), or to whom it may go (`egress`).
   *
   * @default - everyone, in which case `ports` are required
   */
  readonly peers?: PolicyPeer[];

  /**
   * The ports to which it may go.
   *
   * @default - every port and protocol, in which case `peers` are required
   */
  readonly ports?: PolicyPort[];

  /**
   * The HTTP requests that are allowed: Cilium's Envoy refuses all others. Needs TCP `ports`.
   *
   * @default - everything, HTTP or not
   */
  readonly http?: PolicyHttpRule[];
}

/**
 * The rules of a Cilium network policy, of a namespace or of the whole cluster. It needs at least one rule.
 *
 * @see https://docs.cilium.io/en/stable/security/policy/
 */
export interface CiliumPolicyRules {
  /**
   * What the policy is for, in words.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * What may reach the pods.
   *
   * @default - none
   */
  readonly ingress?: PolicyRule[];

  /**
   * What may not reach the pods, even where another rule or policy allows it.
   *
   * @default - none
   */
  readonly ingressDeny?: PolicyDenyRule[];

  /**
   * What the pods may reach.
   *
   * @default - none
   */
  readonly egress?: PolicyRule[];

  /**
   * What the pods may not reach, even where another rule or policy allows it.
   *
   * @default - none
   */
  readonly egressDeny?: PolicyDenyRule[];

  /**
   * Whether only what policies allow can reach the pods, as soon as this policy selects them.
   *
   * With false the policy only adds to others. By itself it cuts nothing, except for requests that its `http` leaves out.
   *
   * @see https://docs.cilium.io/en/stable/security/policy/intro/#endpoint-default-policy
   * @default - true if the policy has `ingress` or `ingressDeny`
   */
  readonly defaultDenyIngress?: boolean;

  /**
   * Whether the pods can reach only what policies allow, as soon as this policy selects them.
   *
   * With false the policy only adds to others. By itself it cuts nothing, except for requests that its `http` leaves out.
   *
   * @see https://docs.cilium.io/en/stable/security/policy/intro/#endpoint-default-policy
   * @default - true if the policy has `egress` or `egressDeny`
   */
  readonly defaultDenyEgress?: boolean;
}

/**
 * Options of a network policy in a namespace.
 */
export interface CiliumNetworkPolicyOptions extends CiliumPolicyRules {
  /**
   * The pods of the namespace to which the policy applies.
   *
   * @default EndpointSelector.all()
   */
  readonly endpointSelector?: EndpointSelector;
}

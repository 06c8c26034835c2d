import type { EndpointSelector } from './endpoint-selector';
import type { PolicyPeer } from './policy-peer';
import type { PolicyPort } from './policy-port';

/**
 * HTTP requests that are allowed. Each field that is given must match.
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
 * Traffic that is denied, whatever else would allow it.
 */
export interface PolicyDenyRule {
  /**
   * Who sends it (`ingressDeny`), or to whom it goes (`egressDeny`).
   *
   * @default - everyone; `ports` must be given then
   */
  readonly peers?: PolicyPeer[];

  /**
   * The ports that it goes to.
   *
   * @default - every port and protocol; `peers` must be given then
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
   * @default - everyone; `ports` must be given then
   */
  readonly peers?: PolicyPeer[];

  /**
   * The ports that it may go to.
   *
   * @default - every port and protocol; `peers` must be given then
   */
  readonly ports?: PolicyPort[];

  /**
   * The HTTP requests that are allowed, of which Cilium's Envoy lets no others pass. Needs `ports`, TCP ones.
   *
   * @default - everything, HTTP or not
   */
  readonly http?: PolicyHttpRule[];
}

/**
 * What a network policy of Cilium's may say, wherever it is defined. It has at least one rule.
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
   * @default - the policy does not say
   */
  readonly ingress?: PolicyRule[];

  /**
   * What may not reach the pods, even where another rule or policy allows it.
   *
   * @default - the policy does not say
   */
  readonly ingressDeny?: PolicyDenyRule[];

  /**
   * What the pods may reach.
   *
   * @default - the policy does not say
   */
  readonly egress?: PolicyRule[];

  /**
   * What the pods may not reach, even where another rule or policy allows it.
   *
   * @default - the policy does not say
   */
  readonly egressDeny?: PolicyDenyRule[];

  /**
   * Whether only what policies allow can reach the pods, as soon as this policy selects them.
   *
   * With false the policy adds to others and never cuts anything by itself, but for requests that its `http` leaves out.
   *
   * @see https://docs.cilium.io/en/stable/security/policy/intro/#endpoint-default-policy
   * @default - true if the policy has `ingress` or `ingressDeny`
   */
  readonly defaultDenyIngress?: boolean;

  /**
   * Whether the pods can reach only what policies allow, as soon as this policy selects them.
   *
   * With false the policy adds to others and never cuts anything by itself, but for requests that its `http` leaves out.
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
   * The pods of the namespace that the policy is for.
   *
   * @default EndpointSelector.all()
   */
  readonly endpointSelector?: EndpointSelector;
}

/**
 * Where Hubble's certificates come from.
 */
export enum HubbleTls {
  /** A job in the cluster makes certificates, and new ones every four months. */
  CRON_JOB = 'cronJob',

  /** Helm makes certificates at the first release and never again: they expire after a year. */
  HELM = 'helm',

  /** Hubble's server and relay speak without TLS. */
  DISABLED = 'disabled',
}

/**
 * Options of Hubble, which observes the network's flows.
 */
export interface HubbleOptions {
  /**
   * Whether Hubble's web interface is deployed. It has no Ingress of its own: reach it with `kubectl port-forward`.
   *
   * @default - the profile's: true in all of them
   */
  readonly ui?: boolean;

  /**
   * The metrics that the agents export on port 9965, in Cilium's own notation: `name:option=value;option`.
   *
   * Names: dns, drop, flow, flows-to-world, http, httpV2, icmp, policy, port-distribution, sctp, tcp.
   * `dns` and `httpV2` count only what a DNS or HTTP rule of a network policy lets Cilium's proxies see.
   *
   * @see https://docs.cilium.io/en/stable/observability/metrics/#hubble-exported-metrics
   * @default - dns, drop, tcp, flow, port-distribution, icmp, and httpV2 with exemplars and labels
   */
  readonly metrics?: string[];

  /**
   * Where the certificates come from.
   *
   * @default HubbleTls.CRON_JOB
   */
  readonly tls?: HubbleTls;
}

/** The metrics that Hubble has in Cilium 1.20. */
export const HUBBLE_METRICS = [
  'dns', 'drop', 'flow', 'flows-to-world', 'http', 'httpV2', 'icmp', 'policy', 'port-distribution', 'sctp', 'tcp',
];

const HTTP_LABELS = [
  'source_ip', 'source_namespace', 'source_workload',
  'destination_ip', 'destination_namespace', 'destination_workload', 'traffic_direction',
];

/** What is collected unless the user says otherwise. */
export const DEFAULT_METRICS = [
  'dns', 'drop', 'tcp', 'flow', 'port-distribution', 'icmp',
  `httpV2:exemplars=true;labelsContext=${HTTP_LABELS.join(',')}`,
];

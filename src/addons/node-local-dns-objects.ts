import { Tokenization } from 'aws-cdk-lib';
import type { Json } from '../cdk/merge';

export interface CacheSettings {
  readonly clusterDnsIp: string;
  readonly ttl: number;
  readonly negativeTtl: number;
  readonly serveStale: number;
  readonly metrics: boolean;
  readonly image: string;
  readonly redirectedByCilium: boolean;
}

const LINK_LOCAL_IP = '169.254.20.10';
const NAMESPACE = 'kube-system';
const NAME = 'node-local-dns';
const LABELS = { 'k8s-app': NAME };
const DNS_PORTS = [
  { name: 'dns', port: '53', protocol: 'UDP' },
  { name: 'dns-tcp', port: '53', protocol: 'TCP' },
];

/**
 * The objects of the cache, in the order in which they must come: the cache reads the address of
 * kube-dns-upstream from its environment, so that Service is there before the pods.
 *
 * @param corefileHash changes with the Corefile, so that a changed one rolls the pods
 */
export function dnsObjects(settings: CacheSettings, corefile: string, corefileHash: string): Json[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: NAMESPACE } },
    upstreamService(),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME, namespace: NAMESPACE }, data: { Corefile: corefile } },
    daemonSet(settings, corefileHash),
    ...settings.redirectedByCilium ? redirectPolicies() : [],
  ];
}

/**
 * Two server blocks, one for the cluster's zones and one for all others, with the same cache.
 *
 * node-cache itself replaces the words between double underscores when it starts.
 *
 * @see https://github.com/kubernetes/dns/blob/1.26.8/cmd/node-cache/app/configmap.go
 */
export function renderCorefile(settings: CacheSettings): string {
  const { ttl, negativeTtl, serveStale, metrics, redirectedByCilium } = settings;
  const bind = redirectedByCilium ? '0.0.0.0' : `${LINK_LOCAL_IP} ${settings.clusterDnsIp}`;
  const health = redirectedByCilium ? 'health' : `health ${LINK_LOCAL_IP}:8080`;
  const seconds = Tokenization.stringifyNumber;
  const toCluster = ['forward . __PILLAR__CLUSTER__DNS__ {', '    force_tcp', '}'];
  const block = (zones: string[], forward: string[], ...more: string[]) => [
    `${zones.map(zone => `${zone}:53`).join(' ')} {`,
    ...[
      'errors',
      'cache {',
      `    success 9984 ${seconds(ttl)}`,
      `    denial 9984 ${seconds(negativeTtl)}`,
      // Asks upstream first: an expired answer is given only while there is no other.
      ...serveStale === 0 ? [] : [`    serve_stale ${seconds(serveStale)}s verify`],
      '}',
      'reload',
      'loop',
      `bind ${bind}`,
      ...forward,
      ...metrics ? ['prometheus :9253'] : [],
      ...more,
    ].map(line => `    ${line}`),
    '}',
  ].join('\n');
  return [
    block(['cluster.local', 'in-addr.arpa', 'ip6.arpa'], toCluster, health),
    block(['.'], ['forward . __PILLAR__UPSTREAM__SERVERS__']),
    '',
  ].join('\n');
}

function upstreamService(): Json {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns-upstream', namespace: NAMESPACE, labels: LABELS },
    spec: {
      selector: { 'k8s-app': 'kube-dns' },
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      ],
    },
  };
}

function daemonSet(settings: CacheSettings, corefileHash: string): Json {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
    spec: {
      selector: { matchLabels: LABELS },
      updateStrategy: { rollingUpdate: { maxUnavailable: '10%' } },
      template: {
        metadata: {
          labels: LABELS,
          annotations: {
            'eks-platform/corefile': corefileHash,
            ...settings.metrics ? { 'prometheus.io/port': '9253', 'prometheus.io/scrape': 'true' } : {},
          },
        },
        spec: podSpec(settings),
      },
    },
  };
}

function podSpec(settings: CacheSettings): Json {
  const { redirectedByCilium } = settings;
  const probe = { httpGet: { path: '/health', port: 8080, ...redirectedByCilium ? {} : { host: LINK_LOCAL_IP } } };
  return {
    priorityClassName: 'system-node-critical',
    serviceAccountName: NAME,
    dnsPolicy: 'Default', // names outside of the cluster are resolved by the node's own resolver
    ...redirectedByCilium ? {} : { hostNetwork: true },
    tolerations: [
      { key: 'CriticalAddonsOnly', operator: 'Exists' },
      { effect: 'NoExecute', operator: 'Exists' },
      { effect: 'NoSchedule', operator: 'Exists' },
    ],
    containers: [{
      name: 'node-cache',
      image: settings.image,
      args: [
        '-localip', `${LINK_LOCAL_IP},${settings.clusterDnsIp}`, '-conf', '/etc/Corefile', '-upstreamsvc', 'kube-dns-upstream',
        // Cilium redirects the queries, so the node needs no interface and no rules.
        ...redirectedByCilium ? ['-skipteardown=true', '-setupinterface=false', '-setupiptables=false'] : [],
      ],
      resources: { requests: { cpu: '25m', memory: '5Mi' } },
      securityContext: redirectedByCilium
        ? { allowPrivilegeEscalation: false, capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } }
        : { capabilities: { add: ['NET_ADMIN'] } },
      ports: [
        { containerPort: 53, name: 'dns', protocol: 'UDP' },
        { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
        ...settings.metrics ? [{ containerPort: 9253, name: 'metrics', protocol: 'TCP' }] : [],
      ],
      livenessProbe: { ...probe, initialDelaySeconds: 60, timeoutSeconds: 5 },
      readinessProbe: probe,
      volumeMounts: [
        ...redirectedByCilium ? [] : [{ mountPath: '/run/xtables.lock', name: 'xtables-lock' }],
        { mountPath: '/etc/coredns', name: 'config-volume' },
        { mountPath: '/etc/kube-dns', name: 'kube-dns-config' },
      ],
    }],
    volumes: [
      ...redirectedByCilium ? [] : [{ name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } }],
      { name: 'kube-dns-config', configMap: { name: 'kube-dns', optional: true } },
      { name: 'config-volume', configMap: { name: NAME, items: [{ key: 'Corefile', path: 'Corefile.base' }] } },
    ],
  };
}

/** A policy has one frontend, and an address that a Service owns can only be matched by the Service. */
function redirectPolicies(): Json[] {
  const policy = (name: string, redirectFrontend: Json): Json => ({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumLocalRedirectPolicy',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      redirectFrontend,
      redirectBackend: { localEndpointSelector: { matchLabels: LABELS }, toPorts: DNS_PORTS },
    },
  });
  return [
    // With ports, as the metrics port of kube-dns would be redirected, too.
    policy('node-local-dns-service', { serviceMatcher: { serviceName: 'kube-dns', namespace: NAMESPACE, toPorts: DNS_PORTS } }),
    policy('node-local-dns-address', { addressMatcher: { ip: LINK_LOCAL_IP, toPorts: DNS_PORTS } }),
  ];
}

import { Fn } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import type * as route53 from 'aws-cdk-lib/aws-route53';

/** A JSON object. */
type Json = { [key: string]: any };

export function ciliumValues(cluster: eks.Cluster): Json {
  const tags = { 'io.cilium/cilium-managed': 'true', 'io.cilium/cluster-name': 'shop' };
  return {
    cluster: { name: 'shop' },
    eni: { enabled: true, awsReleaseExcessIPs: true, gcTags: tags, eniTags: tags },
    ipam: { mode: 'eni' },
    routingMode: 'native',
    enableIPv4Masquerade: false,
    kubeProxyReplacement: true,
    k8sServiceHost: Fn.select(1, Fn.split('//', cluster.clusterEndpoint)),
    k8sServicePort: 443,
    localRedirectPolicies: { enabled: true },
    encryption: { enabled: true, type: 'wireguard' },
    operator: { replicas: 1, rollOutPods: true },
    serviceAccounts: { operator: { create: false, name: 'cilium-operator' } },
    rollOutCiliumPods: true,
    envoy: { enabled: true, rollOutPods: true },
    prometheus: { enabled: true },
    hubble: {
      enabled: true,
      tls: { auto: { enabled: true, method: 'cronJob' } },
      relay: { enabled: true, rollOutPods: true },
      ui: { enabled: true, rollOutPods: true },
      metrics: {
        enableOpenMetrics: true,
        enabled: [
          'dns', 'drop', 'tcp', 'flow', 'port-distribution', 'icmp',
          'httpV2:exemplars=true;labelsContext=source_ip,source_namespace,source_workload,destination_ip,destination_namespace,destination_workload,traffic_direction',
        ],
      },
    },
  };
}

export function albControllerValues(region: string, vpc: ec2.Vpc): Json {
  return {
    clusterName: 'shop',
    region,
    vpcId: vpc.vpcId,
    replicaCount: 1,
    serviceAccount: { create: false, name: 'aws-load-balancer-controller' },
    defaultTargetType: 'ip',
    defaultSSLPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    serviceMutatorWebhookConfig: { failurePolicy: 'Ignore' },
    keepTLSSecret: true,
    podDisruptionBudget: { maxUnavailable: 1 },
    resources: { requests: { cpu: '100m', memory: '200Mi' }, limits: { memory: '500Mi' } },
    controllerConfig: { featureGates: { NLBGatewayAPI: false, ALBGatewayAPI: false, GatewayListenerSet: false } },
  };
}

export function externalDnsValues(region: string, zone: route53.IHostedZone): Json {
  return {
    serviceAccount: { create: false, name: 'external-dns' },
    provider: { name: 'aws' },
    sources: ['service', 'ingress'],
    policy: 'sync',
    registry: 'txt',
    txtOwnerId: 'shop',
    txtPrefix: 'edns-%{record_type}.',
    domainFilters: [zone.zoneName],
    annotationPrefix: 'external-dns.alpha.kubernetes.io/',
    triggerLoopOnEvent: true,
    priorityClassName: 'system-cluster-critical',
    resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
    env: [{ name: 'AWS_REGION', value: region }],
    extraArgs: { 'zone-id-filter': [zone.hostedZoneId], 'aws-zones-cache-duration': '1h' },
  };
}

const NAMESPACE = 'kube-system';
const LABELS = { 'k8s-app': 'node-local-dns' };
const METADATA = { name: 'node-local-dns', namespace: NAMESPACE };

/** The node-local DNS cache behind Cilium's local redirect policies. */
export function nodeLocalDns(clusterDnsIp: string): Json[] {
  const ports = [{ name: 'dns', port: '53', protocol: 'UDP' }, { name: 'dns-tcp', port: '53', protocol: 'TCP' }];
  const redirect = (name: string, redirectFrontend: Json): Json => ({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumLocalRedirectPolicy',
    metadata: { name, namespace: NAMESPACE },
    spec: { redirectFrontend, redirectBackend: { localEndpointSelector: { matchLabels: LABELS }, toPorts: ports } },
  });
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: METADATA },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns-upstream', namespace: NAMESPACE, labels: LABELS },
      spec: {
        selector: { 'k8s-app': 'kube-dns' },
        ports: [{ name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 }, { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 }],
      },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: METADATA, data: { Corefile: corefile() } },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { ...METADATA, labels: LABELS },
      spec: {
        selector: { matchLabels: LABELS },
        updateStrategy: { rollingUpdate: { maxUnavailable: '10%' } },
        template: {
          metadata: { labels: LABELS, annotations: { 'prometheus.io/port': '9253', 'prometheus.io/scrape': 'true' } },
          spec: podSpec(clusterDnsIp),
        },
      },
    },
    redirect('node-local-dns-service', { serviceMatcher: { serviceName: 'kube-dns', namespace: NAMESPACE, toPorts: ports } }),
    redirect('node-local-dns-address', { addressMatcher: { ip: '169.254.20.10', toPorts: ports } }),
  ];
}

function corefile(): string {
  const block = (zone: string, upstream: string, more = '') =>
    `${zone}:53 {\n  errors\n  cache {\n    success 9984 30\n    denial 9984 5\n    serve_stale 3600s verify\n  }\n  reload\n  loop\n  bind 0.0.0.0\n  `
    + `${upstream}\n  prometheus :9253\n${more}}\n`;
  const cluster = 'forward . __PILLAR__CLUSTER__DNS__ {\n    force_tcp\n  }';
  return [
    block('cluster.local', cluster, '  health\n'),
    block('in-addr.arpa', cluster),
    block('ip6.arpa', cluster),
    block('.', 'forward . __PILLAR__UPSTREAM__SERVERS__'),
  ].join('');
}

function podSpec(clusterDnsIp: string): Json {
  const probe = { httpGet: { path: '/health', port: 8080 } };
  return {
    priorityClassName: 'system-node-critical',
    serviceAccountName: 'node-local-dns',
    dnsPolicy: 'Default',
    tolerations: [{ operator: 'Exists' }],
    containers: [{
      name: 'node-cache',
      image: 'registry.k8s.io/dns/k8s-dns-node-cache:1.26.8',
      args: [
        '-localip', `169.254.20.10,${clusterDnsIp}`, '-conf', '/etc/Corefile', '-upstreamsvc', 'kube-dns-upstream',
        '-skipteardown=true', '-setupinterface=false', '-setupiptables=false',
      ],
      resources: { requests: { cpu: '25m', memory: '5Mi' } },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } },
      ports: [
        { containerPort: 53, name: 'dns', protocol: 'UDP' },
        { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
        { containerPort: 9253, name: 'metrics', protocol: 'TCP' },
      ],
      livenessProbe: { ...probe, initialDelaySeconds: 60, timeoutSeconds: 5 },
      readinessProbe: probe,
      volumeMounts: [{ mountPath: '/etc/coredns', name: 'config-volume' }, { mountPath: '/etc/kube-dns', name: 'kube-dns-config' }],
    }],
    volumes: [
      { name: 'kube-dns-config', configMap: { name: 'kube-dns', optional: true } },
      { name: 'config-volume', configMap: { name: 'node-local-dns', items: [{ key: 'Corefile', path: 'Corefile.base' }] } },
    ],
  };
}

import { createHash } from 'crypto';
import { Duration, Stack, Token } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';
import { dnsObjects, renderCorefile, type CacheSettings } from './node-local-dns-objects';
import { pinFeatureFlags } from '../cdk/feature-flags';
import { reject } from '../cdk/reject';
import { Manifest } from '../kubernetes/manifest';
import { VERSIONS } from '../kubernetes/versions';
import { contains, parseCidr, parseIp } from '../network/cidr';

/**
 * How pods' queries reach the cache on their node.
 */
export enum NodeLocalDnsMode {
  /**
   * Cilium redirects queries for the kube-dns Service, and for 169.254.20.10, to the cache on the same node.
   *
   * While the cache is not ready, kube-dns itself answers.
   *
   * `clusterDnsIp` must be the address of the Service kube-dns in kube-system. The Service is matched by its name.
   *
   * @see https://docs.cilium.io/en/stable/network/kubernetes/local-redirect-policy/
   */
  CILIUM = 'cilium',

  /**
   * The cache listens on both addresses on the node itself, `clusterDnsIp` and 169.254.20.10, with a dummy interface and
   * iptables rules.
   *
   * Only for clusters with kube-proxy: where Cilium serves Services it never sees the queries to `clusterDnsIp`.
   *
   * @see https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
   */
  LINK_LOCAL = 'link-local',
}

/**
 * Options of the node-local DNS cache, in a platform or on its own.
 */
export interface NodeLocalDnsCommonOptions {
  /**
   * How long an answer is cached at most, in seconds: a whole number, 1 or more.
   *
   * An answer whose own time to live is shorter is cached no longer than that.
   *
   * @default 30
   */
  readonly cacheTtl?: number;

  /**
   * How long the answer that a name does not exist is cached at most, in seconds: a whole number, 1 or more.
   *
   * @default 5
   */
  readonly cacheNegativeTtl?: number;

  /**
   * How long an expired answer is still given while CoreDNS does not answer: whole seconds, zero for never.
   *
   * @see https://coredns.io/plugins/cache/
   * @default Duration.hours(1)
   */
  readonly serveStale?: Duration;

  /**
   * Whether the cache exports Prometheus metrics on port 9253.
   *
   * @default true
   */
  readonly metricsEnabled?: boolean;

  /**
   * How queries reach the cache.
   *
   * @default NodeLocalDnsMode.CILIUM
   */
  readonly mode?: NodeLocalDnsMode;

  /**
   * The cache's container image, for clusters that pull from a registry of their own.
   *
   * @default - registry.k8s.io/dns/k8s-dns-node-cache, at the version in the README's compatibility table
   */
  readonly image?: string;
}

/**
 * Options of a platform's node-local DNS cache.
 */
export interface NodeLocalDnsOptions extends NodeLocalDnsCommonOptions {
  /**
   * Whether the cache is deployed.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/**
 * Properties of a NodeLocalDns.
 */
export interface NodeLocalDnsProps extends NodeLocalDnsCommonOptions {
  /**
   * The cluster.
   */
  readonly cluster: eks.ICluster;

  /**
   * The ClusterIP of the Service kube-dns: on EKS the tenth address of the cluster's service range.
   *
   * 172.20.0.10 for a platform. It is checked against the service range of a cluster that is defined in
   * the same app; `mode` says what it is for.
   */
  readonly clusterDnsIp: string;
}

/**
 * NodeLocal DNSCache: a DNS cache on each node.
 *
 * Defines one Kubernetes manifest in kube-system: the DaemonSet node-local-dns with its configuration, the Service
 * kube-dns-upstream through which it reaches CoreDNS, and in Cilium mode two CiliumLocalRedirectPolicies.
 *
 * In Cilium mode it must depend on a node group: Cilium's resource kinds exist once its operator runs on a node.
 * `EksPlatform` sees to it. Running pods keep open connections to kube-dns until they are restarted.
 *
 * @see https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
 */
export class NodeLocalDns extends Construct {
  constructor(scope: Construct, id: string, props: NodeLocalDnsProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const settings: CacheSettings = {
      clusterDnsIp: props.clusterDnsIp,
      ttl: props.cacheTtl ?? 30,
      negativeTtl: props.cacheNegativeTtl ?? 5,
      serveStale: (props.serveStale ?? Duration.hours(1)).toSeconds({ integral: false }),
      metrics: props.metricsEnabled ?? true,
      image: props.image ?? VERSIONS.images.nodeCache,
      redirectedByCilium: (props.mode ?? NodeLocalDnsMode.CILIUM) === NodeLocalDnsMode.CILIUM,
    };
    this.checkTtl('cacheTtl', settings.ttl);
    this.checkTtl('cacheNegativeTtl', settings.negativeTtl);
    this.checkServeStale(settings.serveStale);
    this.checkDnsIp(props);
    const corefile = renderCorefile(settings);
    new Manifest(this, 'Manifest', { cluster: props.cluster, objects: dnsObjects(settings, corefile, this.hash(corefile)), wait: true });
  }

  /** Of the resolved text: the placeholders of tokens change from one synthesis to the next. */
  private hash(corefile: string): string {
    return createHash('sha256').update(JSON.stringify(Stack.of(this).resolve(corefile))).digest('hex').slice(0, 16);
  }

  private checkTtl(prop: string, ttl: number) {
    if (!Token.isUnresolved(ttl) && (!Number.isInteger(ttl) || ttl < 1)) {
      reject(this.node.path, prop, ttl, 'a whole number of seconds, 1 or more', 'leave the add-on out with `enabled: false` to cache nothing');
    }
  }

  private checkServeStale(seconds: number) {
    if (!Token.isUnresolved(seconds) && !Number.isInteger(seconds)) {
      reject(this.node.path, 'serveStale', seconds, 'whole seconds', 'round it; `Duration.seconds(0)` means never');
    }
  }

  private checkDnsIp({ cluster, clusterDnsIp }: NodeLocalDnsProps) {
    if (Token.isUnresolved(clusterDnsIp)) {
      return;
    }
    const address = parseIp(clusterDnsIp);
    const ranges = serviceRanges(cluster);
    if (address === undefined || !ranges.some(range => contains(parseCidr(range)!, address))) {
      reject(this.node.path, 'clusterDnsIp', clusterDnsIp, `an IPv4 address in the cluster's service range (${ranges.join(' or ')})`,
        'ask for it: kubectl get service kube-dns --namespace kube-system');
    }
  }
}

/**
 * The ranges that a cluster's Services have their addresses from, as far as they can be known.
 *
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
 */
function serviceRanges(cluster: eks.ICluster): string[] {
  const resource = cluster.node.defaultChild;
  if (!(resource instanceof eks.CfnCluster)) {
    return ['0.0.0.0/0']; // imported
  }
  const config = resource.kubernetesNetworkConfig as eks.CfnCluster.KubernetesNetworkConfigProperty | undefined;
  const range = config?.serviceIpv4Cidr;
  if (range === undefined) {
    return ['10.100.0.0/16', '172.20.0.0/16']; // EKS takes the one that the VPC does not overlap
  }
  return Token.isUnresolved(range) ? ['0.0.0.0/0'] : [range];
}

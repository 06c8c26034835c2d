import { Fn, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ChartOptions } from './chart-options';
import { ciliumStatements, interfaceTags } from './cilium-policy';
import { DEFAULT_METRICS, HUBBLE_METRICS, HubbleTls, type HubbleOptions } from './hubble';
import { pinFeatureFlags } from '../cdk/feature-flags';
import type { Json } from '../cdk/merge';
import { reject } from '../cdk/reject';
import type { WorkloadIdentity } from '../cluster/workload-identity';
import { WorkloadRole } from '../cluster/workload-role';
import { checkClusterName } from '../kubernetes/cluster-name';
import { HelmRelease } from '../kubernetes/helm-release';
import { VERSIONS } from '../kubernetes/versions';

/**
 * What Cilium encrypts.
 */
export enum CiliumEncryption {
  /**
   * WireGuard between pods on different nodes. Traffic that stays on its node is never encrypted.
   *
   * @see https://docs.cilium.io/en/stable/security/network/encryption-wireguard/
   */
  WIREGUARD = 'wireguard',

  /** WireGuard between pods and between nodes, which Cilium calls beta. */
  WIREGUARD_WITH_NODES = 'wireguard-with-nodes',

  /** Nothing. */
  NONE = 'none',
}

/**
 * Options of Cilium.
 */
export interface CiliumOptions extends ChartOptions {
  /**
   * What is encrypted.
   *
   * @default CiliumEncryption.WIREGUARD
   */
  readonly encryption?: CiliumEncryption;

  /**
   * Options of Hubble, which observes flows.
   *
   * @default - relay, web interface and seven metrics
   */
  readonly hubble?: HubbleOptions;

  /**
   * The nodes' network interfaces that pods' traffic leaves by under the node's address, such as `eth0`
   * or `ens+`.
   *
   * Giving any turns masquerading on, which nodes in public subnets need: `eth0` on Amazon Linux 2,
   * `ens5` and the like on Amazon Linux 2023. In private subnets NAT gateways do the same.
   *
   * @default - traffic leaves under the pod's own address
   */
  readonly egressMasqueradeInterfaces?: string[];

  /**
   * Whether a node's network interfaces take prefixes of 16 addresses each, so that it runs more pods.
   *
   * Needs instance types of the Nitro System, and subnets with whole /28 blocks free: a /24 runs
   * out of them soon. Nodes need a higher `maxPods`: `EksPlatform` sets it.
   *
   * @see https://docs.cilium.io/en/stable/network/concepts/ipam/eni/
   * @default false
   */
  readonly prefixDelegation?: boolean;

  /**
   * How many operators run, each on a node of its own: a whole number, 1 or more.
   *
   * @default - the profile's: 1 in dev, 2 in staging and prod; 2 for a Cilium on its own
   */
  readonly operatorReplicas?: number;

  /**
   * Tags of the subnets that pods take their addresses from.
   *
   * @default - those of `podCidr`, if given; else pods share the subnets of the nodes
   */
  readonly podSubnetTags?: { [key: string]: string };

  /**
   * Whether Cilium serves Ingresses of the class `cilium`.
   *
   * @see https://docs.cilium.io/en/stable/network/servicemesh/ingress/
   * @default false
   */
  readonly ingressController?: boolean;

  /**
   * Whether Cilium serves the Gateway API.
   *
   * The CRDs of Gateway API 1.6 must be in the cluster before: Cilium's chart does not bring them.
   *
   * @see https://docs.cilium.io/en/stable/network/servicemesh/gateway-api/gateway-api/
   * @default false
   */
  readonly gatewayApi?: boolean;

  /**
   * Whether network policies can ask for mutual authentication of workloads, by a SPIRE server in the cluster.
   *
   * The server keeps its data in memory, so it needs no storage class; identities are issued anew when it restarts.
   * Cilium 1.20 calls this deprecated: Cilium 1.21 no longer has it.
   *
   * @see https://docs.cilium.io/en/stable/network/servicemesh/mutual-authentication/mutual-authentication/
   * @default false
   */
  readonly mutualAuthentication?: boolean;
}

/**
 * Properties of Cilium.
 */
export interface CiliumProps extends CiliumOptions {
  /**
   * The cluster. It must know its VPC, its endpoint, and with IRSA its OpenID Connect provider.
   */
  readonly cluster: eks.ICluster;

  /**
   * The cluster's name in Cilium and in the tags of the network interfaces: 1 to 32 lower-case
   * letters, digits and dashes.
   *
   * Two clusters in one account need two names: the operator deletes unused interfaces that carry its own.
   */
  readonly clusterName: string;

  /**
   * How the operator gets its AWS credentials.
   *
   * @default WorkloadIdentity.IRSA
   */
  readonly identity?: WorkloadIdentity;

  /**
   * Security groups of nodes that do not carry the cluster security group.
   *
   * Rules are added by which these nodes, the cluster security group and each other reach one another on
   * all ports: pods have the groups of their nodes, and WireGuard (UDP 51871), health checks (TCP 4240,
   * ICMP), Hubble (TCP 4244) and webhooks must pass.
   *
   * @default - all nodes carry the cluster security group
   */
  readonly nodeSecurityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether the release waits until all of Cilium is ready, and is rolled back if it does not get there.
   *
   * Only for clusters that have nodes: before the first node it could but time out.
   *
   * @default false
   */
  readonly wait?: boolean;
}

/**
 * Cilium as the whole network of a cluster: pod network, service load balancing, policies, encryption, observation.
 *
 * Defines a role for Cilium's operator, which attaches network interfaces to nodes and gives their addresses to
 * pods, and the Helm release: ENI mode with native routing, in place of kube-proxy and of the VPC CNI, WireGuard,
 * Hubble, and Envoy for the service mesh.
 *
 * The cluster must have neither `aws-node` nor `kube-proxy` (`bootstrapSelfManagedAddons: false`). Cilium's own
 * resource kinds, such as CiliumNetworkPolicy, exist as soon as the operator runs, which takes a node.
 *
 * @see https://docs.cilium.io/en/stable/network/concepts/ipam/eni/
 */
export class Cilium extends Construct {
  /**
   * The role of Cilium's operator.
   */
  public readonly role: iam.IRole;

  constructor(scope: Construct, id: string, props: CiliumProps) {
    super(scope, id);
    pinFeatureFlags(this);
    this.check(props);
    const workload = new WorkloadRole(this, 'Role', {
      cluster: props.cluster,
      identity: props.identity,
      namespace: 'kube-system',
      serviceAccount: 'cilium-operator',
      statements: ciliumStatements(props.cluster.vpc, props.clusterName),
    });
    this.role = workload.role;
    this.connectNodes(props);

    const release = new HelmRelease(this, 'Release', {
      ...props,
      chart: VERSIONS.charts.cilium,
      namespace: 'kube-system',
      values: { ...networkValues(props), ...hubbleValues(props.hubble ?? {}), ...meshValues(props), ...operatorValues(props, workload) },
      userValues: props.values,
      wait: props.wait ?? false,
    });
    release.node.addDependency(workload);
  }

  private connectNodes(props: CiliumProps) {
    const groups = props.nodeSecurityGroups ?? [];
    const members = groups.length > 0 ? [props.cluster.clusterSecurityGroup, ...groups] : [];
    for (const to of members) {
      for (const from of members) {
        if (to !== props.cluster.clusterSecurityGroup || from !== to) { // the cluster security group lets itself in already
          to.addIngressRule(ec2.Peer.securityGroupId(from.securityGroupId), ec2.Port.allTraffic(), 'Nodes and pods reach each other');
        }
      }
    }
  }

  private check(props: CiliumProps) {
    const path = this.node.path;
    checkClusterName(path, props.clusterName);
    const replicas = props.operatorReplicas;
    if (replicas !== undefined && !Token.isUnresolved(replicas) && (!Number.isInteger(replicas) || replicas < 1)) {
      reject(path, 'operatorReplicas', replicas, 'a whole number, 1 or more', 'each operator needs a node of its own');
    }
    const metrics = props.hubble?.metrics ?? [];
    for (const metric of Token.isUnresolved(metrics) ? [] : metrics) {
      if (!Token.isUnresolved(metric) && !HUBBLE_METRICS.includes(metric.split(':')[0])) {
        reject(path, 'hubble.metrics', metric, `one of ${HUBBLE_METRICS.join(', ')}, each with options after a colon`, 'check the name: agents would not start');
      }
    }
    if (props.egressMasqueradeInterfaces?.length === 0) {
      reject(path, 'egressMasqueradeInterfaces', [], 'one interface or more', 'leave it out to keep masquerading off');
    }
  }
}

function networkValues(props: CiliumProps): Json {
  const tags = interfaceTags(props.clusterName);
  const encryption = props.encryption ?? CiliumEncryption.WIREGUARD;
  const masquerade = props.egressMasqueradeInterfaces;
  return {
    cluster: { name: props.clusterName },
    eni: {
      enabled: true,
      awsEnablePrefixDelegation: props.prefixDelegation ?? false,
      awsReleaseExcessIPs: true,
      gcInterval: '5m',
      gcTags: tags,
      eniTags: tags, // the operator's policy asks for them even where the collector is off
      ...props.podSubnetTags ? { nodeSpec: { subnetTags: Object.entries(props.podSubnetTags).map(([key, value]) => `${key}=${value}`) } } : {},
    },
    ipam: { mode: 'eni' },
    routingMode: 'native',
    enableIPv4Masquerade: masquerade !== undefined,
    ...masquerade ? { egressMasqueradeInterfaces: Fn.join(',', masquerade) } : {},
    kubeProxyReplacement: true,
    kubeProxyReplacementHealthzBindAddr: '0.0.0.0:10256',
    // Without kube-proxy the API server's Service has no one to serve it yet: the endpoint itself, without its scheme.
    k8sServiceHost: Fn.select(1, Fn.split('//', props.cluster.clusterEndpoint)),
    k8sServicePort: 443,
    localRedirectPolicies: { enabled: true },
    encryption: {
      enabled: encryption !== CiliumEncryption.NONE,
      type: 'wireguard',
      nodeEncryption: encryption === CiliumEncryption.WIREGUARD_WITH_NODES,
    },
    prometheus: { enabled: true },
    rollOutCiliumPods: true, // agents read their configuration at start only
  };
}

function hubbleValues(hubble: HubbleOptions): Json {
  const tls = hubble.tls ?? HubbleTls.CRON_JOB;
  return {
    hubble: {
      enabled: true,
      tls: tls === HubbleTls.DISABLED ? { enabled: false } : { enabled: true, auto: { enabled: true, method: tls } },
      relay: { enabled: true, rollOutPods: true },
      ui: { enabled: hubble.ui ?? true, rollOutPods: true },
      metrics: {
        enableOpenMetrics: true, // exemplars are left out otherwise
        enabled: hubble.metrics ?? DEFAULT_METRICS,
      },
    },
  };
}

function meshValues(props: CiliumProps): Json {
  return {
    envoy: { enabled: true, rollOutPods: true },
    ingressController: { enabled: props.ingressController ?? false },
    gatewayAPI: { enabled: props.gatewayApi ?? false },
    authentication: props.mutualAuthentication
      ? { enabled: true, mutual: { spire: { enabled: true, install: { server: { dataStorage: { enabled: false } } } } } }
      : { enabled: false },
  };
}

function operatorValues(props: CiliumProps, workload: WorkloadRole): Json {
  return {
    operator: {
      replicas: props.operatorReplicas ?? 2,
      rollOutPods: true, // the operator registers Cilium's resource kinds at start only
    },
    serviceAccounts: { operator: { annotations: workload.annotations } },
  };
}

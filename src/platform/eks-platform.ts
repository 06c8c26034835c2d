import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { Aws, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { checkKubernetesVersion, checkNodes, checkServiceRange, SERVICE_DNS_IP, SERVICE_RANGE } from './platform-checks';
import { PlatformProfile, type PlatformSettings } from './platform-profile';
import { AlbController, type AlbControllerOptions } from '../addons/alb-controller';
import { Cilium, type CiliumOptions } from '../addons/cilium';
import { ExternalDns, type ExternalDnsOptions } from '../addons/external-dns';
import { NodeLocalDns, type NodeLocalDnsOptions } from '../addons/node-local-dns';
import { pinFeatureFlags } from '../cdk/feature-flags';
import { reject } from '../cdk/reject';
import { maxPodsWithPrefixes } from '../cluster/instance-types';
import { NodeGroup, type NodeGroupOptions } from '../cluster/node-group';
import type { WorkloadIdentity } from '../cluster/workload-identity';
import { checkClusterName } from '../kubernetes/cluster-name';
import { tagSubnets } from '../network/tags';
import { POD_SUBNET_TAG, Vpc, type NetworkOptions } from '../network/vpc';

/**
 * Properties of an EksPlatform.
 */
export interface EksPlatformProps {
  /**
   * The cluster's name: 1 to 32 lower-case letters, digits and dashes.
   *
   * It is the EKS cluster's name, its name in Cilium, part of the subnets' tags, and the owner of its DNS
   * records. Changing it replaces the cluster.
   */
  readonly clusterName: string;

  /**
   * What kind of environment this is: the defaults of most other props.
   *
   * @default PlatformProfile.DEV
   */
  readonly profile?: PlatformProfile;

  /**
   * The cluster's Kubernetes version: 1.33 to 1.36.
   *
   * Other versions have no chart in the compatibility table and are refused.
   *
   * @default KubernetesVersion.V1_36
   */
  readonly kubernetesVersion?: eks.KubernetesVersion;

  /**
   * The Lambda layer with kubectl and Helm, for a Kubernetes version at most one minor away from its own.
   *
   * @default - a KubectlV36Layer
   */
  readonly kubectlLayer?: lambda.ILayerVersion;

  /**
   * A VPC of your own. It must have private subnets with a way out; its subnets are tagged if they are defined
   * in this app.
   *
   * Can't be given with `network`.
   *
   * @default - a new Vpc
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Options of the new VPC.
   *
   * @default - the spec's network, with the profile's NAT gateways, flow logs and endpoints
   */
  readonly network?: NetworkOptions;

  /**
   * From where the Kubernetes API is reached.
   *
   * @default - the profile's: public and private in dev and staging, private only in prod
   */
  readonly endpointAccess?: eks.EndpointAccess;

  /**
   * Roles that administer the cluster: each gets an access entry with AmazonEKSClusterAdminPolicy.
   *
   * Without any, only this stack's deployments reach the Kubernetes API, until an access entry is added.
   *
   * @see https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
   * @default - none
   */
  readonly admins?: iam.IRole[];

  /**
   * The KMS key that encrypts Kubernetes Secrets. Once set it can't be taken away, only by a new cluster.
   *
   * @default - a new key with yearly rotation in prod; none, EKS's own encryption, in dev and staging
   */
  readonly secretsKey?: kms.IKey;

  /**
   * Whether EKS refuses to delete the cluster. Switch it off in one deployment and destroy in the next.
   *
   * It protects the cluster alone: stack termination protection keeps CloudFormation from deleting all that
   * stands before it.
   *
   * @default - the profile's: true in prod
   */
  readonly deletionProtection?: boolean;

  /**
   * Options of the first node group.
   *
   * @default - the profile's instance type and sizes
   */
  readonly nodes?: NodeGroupOptions;

  /**
   * How controllers get their AWS credentials.
   *
   * @default WorkloadIdentity.IRSA
   */
  readonly identity?: WorkloadIdentity;

  /**
   * The hosted zones that ExternalDNS writes to, one or more.
   *
   * @default - no ExternalDNS
   */
  readonly hostedZones?: route53.IHostedZone[];

  /**
   * Options of Cilium.
   *
   * @default - as in CiliumOptions
   */
  readonly cilium?: CiliumOptions;

  /**
   * Options of the AWS Load Balancer Controller.
   *
   * @default - as in AlbControllerOptions
   */
  readonly albController?: AlbControllerOptions;

  /**
   * Options of ExternalDNS. Needs `hostedZones`.
   *
   * @default - as in ExternalDnsOptions
   */
  readonly externalDns?: ExternalDnsOptions;

  /**
   * Options of the node-local DNS cache.
   *
   * @default - as in NodeLocalDnsOptions
   */
  readonly nodeLocalDns?: NodeLocalDnsOptions;
}

/**
 * An EKS cluster whose whole network is Cilium.
 *
 * Defines, each after what it needs: the VPC, the cluster without EKS's own network add-ons, Cilium, a node
 * group, CoreDNS, and then the AWS Load Balancer Controller, ExternalDNS and the node-local DNS cache. All is
 * deleted in the reverse order, so that controllers still run while what they made is deleted.
 *
 * What defines Ingresses, Services of type LoadBalancer or Cilium's resource kinds on `cluster` must depend on
 * this construct.
 */
export class EksPlatform extends Construct {
  /** The VPC: a Vpc of this library, or the one that was given. */
  public readonly vpc: ec2.IVpc;

  /** The cluster. */
  public readonly cluster: eks.Cluster;

  /** The cluster's name, as it was given. */
  public readonly clusterName: string;

  /** Cilium. */
  public readonly cilium: Cilium;

  /** The first node group. */
  public readonly nodes: NodeGroup;

  /** The AWS Load Balancer Controller, unless it was left out. */
  public readonly albController?: AlbController;

  /** ExternalDNS, if hosted zones were given. */
  public readonly externalDns?: ExternalDns;

  /** The node-local DNS cache, unless it was left out. */
  public readonly nodeLocalDns?: NodeLocalDns;

  private readonly prefixDelegation: boolean;

  constructor(scope: Construct, id: string, props: EksPlatformProps) {
    super(scope, id);
    pinFeatureFlags(this);
    this.check(props);
    const { settings } = props.profile ?? PlatformProfile.DEV;
    this.clusterName = props.clusterName;
    this.prefixDelegation = props.cilium?.prefixDelegation ?? false;

    this.vpc = this.createVpc(props, settings);
    this.cluster = this.createCluster(props, settings);
    this.cilium = this.createCilium(props, settings);
    this.nodes = this.addNodeGroup('Nodes', {
      ...props.nodes,
      instanceTypes: props.nodes?.instanceTypes ?? [settings.nodeInstanceType],
      minSize: props.nodes?.minSize ?? settings.nodeMinSize,
      maxSize: props.nodes?.maxSize ?? Math.max(settings.nodeMaxSize, props.nodes?.minSize ?? 0),
    });
    const coreDns = this.createCoreDns();

    const { cluster, clusterName } = this;
    const { identity, hostedZones } = props;
    if (props.albController?.enabled ?? true) {
      this.albController = new AlbController(this, 'AlbController', {
        ...props.albController, cluster, identity, replicas: props.albController?.replicas ?? settings.controllerReplicas,
      });
      this.albController.node.addDependency(coreDns);
    }
    if (hostedZones && (props.externalDns?.enabled ?? true)) {
      this.externalDns = new ExternalDns(this, 'ExternalDns', { ...props.externalDns, cluster, clusterName, identity, hostedZones });
      this.externalDns.node.addDependency(coreDns);
    }
    if (props.nodeLocalDns?.enabled ?? true) {
      this.nodeLocalDns = new NodeLocalDns(this, 'NodeLocalDns', { ...props.nodeLocalDns, cluster, clusterDnsIp: SERVICE_DNS_IP });
      this.nodeLocalDns.node.addDependency(coreDns);
    }
    new CfnOutput(this, 'KubeconfigCommand', {
      description: 'Points kubectl at the cluster; needs an access entry, see `admins`',
      value: `aws eks update-kubeconfig --name ${this.cluster.clusterName} --region ${Stack.of(this).region}`,
    });
  }

  /**
   * Adds a managed node group, whose nodes wait for Cilium as the first one's do.
   *
   * @param id the construct's id
   * @param options what the nodes are
   */
  public addNodeGroup(id: string, options: NodeGroupOptions = {}): NodeGroup {
    checkNodes(`${this.node.path}/${id}`, this.prefixDelegation, options);
    const nodes = new NodeGroup(this, id, {
      ...options,
      cluster: this.cluster,
      maxPods: options.maxPods ?? (this.prefixDelegation ? maxPodsWithPrefixes(options.instanceTypes ?? []) : undefined),
    });
    // Without a network no node gets ready, and without ready nodes the node group fails after half an hour.
    nodes.nodegroup.node.addDependency(this.cilium);
    return nodes;
  }

  private check(props: EksPlatformProps) {
    const path = this.node.path;
    checkClusterName(path, props.clusterName);
    checkKubernetesVersion(this, props.kubernetesVersion, props.kubectlLayer);
    if (props.vpc && props.network) {
      reject(path, 'network', props.network, 'left out with `vpc`', 'a VPC of your own brings its own network');
    }
    checkServiceRange(path, props);
    if (props.hostedZones?.length === 0) {
      reject(path, 'hostedZones', [], 'one zone or more', 'leave it out for no ExternalDNS');
    }
    if (props.externalDns && props.externalDns.enabled !== false && !props.hostedZones) {
      reject(path, 'hostedZones', undefined, 'given with `externalDns`', 'give the zones that ExternalDNS should write to');
    }
  }

  private createVpc(props: EksPlatformProps, settings: PlatformSettings): ec2.IVpc {
    if (props.vpc) {
      tagSubnets(props.vpc, props.clusterName);
      return props.vpc;
    }
    const network = props.network ?? {};
    return new Vpc(this, 'Vpc', {
      clusterName: props.clusterName,
      ...network,
      natGateways: network.natGateways ?? settings.natGateways,
      flowLogs: network.flowLogs ?? settings.flowLogs,
      flowLogRetention: network.flowLogRetention ?? (network.flowLogBucket ? undefined : settings.flowLogRetention),
      interfaceEndpoints: network.interfaceEndpoints ?? settings.interfaceEndpoints,
    });
  }

  private createCluster(props: EksPlatformProps, settings: PlatformSettings): eks.Cluster {
    const secretsKey = props.secretsKey ?? (settings.secretsEncryption ? this.createSecretsKey() : undefined);
    const cluster = new eks.Cluster(this, 'Cluster', {
      clusterName: this.clusterName,
      version: props.kubernetesVersion ?? eks.KubernetesVersion.V1_36,
      vpc: this.vpc,
      vpcSubnets: [{ subnetType: SubnetType.PRIVATE_WITH_EGRESS }],
      serviceIpv4Cidr: SERVICE_RANGE,
      endpointAccess: props.endpointAccess ?? settings.endpointAccess,
      clusterLogging: settings.controlPlaneLogs,
      secretsEncryptionKey: secretsKey,
      // Neither the VPC CNI nor kube-proxy may ever run: Cilium takes the place of both.
      bootstrapSelfManagedAddons: false,
      bootstrapClusterCreatorAdminPermissions: false,
      defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
      defaultCapacity: 0,
      outputConfigCommand: false,
      kubectlProviderOptions: { kubectlLayer: props.kubectlLayer ?? new KubectlV36Layer(this, 'KubectlLayer') },
    });
    const resource = cluster.node.defaultChild as eks.CfnCluster;
    resource.deletionProtection = props.deletionProtection ?? settings.deletionProtection;
    // Nodes need their routes as long as they live, and they live no longer than the cluster.
    resource.node.addDependency(this.vpc);
    for (const admin of props.admins ?? []) {
      cluster.grantAccess(`Admin${admin.node.addr.slice(-8)}`, admin.roleArn, [
        eks.AccessPolicy.fromAccessPolicyName('AmazonEKSClusterAdminPolicy', { accessScopeType: eks.AccessScopeType.CLUSTER }),
      ]);
    }
    return cluster;
  }

  private createSecretsKey(): kms.Key {
    return new kms.Key(this, 'SecretsKey', {
      description: `Kubernetes Secrets of ${this.clusterName}`,
      enableKeyRotation: true,
      policy: new iam.PolicyDocument({ // CDK's default, by the stack's own pseudo parameters
        minimize: false,
        statements: [new iam.PolicyStatement({
          actions: ['kms:*'],
          principals: [new iam.ArnPrincipal(`arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:root`)],
          resources: ['*'],
        })],
      }),
      removalPolicy: RemovalPolicy.DESTROY, // worth nothing without the cluster, which goes with it
    });
  }

  private createCilium(props: EksPlatformProps, settings: PlatformSettings): Cilium {
    const { cilium } = props;
    return new Cilium(this, 'Cilium', {
      ...cilium,
      cluster: this.cluster,
      clusterName: this.clusterName,
      identity: props.identity,
      operatorReplicas: cilium?.operatorReplicas ?? settings.controllerReplicas,
      podSubnetTags: cilium?.podSubnetTags ?? (props.network?.podCidr ? { [POD_SUBNET_TAG.key]: POD_SUBNET_TAG.value } : undefined),
      hubble: { ...cilium?.hubble, ui: cilium?.hubble?.ui ?? settings.hubbleUi },
    });
  }

  /** After the nodes: an add-on without a node to run on is degraded, and its creation fails in the end. */
  private createCoreDns(): eks.CfnAddon {
    const coreDns = new eks.CfnAddon(this, 'CoreDns', {
      clusterName: this.cluster.clusterName,
      addonName: 'coredns',
      resolveConflicts: 'OVERWRITE',
    });
    coreDns.node.addDependency(this.nodes);
    return coreDns;
  }
}

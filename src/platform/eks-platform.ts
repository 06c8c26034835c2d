import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { Annotations, CfnOutput, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { EksPlatformProps } from './eks-platform-props';
import { checkIsolated, checkIsPrivate, neededEndpoints, withoutRepetition } from './isolation';
import { checkCoreDnsVersion, checkKubernetesVersion, checkNodes, checkServiceRange, SERVICE_DNS_IP, SERVICE_RANGE } from './platform-checks';
import { PlatformProfile, type PlatformSettings } from './platform-profile';
import { AlbController, neededByLoadBalancers } from '../addons/alb-controller';
import { Cilium } from '../addons/cilium';
import { ExternalDns, ExternalDnsPolicy } from '../addons/external-dns';
import { NodeLocalDns } from '../addons/node-local-dns';
import { arn } from '../cdk/arn';
import { pinFeatureFlags } from '../cdk/feature-flags';
import { isIsolated, privateSubnets } from '../network/private-subnets';
import { reject } from '../cdk/reject';
import { Drain } from '../cluster/drain';
import { maxPodsWithPrefixes } from '../cluster/instance-types';
import { NodeGroup } from '../cluster/node-group';
import type { NodeGroupOptions } from '../cluster/node-group-options';
import { PlatformCluster } from '../cluster/platform-cluster';
import { Teardown } from '../cluster/teardown';
import { checkClusterName } from '../kubernetes/cluster-name';
import { inRegistry } from '../kubernetes/images';
import { VERSIONS } from '../kubernetes/versions';
import { POD_SUBNET_TAG, tagSubnets } from '../network/tags';
import { Vpc } from '../network/vpc';
import { Namespace } from '../policy/namespace';
import type { NamespaceOptions } from '../policy/namespace-options';

/**
 * An EKS cluster whose whole network is Cilium.
 *
 * Defines, each after what it needs: the VPC, the cluster without EKS's own network add-ons, Cilium, a node
 * group, CoreDNS, and then the AWS Load Balancer Controller, ExternalDNS and the node-local DNS cache. All is
 * deleted in the reverse order, so that controllers still run while what they made is deleted: also what they
 * made for Ingresses and Services of type LoadBalancer that the stack does not know of. What they leave behind all
 * the same is deleted after the cluster, before the VPC.
 *
 * What defines Ingresses, Services of type LoadBalancer or Cilium's resource kinds on `cluster` must depend on
 * this construct, and so stand outside of it: an eks.HelmChart or eks.KubernetesManifest of the stack does, and not
 * what the methods `addHelmChart` and `addManifest` of `cluster` define.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import * as eksplatform from '@org/eks-platform';
 *
 * declare const stack: Stack;
 * new eksplatform.EksPlatform(stack, 'Platform', {
 *   clusterName: 'shop',
 *   profile: eksplatform.PlatformProfile.DEV,
 * });
 */
export class EksPlatform extends Construct {
  /** The VPC: a Vpc of this library, or the one that was given. */
  public readonly vpc: ec2.IVpc;

  /** The cluster. Its charts and manifests, those of CDK's own constructs too, are served by a KubectlProvider of this library. */
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

  private readonly coreDns: eks.CfnAddon;
  private readonly drain: Drain;
  private readonly podSubnetTags?: { [key: string]: string };
  private readonly prefixDelegation: boolean;

  constructor(scope: Construct, id: string, props: EksPlatformProps) {
    super(scope, id);
    pinFeatureFlags(this);
    this.check(props);
    const { settings } = props.profile ?? PlatformProfile.DEV;
    this.clusterName = props.clusterName;
    this.podSubnetTags = props.cilium?.podSubnetTags ?? (props.network?.podCidr ? { [POD_SUBNET_TAG.key]: POD_SUBNET_TAG.value } : undefined);
    this.prefixDelegation = props.cilium?.prefixDelegation ?? this.podSubnetTags !== undefined;

    this.vpc = this.createVpc(props, settings);
    const isolated = isIsolated(this.vpc);
    if (isolated) {
      checkIsolated(this, props);
    }
    const teardown = this.createTeardown(props);
    this.cluster = this.createCluster(props, settings, teardown);
    if (isolated) {
      checkIsPrivate(this.node.path, this.cluster);
    }
    this.cilium = this.createCilium(props, settings);
    this.nodes = this.addNodeGroup('Nodes', {
      ...props.nodes,
      instanceTypes: props.nodes?.instanceTypes ?? [settings.nodeInstanceType],
      minSize: props.nodes?.minSize ?? settings.nodeMinSize,
      maxSize: props.nodes?.maxSize ?? Math.max(settings.nodeMaxSize, props.nodes?.minSize ?? 0),
    });
    this.coreDns = this.createCoreDns(props);

    const { cluster, clusterName, coreDns } = this;
    const { identity, hostedZones, imageRegistry } = props;
    if (props.albController?.enabled ?? true) {
      this.albController = new AlbController(this, 'AlbController', {
        ...props.albController,
        cluster,
        identity,
        replicas: props.albController?.replicas ?? settings.controllerReplicas,
        imageRegistry: props.albController?.imageRegistry ?? imageRegistry,
      });
      this.albController.node.addDependency(coreDns);
    }
    if (hostedZones && (props.externalDns?.enabled ?? true)) {
      this.externalDns = new ExternalDns(this, 'ExternalDns', {
        ...props.externalDns, cluster, clusterName, identity, hostedZones, imageRegistry: props.externalDns?.imageRegistry ?? imageRegistry,
      });
      this.externalDns.node.addDependency(coreDns);
    }
    if (props.nodeLocalDns?.enabled ?? true) {
      this.nodeLocalDns = new NodeLocalDns(this, 'NodeLocalDns', {
        ...props.nodeLocalDns,
        cluster,
        clusterDnsIp: SERVICE_DNS_IP,
        image: props.nodeLocalDns?.image ?? (imageRegistry && inRegistry(VERSIONS.images.nodeCache, imageRegistry)),
      });
      this.nodeLocalDns.node.addDependency(coreDns);
    }
    this.drain = this.createDrain();
    if (this.albController) {
      // While an Ingress is deleted its record is too, and the controllers still ask for addresses.
      neededByLoadBalancers(this.albController).add(this.drain);
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
    checkNodes(`${this.node.path}/${id}`, { prefixDelegation: this.prefixDelegation, podSubnets: this.podSubnetTags !== undefined }, options);
    const nodes = new NodeGroup(this, id, {
      ...options,
      cluster: this.cluster,
      maxPods: options.maxPods ?? (this.prefixDelegation ? maxPodsWithPrefixes(options.instanceTypes ?? []) : undefined),
    });
    // Without a network no node gets ready, and without ready nodes the node group fails after half an hour.
    nodes.nodegroup.node.addDependency(this.cilium);
    return nodes;
  }

  /**
   * Adds a namespace with its network policies, after all that its pods and Ingresses need, and deleted before it.
   *
   * What is defined in the namespace must depend on it.
   *
   * @param name the namespace's name, which is part of the construct's id
   * @param options what pods of the namespace may do
   */
  public addNamespace(name: string, options: NamespaceOptions = {}): Namespace {
    if (Token.isUnresolved(name)) {
      reject(this.node.path, 'name', name, 'known when the app is synthesized', 'use `new Namespace`, whose id you choose');
    }
    const namespace = new Namespace(this, `Namespace-${name}`, { ...options, cluster: this.cluster, namespaceName: name });
    // Also what a namespace takes with it when it goes, as Ingresses that were made by hand: controllers must see to those.
    namespace.node.addDependency(this.drain);
    return namespace;
  }

  private check(props: EksPlatformProps) {
    const path = this.node.path;
    checkClusterName(path, props.clusterName);
    checkKubernetesVersion(this, props.kubernetesVersion, props.kubectlLayer);
    checkCoreDnsVersion(path, props.coreDnsVersion);
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
      natGateways: network.natGateways ?? (network.isolated ? undefined : settings.natGateways),
      flowLogs: network.flowLogs ?? settings.flowLogs,
      flowLogRetention: network.flowLogRetention ?? (network.flowLogBucket ? undefined : settings.flowLogRetention),
      interfaceEndpoints: withoutRepetition([
        ...network.interfaceEndpoints ?? settings.interfaceEndpoints,
        ...network.isolated ? neededEndpoints(props) : [],
      ]),
    });
  }

  private createTeardown(props: EksPlatformProps): Teardown {
    const deletesRecords = (props.externalDns?.enabled ?? true) && (props.externalDns?.policy ?? ExternalDnsPolicy.SYNC) === ExternalDnsPolicy.SYNC;
    return new Teardown(this, 'Teardown', {
      clusterName: this.clusterName,
      vpc: this.vpc,
      hostedZones: props.cleanUpRecords ?? deletesRecords ? props.hostedZones ?? [] : [],
    });
  }

  private createCluster(props: EksPlatformProps, settings: PlatformSettings, teardown: Teardown): eks.Cluster {
    const secretsKey = props.secretsKey ?? (settings.secretsEncryption ? this.createSecretsKey() : undefined);
    const cluster = new PlatformCluster(this, 'Cluster', {
      clusterName: this.clusterName,
      version: props.kubernetesVersion ?? eks.KubernetesVersion.V1_36,
      vpc: this.vpc,
      subnets: privateSubnets(this.vpc),
      serviceIpv4Cidr: SERVICE_RANGE,
      endpointAccess: props.endpointAccess ?? (isIsolated(this.vpc) ? eks.EndpointAccess.PRIVATE : settings.endpointAccess),
      clusterLogging: settings.controlPlaneLogs,
      secretsEncryptionKey: secretsKey,
      // Neither the VPC CNI nor kube-proxy may ever run: Cilium takes the place of both.
      bootstrapSelfManagedAddons: false,
      bootstrapClusterCreatorAdminPermissions: false,
      defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
      defaultCapacity: 0,
      outputConfigCommand: false,
      kubectlLayer: props.kubectlLayer ?? new KubectlV36Layer(this, 'KubectlLayer'),
      logGroup: teardown.logGroup,
    });
    if (this.vpc instanceof Vpc) { // its endpoints are what CDK reminds of
      Annotations.of(cluster).acknowledgeWarning('@aws-cdk/aws-eks:isolatedSubnetsForKubectlPrivateSubnets');
    }
    const resource = cluster.node.defaultChild as eks.CfnCluster;
    resource.deletionProtection = props.deletionProtection ?? settings.deletionProtection;
    if (resource.deletionProtection) {
      teardown.guard();
    }
    // The teardown is deleted after the cluster. It comes after the VPC, and so does the cluster: nodes need
    // their routes as long as they live, and they live no longer than the cluster.
    resource.node.addDependency(teardown);
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
          principals: [new iam.ArnPrincipal(arn('iam::${AWS::AccountId}:root'))],
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
      wait: false, // there is no node yet, whatever untyped code may ask for
      operatorReplicas: cilium?.operatorReplicas ?? settings.controllerReplicas,
      podSubnetTags: this.podSubnetTags,
      prefixDelegation: this.prefixDelegation,
      imageRegistry: cilium?.imageRegistry ?? props.imageRegistry,
      hubble: { ...cilium?.hubble, ui: cilium?.hubble?.ui ?? settings.hubbleUi },
    });
  }

  /** After the nodes: an add-on without a node to run on is degraded, and its creation fails in the end. */
  private createCoreDns(props: EksPlatformProps): eks.CfnAddon {
    const coreDns = new eks.CfnAddon(this, 'CoreDns', {
      clusterName: this.cluster.clusterName,
      addonName: 'coredns',
      addonVersion: props.coreDnsVersion,
      resolveConflicts: 'OVERWRITE',
    });
    coreDns.node.addDependency(this.nodes);
    return coreDns;
  }

  /** Deleted before the controllers and the DNS that they need, and after all that the stack deletes itself. */
  private createDrain(): Drain {
    const drain = new Drain(this, 'Drain', { cluster: this.cluster });
    drain.node.addDependency(...[this.coreDns, this.albController, this.externalDns, this.nodeLocalDns].filter(it => it !== undefined));
    return drain;
  }
}

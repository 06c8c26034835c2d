import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { Annotations, CfnOutput, Stack, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';
import type { EksPlatformProps } from './eks-platform-props';
import type { PodAddresses } from './platform-checks';
import { planNodes, planPlatform, type PlatformPlan } from './platform-plan';
import { SecretsKey } from './secrets-key';
import { AlbController, neededByLoadBalancers } from '../addons/alb-controller';
import { Cilium } from '../addons/cilium';
import { ExternalDns } from '../addons/external-dns';
import { NodeLocalDns } from '../addons/node-local-dns';
import { pinFeatureFlags } from '../cdk/feature-flags';
import { reject } from '../cdk/reject';
import { Drain } from '../cluster/drain';
import { NodeGroup } from '../cluster/node-group';
import type { NodeGroupOptions } from '../cluster/node-group-options';
import { PlatformCluster } from '../cluster/platform-cluster';
import { Teardown } from '../cluster/teardown';
import { tagSubnets } from '../network/tags';
import { Vpc } from '../network/vpc';
import { Namespace } from '../policy/namespace';
import type { NamespaceOptions } from '../policy/namespace-options';

/**
 * An EKS cluster whose whole network is Cilium.
 *
 * Defines, in this order, the VPC, the cluster without EKS's own network add-ons, Cilium, a node group, CoreDNS, and
 * the AWS Load Balancer Controller, ExternalDNS and the node-local DNS cache. Everything is deleted in the reverse
 * order, so that controllers still run while what they made is deleted, even for Ingresses and Services of type
 * LoadBalancer that are not part of the stack. What they leave behind is deleted after the cluster and before the VPC.
 *
 * A construct that defines Ingresses, Services of type LoadBalancer or objects of Cilium's kinds on `cluster` must depend
 * on this construct, so it can't be inside it. Define an eks.HelmChart or an eks.KubernetesManifest in the stack; the
 * methods `addHelmChart` and `addManifest` of `cluster` would define it inside.
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

  /** The cluster. A KubectlProvider of this library serves all its charts and manifests, those of CDK's own constructs, too. */
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

  private readonly pods: PodAddresses;
  private readonly drain: Drain;

  constructor(scope: Construct, id: string, props: EksPlatformProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const plan = planPlatform(this, props);
    const { identity, addOns } = plan;
    const clusterName = this.clusterName = props.clusterName;
    this.pods = plan.pods;

    this.vpc = this.createVpc(plan);
    const teardown = new Teardown(this, 'Teardown', { clusterName, vpc: this.vpc, hostedZones: plan.zonesToCleanUp });
    const cluster = this.cluster = this.createCluster(plan, teardown);
    // There is no node yet that Cilium could be ready on, whatever untyped code may ask for.
    this.cilium = new Cilium(this, 'Cilium', { ...addOns.cilium, cluster, clusterName, identity, wait: false });
    this.nodes = this.addNodeGroup('Nodes', plan.nodes);
    const coreDns = this.createCoreDns(plan);

    this.albController = addOns.albController && new AlbController(this, 'AlbController', { ...addOns.albController, cluster, identity });
    this.externalDns = addOns.externalDns && new ExternalDns(this, 'ExternalDns', { ...addOns.externalDns, cluster, clusterName, identity });
    this.nodeLocalDns = addOns.nodeLocalDns && new NodeLocalDns(this, 'NodeLocalDns', { ...addOns.nodeLocalDns, cluster });
    const afterDns = [this.albController, this.externalDns, this.nodeLocalDns].filter(it => it !== undefined);
    afterDns.forEach(it => it.node.addDependency(coreDns));

    // Deleted before the controllers and the DNS that they need, and after everything that the stack deletes itself.
    this.drain = new Drain(this, 'Drain', { cluster });
    this.drain.node.addDependency(coreDns, ...afterDns);
    if (this.albController) {
      // While an Ingress is deleted, so is its record, and the controllers still look up addresses.
      neededByLoadBalancers(this.albController).add(this.drain);
    }
    new CfnOutput(this, 'KubeconfigCommand', {
      description: 'Points kubectl at the cluster; needs an access entry, see `admins`',
      value: `aws eks update-kubeconfig --name ${cluster.clusterName} --region ${Stack.of(this).region}`,
    });
  }

  /**
   * Adds a managed node group, whose nodes wait for Cilium like those of the first one.
   *
   * @param id the construct's id
   * @param options the nodes
   */
  public addNodeGroup(id: string, options: NodeGroupOptions = {}): NodeGroup {
    const planned = planNodes(`${this.node.path}/${id}`, this.pods, options);
    const nodes = new NodeGroup(this, id, { ...planned, cluster: this.cluster });
    // Without a network no node gets ready, and without ready nodes the node group fails after half an hour.
    nodes.nodegroup.node.addDependency(this.cilium);
    return nodes;
  }

  /**
   * Adds a namespace with its network policies.
   *
   * It is created after everything that its pods and Ingresses need, and deleted before. What is defined in the
   * namespace must depend on it.
   *
   * @param name the namespace's name, which is part of the construct's id
   * @param options what pods of the namespace may do
   */
  public addNamespace(name: string, options: NamespaceOptions = {}): Namespace {
    if (Token.isUnresolved(name)) {
      reject(this.node.path, 'name', name, 'known when the app is synthesized', 'use `new Namespace`, whose id you choose');
    }
    const namespace = new Namespace(this, `Namespace-${name}`, { ...options, cluster: this.cluster, namespaceName: name });
    // A namespace is deleted with all that is in it, such as Ingresses that were made by hand: controllers must clean up after those.
    namespace.node.addDependency(this.drain);
    return namespace;
  }

  private createVpc({ vpc, network, cluster }: PlatformPlan): ec2.IVpc {
    if (vpc) {
      tagSubnets(vpc, cluster.clusterName);
    }
    return vpc ?? new Vpc(this, 'Vpc', network);
  }

  private createCluster(plan: PlatformPlan, teardown: Teardown): eks.Cluster {
    const { clusterName, deletionProtection } = plan.cluster;
    const cluster = new PlatformCluster(this, 'Cluster', {
      ...plan.cluster,
      vpc: this.vpc,
      secretsEncryptionKey: plan.makesSecretsKey ? new SecretsKey(this, 'SecretsKey', clusterName) : plan.secretsKey,
      kubectlLayer: plan.kubectlLayer ?? new KubectlV36Layer(this, 'KubectlLayer'),
      logGroup: teardown.logGroup,
    });
    if (this.vpc instanceof Vpc) { // CDK warns that isolated subnets need endpoints: ours have them
      Annotations.of(cluster).acknowledgeWarning('@aws-cdk/aws-eks:isolatedSubnetsForKubectlPrivateSubnets');
    }
    if (deletionProtection) {
      teardown.guard();
    }
    // The teardown is deleted after the cluster. It comes after the VPC, and so does the cluster: nodes need
    // their routes as long as they live, and they live no longer than the cluster.
    cluster.node.defaultChild!.node.addDependency(teardown);
    return cluster;
  }

  /** After the nodes: an add-on without a node to run on is degraded, and its creation fails in the end. */
  private createCoreDns({ coreDnsVersion }: PlatformPlan): eks.CfnAddon {
    const coreDns = new eks.CfnAddon(this, 'CoreDns', {
      clusterName: this.cluster.clusterName,
      addonName: 'coredns',
      addonVersion: coreDnsVersion,
      resolveConflicts: 'OVERWRITE',
    });
    coreDns.node.addDependency(this.nodes);
    return coreDns;
  }
}

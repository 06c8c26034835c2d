import { Aws, Token, type RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, DependencyGroup, type IConstruct } from 'constructs';
import { albControllerStatements } from './alb-controller-policy';
import { AlbFeatureGate } from './alb-feature-gate';
import type { ChartOptions } from './chart-options';
import { pinFeatureFlags } from '../cdk/feature-flags';
import type { Json } from '../cdk/merge';
import { reject } from '../cdk/reject';
import type { WorkloadIdentity } from '../cluster/workload-identity';
import { WorkloadRole } from '../cluster/workload-role';
import { HelmRelease } from '../kubernetes/helm-release';
import { inRegistry } from '../kubernetes/images';
import { VERSIONS } from '../kubernetes/versions';
import { withRulesIn } from '../network/group-rules';
import { isIsolated } from '../network/private-subnets';

/**
 * An AWS Load Balancer Controller: of this app, or one that runs in a cluster already.
 */
export interface IAlbController extends IConstruct {
  /**
   * The cluster that the controller runs in.
   */
  readonly cluster: eks.ICluster;
}

/** What a controller's load balancers need: it is created before their Ingresses and Services, and deleted after them. */
const NEEDS = new WeakMap<IAlbController, DependencyGroup>();

/**
 * What every Ingress and every Service of type LoadBalancer of a controller depends on: the controller, and what its owner adds.
 */
export function neededByLoadBalancers(controller: IAlbController): DependencyGroup {
  const needs = NEEDS.get(controller) ?? new DependencyGroup(controller);
  NEEDS.set(controller, needs);
  return needs;
}

/**
 * Options of the AWS Load Balancer Controller, in a platform or on its own.
 */
export interface AlbControllerCommonOptions extends ChartOptions {
  /**
   * How many replicas run, of which one is active: a whole number, 1 or more.
   *
   * @default - the profile's: 1 in dev, 2 in staging and prod; 2 for an AlbController on its own
   */
  readonly replicas?: number;

  /**
   * The TLS policy of listeners whose Ingress or Service names none.
   *
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
   * @default SslPolicy.TLS13_12_RES_PQ
   */
  readonly defaultSslPolicy?: elbv2.SslPolicy;

  /**
   * Tags of every load balancer, target group and security group that the controller makes.
   *
   * Keys and values must not hold a comma, a quote, a hash, or a colon that ends a word. Keys must not hold an equals sign.
   *
   * @default - only the controller's own tags
   */
  readonly defaultTags?: { [key: string]: string };

  /**
   * Feature gates to turn on, beside those that are on by default.
   *
   * @default - none
   */
  readonly enableFeatureGates?: AlbFeatureGate[];

  /**
   * Feature gates to turn off.
   *
   * @default - those of the Gateway API, whose CRDs are not in the chart
   */
  readonly disableFeatureGates?: AlbFeatureGate[];

  /**
   * What happens to the chart's custom resource definitions when the add-on is deleted: RETAIN or DESTROY.
   *
   * All objects of their kinds are deleted with them. Deleting the cluster deletes them in any case. With CDK's own kubectl
   * provider, deleting the add-on never does.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly crdRemovalPolicy?: RemovalPolicy;
}

/**
 * Options of a platform's AWS Load Balancer Controller.
 */
export interface AlbControllerOptions extends AlbControllerCommonOptions {
  /**
   * Whether the controller is deployed.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/**
 * Properties of an AlbController.
 */
export interface AlbControllerProps extends AlbControllerCommonOptions {
  /**
   * The cluster. It must know its VPC, and with IRSA its OpenID Connect provider.
   */
  readonly cluster: eks.ICluster;

  /**
   * How the controller gets its AWS credentials.
   *
   * @default WorkloadIdentity.IRSA
   */
  readonly identity?: WorkloadIdentity;

  /**
   * Security groups of nodes that do not carry the cluster security group.
   *
   * A rule in each of them lets the control plane reach the controller's webhooks (TCP 9443).
   *
   * @default - all nodes carry the cluster security group
   */
  readonly nodeSecurityGroups?: ec2.ISecurityGroup[];
}

/** Gates that need the CRDs of the Gateway API: the controller would wait for them. */
const GATEWAY_API = [AlbFeatureGate.NLB_GATEWAY_API, AlbFeatureGate.ALB_GATEWAY_API, AlbFeatureGate.GATEWAY_LISTENER_SET];

/**
 * The AWS Load Balancer Controller: an ALB for each Ingress of the class `alb`, an NLB for each Service of
 * type LoadBalancer.
 *
 * Defines a role with the policy that the controller's authors publish, narrowed to the cluster's VPC, and the
 * Helm release in kube-system. Load balancers are internal, reach pods by their addresses and speak TLS 1.2 or
 * newer unless an Ingress or Service says otherwise.
 *
 * A construct that defines Ingresses or Services of type LoadBalancer must depend on this one, so that it is
 * deleted first: only a running controller deletes their load balancers.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/
 */
export class AlbController extends Construct implements IAlbController {
  /**
   * Refers to a controller that runs in a cluster already, as Helm release aws-load-balancer-controller in kube-system.
   *
   * @param scope the construct's scope
   * @param id the construct's id
   * @param cluster the cluster that it runs in
   */
  public static fromCluster(scope: Construct, id: string, cluster: eks.ICluster): IAlbController {
    class Import extends Construct implements IAlbController {
      public readonly cluster = cluster;
    }
    return new Import(scope, id);
  }

  /**
   * The role of the controller.
   */
  public readonly role: iam.IRole;

  /**
   * The cluster that the controller runs in.
   */
  public readonly cluster: eks.ICluster;

  constructor(scope: Construct, id: string, props: AlbControllerProps) {
    super(scope, id);
    this.cluster = props.cluster;
    pinFeatureFlags(this);
    this.check(props);
    const workload = new WorkloadRole(this, 'Role', {
      cluster: props.cluster,
      identity: props.identity,
      namespace: 'kube-system',
      serviceAccount: 'aws-load-balancer-controller',
      statements: albControllerStatements(props.cluster.vpc),
    });
    this.role = workload.role;
    const nodes = (props.nodeSecurityGroups ?? []).map(group => withRulesIn(this, group));
    for (const node of nodes) {
      node.addIngressRule(props.cluster.clusterSecurityGroup, ec2.Port.tcp(9443), 'Control plane to webhooks');
    }
    const release = new HelmRelease(this, 'Release', {
      ...props,
      chart: VERSIONS.charts.albController,
      namespace: 'kube-system',
      values: albControllerValues(props, workload),
      userValues: props.values,
      wait: true,
    });
    release.node.addDependency(workload, ...nodes);
  }

  private check(props: AlbControllerProps) {
    const path = this.node.path;
    const { replicas, defaultTags } = props;
    if (replicas !== undefined && !Token.isUnresolved(replicas) && (!Number.isInteger(replicas) || replicas < 1)) {
      reject(path, 'replicas', replicas, 'a whole number, 1 or more', 'leave the add-on out with `enabled: false` to run none');
    }
    for (const [key, value] of Object.entries(defaultTags ?? {})) {
      if (key.includes('=') || [key, value].some(text => !Token.isUnresolved(text) && /[,"#]|:(\s|$)/.test(text))) {
        reject(path, 'defaultTags', { [key]: value }, 'without commas, quotes, hashes, colons that end a word, and = in keys',
          'the chart joins them with commas into one argument, without quotes');
      }
    }
    const both = (props.enableFeatureGates ?? []).filter(gate => props.disableFeatureGates?.includes(gate));
    if (both.length > 0) {
      reject(path, 'enableFeatureGates', both, 'without gates of `disableFeatureGates`', 'name each gate in one of the two');
    }
  }
}

function albControllerValues(props: AlbControllerProps, workload: WorkloadRole): Json {
  const gates = [
    ...GATEWAY_API.map(gate => [gate, false]),
    ...(props.disableFeatureGates ?? []).map(gate => [gate, false]),
    ...(props.enableFeatureGates ?? []).map(gate => [gate, true]),
  ];
  return {
    clusterName: props.cluster.clusterName,
    // The controller would ask the instance metadata for both, which pods can't reach.
    region: Aws.REGION,
    vpcId: props.cluster.vpc.vpcId,
    replicaCount: props.replicas ?? 2,
    serviceAccount: { create: true, name: 'aws-load-balancer-controller', annotations: workload.annotations },
    ingressClass: 'alb',
    createIngressClassResource: true,
    ingressClassParams: { create: true },
    // Cilium's pods have addresses of the VPC, so traffic needs no hop through a node port.
    defaultTargetType: 'ip',
    defaultSSLPolicy: props.defaultSslPolicy ?? elbv2.SslPolicy.TLS13_12_RES_PQ, // the controller's own still allows TLS 1.0
    defaultLoadBalancerScheme: 'internal',
    ...props.defaultTags ? { defaultTags: props.defaultTags } : {},
    // A plain Service of type LoadBalancer becomes an NLB. While no controller runs, Services are still admitted.
    enableServiceMutatorWebhook: true,
    serviceMutatorWebhookConfig: { failurePolicy: 'Ignore' },
    keepTLSSecret: true, // otherwise each upgrade makes a new certificate, which running controllers do not know
    podDisruptionBudget: { maxUnavailable: 1 },
    resources: { requests: { cpu: '100m', memory: '200Mi' }, limits: { memory: '500Mi' } },
    ...workload.podValues,
    ...props.imageRegistry ? { image: { repository: inRegistry('public.ecr.aws/eks/aws-load-balancer-controller', props.imageRegistry) } } : {},
    // Their APIs have no endpoint in the VPC unless the user adds one, and the controller calls them for each load balancer.
    ...isIsolated(props.cluster.vpc) ? { enableShield: false, enableWaf: false, enableWafv2: false } : {},
    controllerConfig: { featureGates: Object.fromEntries(gates) },
  };
}

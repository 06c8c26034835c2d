import { isDeepStrictEqual } from 'util';
import { Lazy, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct, type IConstruct } from 'constructs';
import { ALLOWANCES, allowancePolicy, allowances, DEFAULT_DENY, denyAll, loadBalancerAllowance } from './default-deny';
import { checkLabels, checkNamespaceName, checkObjectName } from './kubernetes-names';
import type { NamespaceProps } from './namespace-options';
import type { CiliumNetworkPolicyOptions } from './policy-options';
import { parseBlock } from './policy-peer';
import { renderPolicy, renderSpec } from './policy-spec';
import { pinFeatureFlags } from '../cdk/feature-flags';
import type { Json } from '../cdk/merge';
import { reject } from '../cdk/reject';
import { Manifest } from '../kubernetes/manifest';

/**
 * What load balancers may reach.
 */
export interface LoadBalancerAccess {
  /**
   * The subnets that the load balancers stand in.
   */
  readonly subnets: ec2.ISubnet[];

  /**
   * The labels of the pods behind them.
   *
   * @default - every pod of the namespace
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * The pods' own TCP ports, which targets and health checks use.
   *
   * @default - every port, unless `udpPorts` are given
   */
  readonly ports?: number[];

  /**
   * The pods' own UDP ports.
   *
   * @default - every port, unless `ports` are given
   */
  readonly udpPorts?: number[];

  /**
   * The addresses of clients, where the load balancers keep them: pods see these in place of the load balancers' own.
   *
   * @default - none
   */
  readonly clientCidrs?: string[];
}

/**
 * A namespace of a cluster.
 */
export interface INamespace extends IConstruct {
  /**
   * The namespace's name.
   */
  readonly namespaceName: string;

  /**
   * The cluster that it is in.
   */
  readonly cluster: eks.ICluster;

  /**
   * Lets load balancers reach pods, where policies of the namespace would keep them out.
   *
   * @param access which load balancers, and which pods
   */
  allowFromLoadBalancer(access: LoadBalancerAccess): void;
}

const POD_SECURITY_LABEL = 'pod-security.kubernetes.io/enforce';

/**
 * A Kubernetes namespace with its network policies, in one manifest.
 *
 * It must depend on a node group: Cilium's resource kinds exist once its operator runs on a node. `platform.addNamespace` sees
 * to it. What is defined in the namespace must depend on it, so that it is deleted before: a namespace takes all that it holds
 * with it.
 *
 * A policy that is taken out of the code is deleted; with CDK's own kubectl provider it stays in the cluster.
 */
export class Namespace extends Construct implements INamespace {
  /**
   * Refers to a namespace that something else defines. Its policies are left alone: `allowFromLoadBalancer` does nothing.
   *
   * @param scope the construct's scope
   * @param id the construct's id
   * @param cluster the cluster that it is in
   * @param namespaceName its name
   */
  public static fromNamespaceName(scope: Construct, id: string, cluster: eks.ICluster, namespaceName: string): INamespace {
    class Import extends Construct implements INamespace {
      public readonly namespaceName = namespaceName;
      public readonly cluster = cluster;
      public allowFromLoadBalancer() {}
    }
    return new Import(scope, id);
  }

  /**
   * The namespace's name.
   */
  public readonly namespaceName: string;

  /**
   * The cluster that it is in.
   */
  public readonly cluster: eks.ICluster;

  private readonly defaultDeny: boolean;
  private readonly allowances: Json[];
  private readonly access: LoadBalancerAccess[] = [];
  private readonly policies: Json[] = [];

  constructor(scope: Construct, id: string, props: NamespaceProps) {
    super(scope, id);
    pinFeatureFlags(this);
    this.check(props);
    this.namespaceName = props.namespaceName;
    this.cluster = props.cluster;
    this.defaultDeny = props.defaultDeny ?? false;
    this.allowances = this.defaultDeny ? allowances(props).map(policy => renderSpec(this.node.path, policy)) : [];
    const labels = {
      ...props.labels,
      ...props.podSecurity ? { [POD_SECURITY_LABEL]: props.podSecurity } : {},
    };
    const namespace = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: this.namespaceName, ...Object.keys(labels).length > 0 ? { labels } : {} },
    };
    new Manifest(this, 'Manifest', {
      cluster: props.cluster,
      objects: Lazy.any({ produce: () => [namespace, ...this.renderPolicies()] }), // policies come after this construct
    });
  }

  /**
   * Adds a network policy for pods of the namespace, to the same manifest.
   *
   * @param policyName the policy's name in Kubernetes
   * @param options what it says
   */
  public addPolicy(policyName: string, options: CiliumNetworkPolicyOptions) {
    const path = `${this.node.path}/${policyName}`;
    checkObjectName(path, 'policyName', policyName);
    if ([ALLOWANCES, DEFAULT_DENY, ...this.policies.map(policy => policy.metadata.name)].includes(policyName)) {
      reject(path, 'policyName', policyName, 'a name of its own in the namespace', 'choose another name');
    }
    this.policies.push(renderPolicy(path, { name: policyName, namespace: this.namespaceName }, options));
  }

  /**
   * Lets load balancers reach pods, where the namespace has policies that would keep them out.
   *
   * Ingresses of this library do it by themselves.
   *
   * @param access which load balancers, and which pods
   */
  public allowFromLoadBalancer(access: LoadBalancerAccess) {
    this.checkAccess(access);
    this.access.push(access);
  }

  /** What allows is applied before what denies. Pods that no policy restricts need no allowances. */
  private renderPolicies(): Json[] {
    const restricted = this.defaultDeny || this.policies.length > 0;
    const allowed = restricted ? [...this.allowances, ...this.renderAccess()] : [];
    return [
      ...allowed.length > 0 ? [allowancePolicy(this.namespaceName, allowed)] : [],
      ...this.policies,
      ...this.defaultDeny ? [denyAll(this.namespaceName)] : [],
    ];
  }

  /** Not before it is needed: imported subnets may not know their addresses. */
  private renderAccess(): Json[] {
    const rendered = this.access.map(access => renderSpec(this.node.path, loadBalancerAllowance(access)));
    return rendered.filter((one, index) => rendered.findIndex(other => isDeepStrictEqual(other, one)) === index);
  }

  private checkAccess({ subnets, podLabels, ports, udpPorts, clientCidrs }: LoadBalancerAccess) {
    const path = this.node.path;
    if (subnets.length === 0) {
      reject(path, 'subnets', [], 'one subnet or more', 'give those that the load balancer stands in');
    }
    if (podLabels && Object.keys(podLabels).length === 0) {
      reject(path, 'podLabels', {}, 'one label or more', 'leave it out for every pod');
    }
    checkLabels(path, 'podLabels', podLabels ?? {});
    for (const [prop, given] of Object.entries({ ports, udpPorts })) {
      if (given?.length === 0 && !(prop === 'udpPorts' ? ports : udpPorts)?.length) {
        reject(path, prop, [], 'one port or more', 'leave it out for every port');
      }
      if (given?.some(port => !Token.isUnresolved(port) && (!Number.isInteger(port) || port < 1 || port > 65535))) {
        reject(path, prop, given, 'whole numbers from 1 to 65535', 'give the ports that the pods listen on');
      }
    }
    clientCidrs?.forEach((block, index) => parseBlock(path, `clientCidrs[${index}]`, block));
  }

  private check(props: NamespaceProps) {
    const path = this.node.path;
    checkNamespaceName(path, props.namespaceName);
    checkLabels(path, 'labels', props.labels ?? {});
    if (props.podSecurity && props.labels && POD_SECURITY_LABEL in props.labels) {
      reject(path, 'podSecurity', props.podSecurity, `left out with the label ${POD_SECURITY_LABEL}`, 'give one of them');
    }
    for (const prop of ['allowWithinNamespace', 'allowPodIdentity', 'allowInstanceMetadata'] as const) {
      if (props[prop] !== undefined && !props.defaultDeny) {
        reject(path, prop, props[prop], 'left out without `defaultDeny`', 'nothing is denied without it');
      }
    }
  }
}

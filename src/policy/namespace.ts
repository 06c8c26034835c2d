import { isDeepStrictEqual } from 'util';
import { Lazy } from 'aws-cdk-lib';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct, type IConstruct } from 'constructs';
import { ALLOWANCES, allowancePolicy, allowances, DEFAULT_DENY, denyAll } from './default-deny';
import { checkAccess, loadBalancerAllowance, type LoadBalancerAccess } from './load-balancer-access';
import type { NamespaceProps } from './namespace-options';
import type { CiliumNetworkPolicyOptions } from './policy-options';
import { renderPolicy, renderSpec } from './policy-spec';
import { pinFeatureFlags } from '../cdk/feature-flags';
import type { Json } from '../cdk/merge';
import { reject } from '../cdk/reject';
import { Manifest } from '../kubernetes/manifest';
import { checkLabels, checkNamespaceName, checkObjectName } from '../kubernetes/names';

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
   * Lets load balancers reach pods that policies of the namespace would close to them.
   *
   * @param access which load balancers, and which pods
   */
  allowFromLoadBalancer(access: LoadBalancerAccess): void;
}

const POD_SECURITY_LABEL = 'pod-security.kubernetes.io/enforce';

/**
 * A Kubernetes namespace with its network policies, in one manifest.
 *
 * It must depend on a node group, as Cilium's operator creates its resource kinds once it runs on a node. `platform.addNamespace`
 * sees to that. Whatever is defined in the namespace must depend on it, to be deleted first: deleting a namespace deletes all that
 * it contains.
 *
 * A policy that is removed from the code is deleted from the cluster; CDK's own kubectl provider leaves it there.
 */
export class Namespace extends Construct implements INamespace {
  /**
   * Refers to a namespace that is defined elsewhere. Its policies are left alone: `allowFromLoadBalancer` does nothing.
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
      objects: Lazy.any({ produce: () => [namespace, ...this.renderPolicies()] }), // policies are added later
    });
  }

  /**
   * Adds a network policy for pods of the namespace, to the same manifest.
   *
   * @param policyName the policy's name in Kubernetes
   * @param options its rules
   */
  public addPolicy(policyName: string, options: CiliumNetworkPolicyOptions) {
    const path = `${this.node.path}/${policyName}`;
    checkObjectName(path, 'policyName', policyName);
    if ([ALLOWANCES, DEFAULT_DENY, ...this.policies.map(policy => policy.metadata.name)].includes(policyName)) {
      reject(path, 'policyName', policyName, 'a name that no other policy of the namespace has', 'choose another name');
    }
    this.policies.push(renderPolicy(path, { name: policyName, namespace: this.namespaceName }, options));
  }

  /**
   * Lets load balancers reach pods that policies of the namespace would close to them.
   *
   * Ingresses of this library call it themselves.
   *
   * @param access which load balancers, and which pods
   */
  public allowFromLoadBalancer(access: LoadBalancerAccess) {
    checkAccess(this.node.path, access);
    this.access.push(access);
  }

  /** Allowances come before denials, in the order in which they are applied. Pods that no policy restricts need no allowances. */
  private renderPolicies(): Json[] {
    const restricted = this.defaultDeny || this.policies.length > 0;
    const allowed = restricted ? [...this.allowances, ...this.renderAccess()] : [];
    return [
      ...allowed.length > 0 ? [allowancePolicy(this.namespaceName, allowed)] : [],
      ...this.policies,
      ...this.defaultDeny ? [denyAll(this.namespaceName)] : [],
    ];
  }

  /** Rendered only when it is needed: imported subnets may not know their addresses. */
  private renderAccess(): Json[] {
    const rendered = this.access.map(access => renderSpec(this.node.path, loadBalancerAllowance(access)));
    return rendered.filter((one, index) => rendered.findIndex(other => isDeepStrictEqual(other, one)) === index);
  }

  private check(props: NamespaceProps) {
    const path = this.node.path;
    checkNamespaceName(path, props.namespaceName);
    checkLabels(path, 'labels', props.labels ?? {});
    if (props.podSecurity && props.labels && POD_SECURITY_LABEL in props.labels) {
      reject(path, 'podSecurity', props.podSecurity, `left out with the label ${POD_SECURITY_LABEL}`, 'give only one of them');
    }
    for (const prop of ['allowWithinNamespace', 'allowPodIdentity', 'allowInstanceMetadata'] as const) {
      if (props[prop] !== undefined && !props.defaultDeny) {
        reject(path, prop, props[prop], 'left out without `defaultDeny`', 'set `defaultDeny`, as nothing is denied without it');
      }
    }
  }
}

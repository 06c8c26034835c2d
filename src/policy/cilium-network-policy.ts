import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';
import type { EndpointSelector } from './endpoint-selector';
import type { INamespace } from './namespace';
import type { CiliumNetworkPolicyOptions, CiliumPolicyRules } from './policy-options';
import { renderPolicy } from './policy-spec';
import { pinFeatureFlags } from '../cdk/feature-flags';
import { reject } from '../cdk/reject';
import { Manifest } from '../kubernetes/manifest';
import { checkObjectName } from '../kubernetes/names';

/**
 * Properties of a CiliumNetworkPolicy.
 */
export interface CiliumNetworkPolicyProps extends CiliumNetworkPolicyOptions {
  /**
   * The cluster.
   */
  readonly cluster: eks.ICluster;

  /**
   * The namespace, on the same cluster.
   *
   * @default - the namespace default
   */
  readonly namespace?: INamespace;

  /**
   * The policy's name in Kubernetes.
   */
  readonly policyName: string;
}

/**
 * A Cilium network policy for pods of one namespace, in a manifest of its own.
 *
 * For a `Namespace` of this app use `namespace.addPolicy`, which needs no further resource.
 *
 * It must depend on a node group, or on the EksPlatform: Cilium's operator creates its resource kinds once it runs on a node.
 *
 * @see https://docs.cilium.io/en/stable/security/policy/
 */
export class CiliumNetworkPolicy extends Construct {
  constructor(scope: Construct, id: string, props: CiliumNetworkPolicyProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const { cluster, namespace, policyName } = props;
    if (namespace && namespace.cluster !== cluster) {
      reject(this.node.path, 'namespace', namespace, 'a namespace of `cluster`', 'pass a namespace of the same cluster');
    }
    checkObjectName(this.node.path, 'policyName', policyName);
    const object = renderPolicy(this.node.path, { name: policyName, namespace: namespace?.namespaceName }, props);
    const manifest = new Manifest(this, 'Manifest', { cluster, objects: [object] });
    if (namespace) {
      manifest.node.addDependency(namespace);
    }
  }
}

/**
 * Properties of a CiliumClusterwideNetworkPolicy.
 */
export interface CiliumClusterwideNetworkPolicyProps extends CiliumPolicyRules {
  /**
   * The cluster.
   */
  readonly cluster: eks.ICluster;

  /**
   * The policy's name in Kubernetes.
   */
  readonly policyName: string;

  /**
   * The pods to which the policy applies: of all namespaces, unless the selector names some.
   *
   * `EndpointSelector.all()` includes the pods of kube-system: the cluster's DNS and the controllers.
   */
  readonly endpointSelector: EndpointSelector;
}

/**
 * A Cilium network policy for pods of all namespaces.
 *
 * It must depend on a node group, or on the EksPlatform: Cilium's operator creates its resource kinds once it runs on a node.
 *
 * @see https://docs.cilium.io/en/stable/network/kubernetes/policy/#ciliumclusterwidenetworkpolicy
 */
export class CiliumClusterwideNetworkPolicy extends Construct {
  constructor(scope: Construct, id: string, props: CiliumClusterwideNetworkPolicyProps) {
    super(scope, id);
    pinFeatureFlags(this);
    checkObjectName(this.node.path, 'policyName', props.policyName);
    const object = renderPolicy(this.node.path, { name: props.policyName }, props, 'CiliumClusterwideNetworkPolicy');
    new Manifest(this, 'Manifest', { cluster: props.cluster, objects: [object] });
  }
}

import { Token } from 'aws-cdk-lib';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';
import { admissionBinding, admissionPolicy } from './ingress-admission-objects';
import { ruleParameters, type IngressRuleOptions } from './ingress-rules';
import { pinFeatureFlags } from '../cdk/feature-flags';
import { reject } from '../cdk/reject';
import { Manifest } from '../kubernetes/manifest';
import { checkObjectName, isNamespaceName } from '../kubernetes/names';

/**
 * What the API server does with an Ingress that breaks a rule.
 */
export enum IngressAdmissionAction {
  /**
   * It refuses an Ingress that breaks a rule of severity `deny`, and accepts one that breaks only rules of severity `warn`, with a warning.
   * conftest and `IngressPolicy` judge the same way.
   */
  DENY = 'Deny',

  /** It accepts every Ingress, and warns whoever sent it. kubectl shows the warning. */
  WARN = 'Warn',

  /** It accepts every Ingress, and writes the broken rules to the audit log only. */
  AUDIT = 'Audit',
}

/**
 * Properties of an IngressAdmissionPolicy: where it applies, and the parameters of its rules.
 */
export interface IngressAdmissionPolicyProps extends IngressRuleOptions {
  /**
   * The cluster.
   */
  readonly cluster: eks.ICluster;

  /**
   * How the names of the policies in the cluster start. Each `IngressAdmissionPolicy` of a cluster needs a name of its own.
   *
   * @default 'ingress-rules'
   */
  readonly policyName?: string;

  /**
   * What the API server does with an Ingress that breaks a rule.
   *
   * In a cluster that already has Ingresses, `WARN` or `AUDIT` show what `DENY` would refuse.
   *
   * @default IngressAdmissionAction.DENY - what fails in conftest is refused here; existing Ingresses are left alone
   */
  readonly action?: IngressAdmissionAction;

  /**
   * The names of the namespaces in which Ingresses are judged.
   *
   * @default - all but kube-system, kube-public and kube-node-lease
   */
  readonly namespaces?: string[];
}

/** Namespaces of Kubernetes itself, where no team has Ingresses. */
const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease'];

/**
 * Has the cluster itself judge each Ingress, whoever sends it, by the rules of `policies/networking.rego`, written in CEL.
 *
 * Defines one Kubernetes manifest with two ValidatingAdmissionPolicies, one for the rules that deny and one for those that
 * warn, each with its binding. The API server evaluates them itself, so there is no webhook that could be out of reach.
 *
 * An update is judged by what it adds: an Ingress that already breaks a rule can still be edited and deleted, and controllers
 * can write its status and finalizers.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 *
 * @example
 * import * as eksplatform from '@org/eks-platform';
 * import { Stack } from 'aws-cdk-lib';
 *
 * declare const stack: Stack;
 * declare const platform: eksplatform.EksPlatform;
 * new eksplatform.IngressAdmissionPolicy(stack, 'IngressRules', {
 *   cluster: platform.cluster,
 *   allowedDomains: ['example.com'],
 * });
 */
export class IngressAdmissionPolicy extends Construct {
  /**
   * How the names of the policies in the cluster start.
   */
  public readonly policyName: string;

  private readonly cluster: eks.ICluster;

  constructor(scope: Construct, id: string, props: IngressAdmissionPolicyProps) {
    super(scope, id);
    pinFeatureFlags(this);
    this.cluster = props.cluster;
    this.policyName = props.policyName ?? 'ingress-rules';
    this.checkPolicyName();
    this.checkNamespaces(props.namespaces);
    const parameters = ruleParameters(this.node.path, props);
    const action = props.action ?? IngressAdmissionAction.DENY;
    const namespaces = props.namespaces ? { operator: 'In', values: props.namespaces } : { operator: 'NotIn', values: SYSTEM_NAMESPACES };
    const [required, advised] = [`${this.policyName}-required`, `${this.policyName}-advised`];
    new Manifest(this, 'Manifest', {
      cluster: props.cluster,
      objects: [
        admissionPolicy(required, 'deny', parameters),
        admissionPolicy(advised, 'warn', parameters),
        admissionBinding(required, action, namespaces),
        admissionBinding(advised, action === IngressAdmissionAction.DENY ? IngressAdmissionAction.WARN : action, namespaces),
      ],
    });
  }

  private checkPolicyName() {
    checkObjectName(this.node.path, 'policyName', this.policyName);
    if (!Token.isUnresolved(this.policyName) && this.policyName.length > 253 - '-required'.length) {
      reject(this.node.path, 'policyName', this.policyName, 'at most 244 characters, as -required is added', 'choose a shorter name');
    }
    const other = this.node.root.node.findAll().find(it =>
      it instanceof IngressAdmissionPolicy && it !== this && it.cluster === this.cluster && it.policyName === this.policyName);
    if (other) {
      reject(this.node.path, 'policyName', this.policyName, `different from that of ${other.node.path}, in the same cluster`,
        'give one of them another name, or they would replace each other');
    }
  }

  private checkNamespaces(namespaces?: string[]) {
    if (namespaces?.length === 0) {
      reject(this.node.path, 'namespaces', namespaces, 'one name or more', 'leave it out for all namespaces');
    }
    const wrong = namespaces?.find(it => !Token.isUnresolved(it) && !isNamespaceName(it));
    if (wrong !== undefined) {
      reject(this.node.path, 'namespaces', wrong, 'names of namespaces: 1 to 63 lower-case letters, digits and dashes',
        'name each namespace: there are no patterns');
    }
  }
}

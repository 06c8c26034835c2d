import { Token } from 'aws-cdk-lib';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';
import { admissionBinding, admissionPolicy } from './ingress-admission-objects';
import { ruleParameters, type IngressRuleOptions } from './ingress-rules';
import { checkObjectName } from './kubernetes-names';
import { pinFeatureFlags } from '../cdk/feature-flags';
import { reject } from '../cdk/reject';
import { Manifest } from '../kubernetes/manifest';

/**
 * What the API server does with an Ingress that breaks a rule.
 */
export enum IngressAdmissionAction {
  /**
   * It refuses an Ingress that breaks a rule which denies, and takes one that breaks a rule which warns, with a warning:
   * as conftest and `IngressPolicy` judge.
   */
  DENY = 'Deny',

  /** It takes every Ingress, with a warning to whoever sent it, which kubectl shows. */
  WARN = 'Warn',

  /** It takes every Ingress, and writes what it breaks to the audit log only. */
  AUDIT = 'Audit',
}

/**
 * Properties of an IngressAdmissionPolicy: where it is in force, and what its rules are told.
 */
export interface IngressAdmissionPolicyProps extends IngressRuleOptions {
  /**
   * The cluster.
   */
  readonly cluster: eks.ICluster;

  /**
   * What the names of the policies in the cluster begin with: two `IngressAdmissionPolicy` of one cluster need two.
   *
   * @default 'ingress-rules'
   */
  readonly policyName?: string;

  /**
   * What the API server does with an Ingress that breaks a rule.
   *
   * `WARN` or `AUDIT` tell first what `DENY` would refuse, in a cluster that has Ingresses already.
   *
   * @default IngressAdmissionAction.DENY - what conftest calls a failure is one here, too; what is there already is left alone
   */
  readonly action?: IngressAdmissionAction;

  /**
   * The names of the namespaces to watch.
   *
   * @default - all but kube-system, kube-public and kube-node-lease
   */
  readonly namespaces?: string[];
}

/** Kubernetes' own, where no team's Ingresses are. */
const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease'];

/**
 * Has the cluster itself judge each Ingress, however it comes there: by the rules of `policies/networking.rego`, in CEL.
 *
 * Defines one Kubernetes manifest with two ValidatingAdmissionPolicies, one for the rules that deny and one for those that
 * warn, each with its binding. The API server evaluates them itself, so there is no webhook that could be out of reach.
 *
 * An update is judged by what it adds: who edits an Ingress that breaks a rule already is not stopped by that, nor is a
 * controller that writes its status or its finalizers, nor a deletion.
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
   * What the names of the policies in the cluster begin with.
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
      reject(this.node.path, 'policyName', this.policyName, 'at most 244 letters, as more comes to its end', 'choose a shorter name');
    }
    const other = this.node.root.node.findAll().find(it =>
      it instanceof IngressAdmissionPolicy && it !== this && it.cluster === this.cluster && it.policyName === this.policyName);
    if (other) {
      reject(this.node.path, 'policyName', this.policyName, `another than that of ${other.node.path}, of the same cluster`,
        'name one of them, or one would replace the other');
    }
  }

  private checkNamespaces(namespaces?: string[]) {
    if (namespaces?.length === 0) {
      reject(this.node.path, 'namespaces', namespaces, 'one name or more', 'leave it out to watch all namespaces');
    }
    const wrong = namespaces?.find(it => !Token.isUnresolved(it) && (it.length > 63 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(it)));
    if (wrong !== undefined) {
      reject(this.node.path, 'namespaces', wrong, 'names of namespaces: 1 to 63 lower-case letters, digits and dashes',
        'name each namespace; there are no patterns');
    }
  }
}

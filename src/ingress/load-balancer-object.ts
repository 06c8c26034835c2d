import { Annotations as Messages, Token } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import { parseMap, type Annotations } from './annotation';
import type { Written } from './health-check';
import { reject } from '../cdk/reject';
import type { Manifest } from '../kubernetes/manifest';

/** What the controller reads of a kind of object: of Ingresses, or of Services of type LoadBalancer. */
export interface AnnotationKind {
  /** The full name of an annotation. */
  readonly nameOf: (suffix: string) => string;
  /** The full name of the tags' annotation, which is written late. */
  readonly tags: string;
  /** Those that the controller does not know. */
  readonly unknown: (annotations: Annotations) => string[];
  /** The props of annotations that are missing, by suffix. */
  readonly props: { readonly [suffix: string]: string };
  /** The id of the warning of unknown annotations. */
  readonly warning: string;
}

/** The user's annotations over our defaults, and beside what props wrote; `called` gives a prop the name that the user gave it. */
export function withUsersOwn(construct: Construct, kind: AnnotationKind, written: Written[], annotations: Annotations, called = asItIs): Annotations {
  for (const [name, value] of Object.entries(annotations)) {
    const prop = written.find(it => it.given && kind.nameOf(it.suffix) === name)?.prop ?? (name === kind.tags ? 'tags' : undefined);
    if (prop) {
      reject(construct.node.path, `annotations['${name}']`, value, `left out where \`${called(prop)}\` is given`, `say it by \`${called(prop)}\` alone`);
    }
  }
  const unknown = kind.unknown(annotations);
  if (unknown.length > 0) {
    Messages.of(construct).addWarningV2(`@org/eks-platform:${kind.warning}`,
      `\`annotations\` has names that the controller does not know and ignores: ${unknown.join(', ')}`);
  }
  return { ...Object.fromEntries(written.map(it => [kind.nameOf(it.suffix), it.value!])), ...annotations };
}

/** An annotation as the user wrote it: by its own name, or by the prop that it comes of. */
export function nameOfAnnotation(kind: AnnotationKind, name: string, written: Written[], annotations: Annotations = {}, called = asItIs): string {
  const prop = name in annotations ? undefined
    : written.find(it => kind.nameOf(it.suffix) === name)?.prop ?? kind.props[name.slice(kind.nameOf('').length)];
  return prop ? called(prop) : `annotations['${name}']`;
}

/** A new name is a new manifest, as nothing else would delete the object of the old name. */
export function manifestId(namespaceName: string, objectName: string, isNamed: boolean): string {
  const names = [namespaceName, objectName].filter(it => !Token.isUnresolved(it));
  return ['Manifest', ...isNamed ? names : []].join('-');
}

/** Warns where attributes of the load balancer keep the controller from deleting it. */
export function warnOfDeletionProtection(construct: Construct, attributes = ''): void {
  if (parseMap(attributes)?.['deletion_protection.enabled'] === 'true') {
    Messages.of(construct).addWarningV2('@org/eks-platform:deletionProtection',
      'deletion_protection.enabled=true keeps the controller from deleting the load balancer: turn it off before you delete the stack');
  }
}

/** The DNS name that the controller writes into an object's status. */
export function loadBalancerDnsName(
  construct: Construct,
  manifest: Manifest,
  object: Pick<eks.KubernetesObjectValueProps, 'cluster' | 'objectType' | 'objectName' | 'objectNamespace'>,
): eks.KubernetesObjectValue {
  const dnsName = new eks.KubernetesObjectValue(construct, 'LoadBalancerDnsName', { ...object, jsonPath: '.status.loadBalancer.ingress[0].hostname' });
  dnsName.node.addDependency(manifest);
  return dnsName;
}

function asItIs(prop: string): string {
  return prop;
}

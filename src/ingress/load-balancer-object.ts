import { Annotations as Messages, Token } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import { parseMap, type Annotations } from './annotation';
import type { AnnotationTable } from './annotation-table';
import type { Finding } from './checks/finding';
import { givenAs, textOf, type Origins, type Value, type Written } from './written';
import { reject } from '../cdk/reject';
import type { Manifest } from '../kubernetes/manifest';

/** The annotations of an object, and the props that they come from. */
interface Annotated {
  readonly annotations: Annotations;
  readonly origins: Origins;
}

/** What both kinds of props have. */
interface AnnotatedProps {
  readonly annotations?: Annotations;
}

/**
 * The user's annotations over our defaults, and beside what props wrote.
 *
 * @param construct what defines the object
 * @param table the annotations that the controller knows
 * @param written what props wrote, by the annotations' names
 * @param props the props, with the user's annotations
 */
export function withUsersOwn<Props>(
  construct: Construct, table: AnnotationTable<Props>, written: Map<string, Written<Value>>, props: AnnotatedProps,
): Annotated {
  const called = givenAs(props);
  const users = props.annotations ?? {};
  const ours = [...written].map(([name, { prop, given, value }]) => ({ name, prop, isGiven: given !== undefined, text: textOf(value) }));
  const texts = ours.filter(it => it.text !== undefined);
  for (const [name, value] of Object.entries(users)) {
    const prop = name === table.tags ? 'tags' : texts.find(it => it.name === name && it.isGiven)?.prop;
    if (prop) {
      const other = `\`${called(prop)}\``;
      reject(construct.node.path, `annotations['${name}']`, value, `left out where ${other} is given`, `use ${other} alone`);
    }
  }
  const unknown = table.unknown(users);
  if (unknown.length > 0) {
    Messages.of(construct).addWarningV2(`@org/eks-platform:${table.warning}`,
      `\`annotations\` has names that the controller does not know and ignores: ${unknown.join(', ')}`);
  }
  return {
    annotations: { ...Object.fromEntries(texts.map(it => [it.name, it.text!])), ...users },
    origins: Object.fromEntries(ours.filter(it => it.prop && !(it.name in users)).map(it => [it.name, it.prop!])),
  };
}

/** Rejects what a check found, by the user's name for the prop that it comes from, or by the annotation's name where it comes from none. */
export function rejectFinding(construct: Construct, { at, given, allowed, advice }: Finding, origins: Origins, props: object): never {
  reject(construct.node.path, at in origins ? givenAs(props)(origins[at]) : `annotations['${at}']`, given, allowed, advice);
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

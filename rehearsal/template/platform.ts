import { standIn } from './stand-in';
import { CLUSTER, HELM_RELEASE, helmValues, kubernetesObjects, NODE_GROUP, ofType, type Template } from '../../tools/template';

const [TEARDOWN, DRAIN, GUARD] = ['Custom::EksPlatformTeardown', 'Custom::EksPlatformDrain', 'Custom::EksPlatformDeletionGuard'];

/** A Helm release that a template asks for. */
export interface Release {
  readonly logicalId: string;
  readonly name: string;
  readonly namespace: string;
  /** Nothing where the chart is an asset. */
  readonly version?: string;
  /** Whether Helm waits until all is ready, and rolls back if it does not get there. */
  readonly wait: boolean;
}

/** A Kubernetes object that a template asks for. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export function releasesOf(template: Template): Release[] {
  return ofType(template, HELM_RELEASE).map(({ logicalId, Properties }) => ({
    logicalId,
    name: Properties.Release,
    namespace: Properties.Namespace ?? 'default',
    version: Properties.Version,
    wait: Properties.Wait === true || Properties.Wait === 'true',
  }));
}

/** The objects of all manifests, in the order in which they are applied. */
export function objectsOf(template: Template): KubernetesObject[] {
  return kubernetesObjects(template, standIn).map(({ apiVersion, kind, metadata: { name, namespace } }) => ({ apiVersion, kind, name, namespace }));
}

/** How many nodes the node groups ask for. */
export function nodeCount(template: Template): number {
  return ofType(template, NODE_GROUP).reduce((sum, { Properties }) => sum + Number(Properties.ScalingConfig?.DesiredSize ?? 2), 0);
}

/** Whether a release has a Helm value of a name. */
export function hasValue(template: Template, { name: release }: Release, name: string): boolean {
  return name in helmValues(template, release);
}

/** The Kubernetes that the clusters of a template ask for, where that is known before the deployment. */
export function kubernetesVersions(template: Template): string[] {
  return ofType(template, CLUSTER).map(({ Properties }) => Properties.Version).filter(it => typeof it === 'string');
}

export function isProtected(template: Template): boolean {
  return ofType(template, CLUSTER).some(({ Properties }) => Properties.DeletionProtection === true);
}

/** The zones of which the teardown deletes records; undefined where the template has no teardown. */
export function zonesOfTeardown(template: Template): (string | { readonly Ref: string })[] | undefined {
  const [teardown] = ofType(template, TEARDOWN);
  return teardown && (teardown.Properties.ZoneIds ?? []);
}

/** The logical ids of what deletes on its own deletion: the teardown and the drain. */
export function cleanersOf(template: Template): string[] {
  return [TEARDOWN, DRAIN].flatMap(type => ofType(template, type)).map(it => it.logicalId);
}

/** Whether a template has both of them. */
export function hasCleaners(template: Template): boolean {
  return [TEARDOWN, DRAIN].every(type => ofType(template, type).length > 0);
}

/** Whether a guard refuses the deletion of the stack. */
export function isGuarded(template: Template): boolean {
  return ofType(template, GUARD).length > 0;
}

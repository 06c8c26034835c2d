import type { Template } from './assembly';

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

/** What stands for a value that only the deployment knows. */
const UNKNOWN = 'known-at-deployment';

const HELM = 'Custom::AWSCDK-EKS-HelmChart';
const MANIFEST = 'Custom::AWSCDK-EKS-KubernetesResource';
const NODE_GROUP = 'AWS::EKS::Nodegroup';

export const CLUSTER = 'AWS::EKS::Cluster';

/** The resources of a type, with their logical ids. */
export function ofType(template: Template, type: string): { logicalId: string; Properties: any }[] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type)
    .map(([logicalId, resource]) => ({ logicalId, Properties: resource.Properties ?? {} }));
}

export function releasesOf(template: Template): Release[] {
  return ofType(template, HELM).map(({ logicalId, Properties }) => ({
    logicalId,
    name: Properties.Release,
    namespace: Properties.Namespace ?? 'default',
    version: Properties.Version,
    wait: Properties.Wait === true || Properties.Wait === 'true',
  }));
}

/** The objects of all manifests, in the order in which they are applied. */
export function objectsOf(template: Template): KubernetesObject[] {
  return ofType(template, MANIFEST).flatMap(({ Properties }) => JSON.parse(textOf(Properties.Manifest))).map((object: any) => ({
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name,
    namespace: object.metadata.namespace,
  }));
}

/** How many nodes the node groups ask for. */
export function nodeCount(template: Template): number {
  return ofType(template, NODE_GROUP).reduce((sum, { Properties }) => sum + Number(Properties.ScalingConfig?.DesiredSize ?? 2), 0);
}

/** Text in which all that only the deployment knows is replaced. */
export function textOf(value: any): string {
  if (typeof value === 'string') {
    return value;
  }
  const join = value?.['Fn::Join'];
  return join ? join[1].map(textOf).join(join[0]) : UNKNOWN;
}

/** Adds a Helm value of a name that is not there yet. */
export function addHelmValue(template: Template, release: string, name: string, value: unknown): void {
  const { Properties } = ofType(template, HELM).find(({ Properties: it }) => it.Release === release)!;
  const added = (text: string) => text.replace(/^\{(\s*\})?/, (_, empty) => `{${JSON.stringify(name)}:${JSON.stringify(value)}${empty ? '}' : ','}`);
  if (Properties.Values === undefined || typeof Properties.Values === 'string') {
    Properties.Values = added(Properties.Values ?? '{}');
  } else {
    const parts = Properties.Values['Fn::Join'][1];
    parts[0] = added(parts[0]);
  }
}

/** Whether a release has a Helm value of a name. */
export function hasValue(template: Template, { logicalId }: Release, name: string): boolean {
  return name in JSON.parse(textOf(template.Resources[logicalId].Properties.Values ?? '{}'));
}

/** Asks for other versions of charts. */
export function setChartVersions(template: Template, version: (release: Release) => string): void {
  for (const release of releasesOf(template).filter(it => it.version !== undefined)) {
    template.Resources[release.logicalId].Properties.Version = version(release);
  }
}

/** Asks for one more node in the first node group, and room for it. */
export function addNode(template: Template): void {
  const group = ofType(template, NODE_GROUP)[0];
  if (group) {
    const scaling = group.Properties.ScalingConfig ??= { MinSize: 1, MaxSize: 2, DesiredSize: 2 };
    scaling.DesiredSize = Number(scaling.DesiredSize) + 1;
    scaling.MaxSize = Math.max(Number(scaling.MaxSize), scaling.DesiredSize);
  }
}

/** Asks for another Kubernetes, of nodes that name theirs, too: the starter is written for one. */
export function setKubernetesVersion(template: Template, version: string): void {
  ofType(template, CLUSTER).forEach(({ Properties }) => Properties.Version = version);
  ofType(template, NODE_GROUP).filter(({ Properties }) => Properties.Version !== undefined).forEach(({ Properties }) => Properties.Version = version);
}

/** The Kubernetes that the clusters of a template ask for, where that is known before the deployment. */
export function kubernetesVersions(template: Template): string[] {
  return ofType(template, CLUSTER).map(({ Properties }) => Properties.Version).filter(it => typeof it === 'string');
}

export function isProtected(template: Template): boolean {
  return ofType(template, CLUSTER).some(({ Properties }) => Properties.DeletionProtection === true);
}

export function unprotect(template: Template): void {
  ofType(template, CLUSTER).forEach(({ Properties }) => Properties.DeletionProtection = false);
}

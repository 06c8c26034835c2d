import { cleanersOf, releasesOf, type Release } from './platform';
import { CLUSTER, HELM_RELEASE, NODE_GROUP, ofType, type Template } from '../../tools/template';

/** Adds a Helm value of a name that is not there yet. */
export function addHelmValue(template: Template, release: string, name: string, value: unknown): void {
  const { Properties } = ofType(template, HELM_RELEASE).find(({ Properties: it }) => it.Release === release)!;
  const added = (text: string) => text.replace(/^\{(\s*\})?/, (_, empty) => `{${JSON.stringify(name)}:${JSON.stringify(value)}${empty ? '}' : ','}`);
  if (Properties.Values === undefined || typeof Properties.Values === 'string') {
    Properties.Values = added(Properties.Values ?? '{}');
  } else {
    const parts = Properties.Values['Fn::Join'][1];
    parts[0] = added(parts[0]);
  }
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

export function unprotect(template: Template): void {
  ofType(template, CLUSTER).forEach(({ Properties }) => Properties.DeletionProtection = false);
}

/**
 * Renames what deletes on its own deletion, as if its construct had another id.
 *
 * Its function keeps its name: CloudFormation refuses another function for a resource that is there.
 *
 * @returns the names before
 */
export function renameCleaners(template: Template): string[] {
  const ids = cleanersOf(template);
  const renamed: Template = JSON.parse(JSON.stringify(template).replace(new RegExp(`"(${ids.join('|')})"`, 'g'), '"$1Renamed"'));
  ids.forEach(id => delete template.Resources[id]);
  Object.assign(template.Resources, renamed.Resources);
  return ids;
}

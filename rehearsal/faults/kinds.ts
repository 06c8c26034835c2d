/** A kind that the API server serves. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

const BUILT_IN: readonly Kind[] = [
  ['v1', 'Namespace', 'namespaces', false],
  ['v1', 'ConfigMap', 'configmaps', true],
  ['v1', 'Secret', 'secrets', true],
  ['v1', 'Service', 'services', true],
  ['v1', 'ServiceAccount', 'serviceaccounts', true],
  ['v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', true],
  ['v1', 'Pod', 'pods', true],
  ['v1', 'Event', 'events', true],
  ['apps/v1', 'Deployment', 'deployments', true],
  ['apps/v1', 'DaemonSet', 'daemonsets', true],
  ['networking.k8s.io/v1', 'Ingress', 'ingresses', true],
  ['networking.k8s.io/v1', 'IngressClass', 'ingressclasses', false],
  ['coordination.k8s.io/v1', 'Lease', 'leases', true],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', false],
  ['apiregistration.k8s.io/v1', 'APIService', 'apiservices', false],
].map(([apiVersion, kind, plural, isNamespaced]) => ({ apiVersion, kind, plural, isNamespaced }) as Kind);

/** Those that every API server has, and those that its definitions add. */
export function kindsWith(definitions: readonly any[]): readonly Kind[] {
  return [...BUILT_IN, ...definitions.flatMap(({ spec }) => spec.versions.map((version: any) => ({
    apiVersion: `${spec.group}/${version.name}`, kind: spec.names.kind, plural: spec.names.plural, isNamespaced: spec.scope === 'Namespaced',
  })))];
}

/** The kind that a word of kubectl's command line means: `crd`, `services`, `ingress.v1.networking.k8s.io`. */
export function kindOf(word: string, kinds: readonly Kind[]): Kind | undefined {
  const [name, ...rest] = word.toLowerCase().split('.');
  const short: { [word: string]: string } = {
    crd: 'customresourcedefinitions', ns: 'namespaces', cm: 'configmaps', svc: 'services', pvc: 'persistentvolumeclaims', deploy: 'deployments',
  };
  const group = rest.filter(it => !/^v\d/.test(it)).join('.');
  return kinds.find(it => [it.plural, it.kind.toLowerCase()].includes(short[name] ?? name) && (group === '' || groupOf(it) === group));
}

export function groupOf({ apiVersion }: { readonly apiVersion: string }): string {
  return apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
}

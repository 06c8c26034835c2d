import { Token } from 'aws-cdk-lib';
import { reject } from '../cdk/reject';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const NAME_PART = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Namespaces that users cannot define, with the reason. */
const TAKEN: { readonly [name: string]: string } = {
  'default': 'every cluster has it, and it can\'t be deleted',
  'kube-system': 'Kubernetes itself runs there, and its DNS',
  'kube-public': 'it belongs to Kubernetes',
  'kube-node-lease': 'it belongs to Kubernetes',
  'cilium-secrets': 'Cilium\'s chart creates it',
  'cilium-spire': 'Cilium\'s chart creates it',
  'external-dns': 'the chart of ExternalDNS creates it',
};

/**
 * Throws unless users can define a namespace of this name.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
 */
export function checkNamespaceName(path: string, name: string): void {
  if (Token.isUnresolved(name)) {
    return;
  }
  if (name in TAKEN || name.startsWith('kube-')) {
    const reason = TAKEN[name] ?? 'names that start with kube- are reserved for Kubernetes';
    reject(path, 'namespaceName', name, `a namespace of your own: ${reason}`, 'choose another name, or refer to an existing namespace with `Namespace.fromNamespaceName`');
  }
  if (!isNamespaceName(name)) {
    reject(path, 'namespaceName', name, '1 to 63 lower-case letters, digits and dashes, with no dash at either end', 'choose another name');
  }
}

/**
 * Throws unless an object can have this name.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
export function checkObjectName(path: string, prop: string, name: string): void {
  if (!Token.isUnresolved(name) && !isSubdomain(name)) {
    reject(path, prop, name, '1 to 253 lower-case letters, digits, dashes and dots, with a letter or digit at either end', 'choose another name');
  }
}

/**
 * Throws unless these can be labels of an object.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export function checkLabels(path: string, prop: string, labels: { [key: string]: string }): void {
  for (const [key, value] of Object.entries(labels)) {
    checkLabelKey(path, prop, key);
    checkLabelValue(path, `${prop}.${key}`, value);
  }
}

/** Throws unless a label can have this key. */
export function checkLabelKey(path: string, prop: string, key: string): void {
  const [name, prefix, ...more] = key.split('/').reverse();
  if (!Token.isUnresolved(key) && (more.length > 0 || (prefix !== undefined && !isSubdomain(prefix)) || !isNamePart(name))) {
    reject(path, prop, key, 'keyed by at most 63 letters, digits, dashes, dots and underscores, after an optional DNS name and a slash',
      'check the label in the pods\' own manifest');
  }
}

/** Throws unless a label can have this value. */
export function checkLabelValue(path: string, prop: string, value: string): void {
  if (!Token.isUnresolved(value) && (typeof value !== 'string' || (value !== '' && !isNamePart(value)))) {
    reject(path, prop, value, 'a string of at most 63 letters, digits, dashes, dots and underscores, with a letter or digit at either end',
      'check the label in the pods\' own manifest');
  }
}

/** Whether a namespace can have this name. */
export function isNamespaceName(name: string): boolean {
  return name.length <= 63 && LABEL.test(name);
}

function isSubdomain(name: string): boolean {
  return name.length <= 253 && name.split('.').every(part => LABEL.test(part));
}

function isNamePart(name: string): boolean {
  return name.length <= 63 && NAME_PART.test(name);
}

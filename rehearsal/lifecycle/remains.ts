import { existsSync, readFileSync } from 'fs';
import { ofType, type Template } from '../../tools/template';
import { objectsOf } from '../template/platform';

/** What was in the cluster when it was deleted, and had come since it was made. */
export interface Remaining {
  /** Of Kubernetes, or `Helm release`. */
  readonly kind: string;
  /** Empty where the kind has none. */
  readonly namespace: string;
  readonly name: string;
  /** The add-on that it is of. */
  readonly addon?: string;
}

/** Kinds that are deleted with the cluster: Helm deletes neither the namespaces of its releases nor a chart's CRDs, and Cilium not its own. */
const LEFT_TO_THE_CLUSTER = ['Namespace', 'CustomResourceDefinition'];

/**
 * What the emulator has written when the cluster was deleted.
 *
 * @throws when no cluster was deleted
 */
export function readRemains(file: string): Remaining[] {
  if (!existsSync(file)) {
    throw new Error('the emulator saw no cluster being deleted');
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Divides what was in the cluster into what the stack had to take away before, one by one, and what may be deleted with the cluster. */
export function divideRemains(remains: Remaining[], template: Template): { wrong: string[]; right: string[] } {
  const ofManifests = objectsOf(template).map(({ kind, name }) => `${kind} ${name}`);
  const kept = ofType(template, 'AWS::EKS::Addon').filter(it => String(it.Properties.PreserveOnDelete) === 'true').map(it => it.Properties.AddonName);
  const mayStay = ({ kind, name, addon }: Remaining) =>
    (LEFT_TO_THE_CLUSTER.includes(kind) && !ofManifests.includes(`${kind} ${name}`)) || kept.includes(addon);
  const right = remains.filter(mayStay);
  return {
    wrong: remains.filter(it => !mayStay(it)).map(({ kind, namespace, name }) => `${kind} ${namespace ? `${namespace}/` : ''}${name}`),
    right: [...new Set(right.map(it => it.kind))].map(kind => {
      const names = right.filter(it => it.kind === kind).map(it => it.name);
      return names.length > 3 ? `${names.length} ${kind}s` : `${kind} ${names.join(', ')}`;
    }),
  };
}

import { wordsOf } from './cluster';
import type { Ran } from './programs';

/** What a resource's Lease says. */
export interface State {
  /** The newest request that was seen, and when CloudFormation sent it. */
  readonly newest: { readonly id: string; readonly date: number };
  /** Whether that one was answered. */
  readonly isDone?: boolean;
  /** The invocation at work, and when Lambda ends it, whatever it does. */
  readonly holder?: { readonly request: string; readonly nonce: string; readonly end: number };
  /** After a deletion: until when older events are expected. */
  readonly until?: number;
}

export interface Lease {
  readonly metadata: { readonly name: string; readonly resourceVersion: string; readonly [field: string]: any };
  readonly state: State;
}

/** The address of all Leases. */
export const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
const ANNOTATION = 'eks-platform/fence';

/** The label of Leases whose resource is deleted. */
export const DELETED = { name: 'eks-platform/fence', value: 'deleted' };

/** Whether the API server did what it was asked for; false if it refused that for an expected reason. */
export function accepted(ran: Ran, expected: RegExp): boolean {
  if (ran.code !== 0 && !expected.test(ran.stderr)) {
    throw new Error(`the Lease of this resource can't be used: ${wordsOf(ran)}`);
  }
  return ran.code === 0;
}

export function leaseIn(text: string): Lease {
  const { metadata } = JSON.parse(text);
  const state = metadata.annotations?.[ANNOTATION];
  return { metadata, state: state === undefined ? { newest: { id: '', date: 0 } } : JSON.parse(state) };
}

export function textOf(metadata: object, state: State): string {
  const labels = state.until === undefined ? {} : { [DELETED.name]: DELETED.value };
  return JSON.stringify({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...metadata, namespace: 'kube-system', labels, annotations: { [ANNOTATION]: JSON.stringify(state) } },
    spec: { holderIdentity: state.holder?.nonce },
  });
}

import { writeFileSync } from 'fs';
import { join } from 'path';
import { withoutWebhooks } from '../checks/webhooks';
import type { RunningEnvironment } from '../environment/environment';
import { eventually } from '../support/expect';

const NAME = 'by-hand';
const NAMESPACE = 'default';

/** An Ingress and a Service for which a controller makes load balancers, and of which no stack knows. */
export async function makeByHand({ controlPlane, controller, folder }: RunningEnvironment): Promise<string> {
  const backend = { service: { name: 'nothing', port: { number: 80 } } };
  const items = [
    { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: NAME, namespace: NAMESPACE }, spec: { ingressClassName: 'alb', defaultBackend: backend } },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: NAME, namespace: NAMESPACE }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } },
  ];
  const file = join(folder, 'by-hand.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const undo: (() => Promise<unknown>)[] = [];
  if (controller === undefined) { // which answers them
    await withoutWebhooks(controlPlane, NAMESPACE, work => undo.push(work));
  }
  await eventually(() => controlPlane.kubectl('apply', '-f', file));
  for (const work of undo) {
    await work();
  }
  return `Ingress and Service ${NAMESPACE}/${NAME} by kubectl`;
}

/** Those of them that are not there any more. */
export async function goneByHand({ controlPlane }: RunningEnvironment): Promise<string[]> {
  const found = JSON.parse(await controlPlane.kubectl('get', 'ingresses,services', '--namespace', NAMESPACE, '-o', 'json')).items
    .filter((it: any) => it.metadata.name === NAME && it.metadata.deletionTimestamp === undefined).map((it: any) => it.kind);
  return ['Ingress', 'Service'].filter(kind => !found.includes(kind)).map(kind => `${kind} ${NAMESPACE}/${NAME} is gone`);
}

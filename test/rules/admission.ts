import type { Answer, ApiServer } from './api-server';
import { IngressAdmissionAction, IngressAdmissionPolicy, type IngressAdmissionPolicyProps } from '../../src';
import { importedClusterFixture } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';

const API = '/apis/admissionregistration.k8s.io/v1';

/** The objects of an IngressAdmissionPolicy. */
export function admissionObjects(props: Partial<IngressAdmissionPolicyProps> = {}): any[] {
  const { stack, cluster, template } = importedClusterFixture();
  new IngressAdmissionPolicy(stack, 'IngressRules', { cluster, ...props });
  return kubernetesObjects(template());
}

/** Creates an IngressAdmissionPolicy with a new name, waits until it applies and the previous one does not, and returns a function that removes it. */
export async function enforce(server: ApiServer, props: Partial<IngressAdmissionPolicyProps> & { readonly policyName: string }) {
  const objects = admissionObjects(props);
  const path = ({ kind, metadata }: any) => `${API}/${kind === 'ValidatingAdmissionPolicy' ? 'validatingadmissionpolicies' : 'validatingadmissionpolicybindings'}`
    + `/${metadata.name}?fieldManager=test`;
  for (const object of objects) {
    const answer = await server.request('PATCH', path(object), object, 'application/apply-patch+yaml');
    if (answer.status !== 201) {
      throw new Error(answer.body.message);
    }
  }
  const probe = ingress({ namespace: props.namespaces?.[0], annotations: { 'alb.ingress.kubernetes.io/scheme': 'internal' }, ingressClassName: 'approved-by-nobody' });
  await server.until(`answer by ${props.policyName}`, () => create(server, probe), answer => {
    const said = [answer.body.message ?? '', ...answer.warnings].flatMap(it => [...it.matchAll(/ValidatingAdmissionPolicy '([^']*)'/g)].map(match => match[1]));
    return props.action === IngressAdmissionAction.AUDIT ? said.length === 0
      : said.sort().join() === [`${props.policyName}-advised`, `${props.policyName}-required`].join();
  });
  return async () => {
    await Promise.all(objects.map(object => server.request('DELETE', path(object))));
  };
}

/** An Ingress of the class nginx that breaks no rule, unless the given fields do. */
export function ingress({ name = 'web', namespace = 'default', annotations = {}, ...spec }: any = {}): any {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace, annotations },
    spec: { ingressClassName: 'nginx', rules: [{ host: 'shop.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }], ...spec },
  };
}

/** Asks the API server to create an Ingress, as a dry run. */
export function create(server: ApiServer, object: any): Promise<Answer> {
  return server.request('POST', `/apis/networking.k8s.io/v1/namespaces/${namespaceOf(object)}/ingresses?dryRun=All`, object);
}

/** The rules that an answer names. What the API server itself refuses counts as malformed. */
export function verdict({ status, body, warnings }: Answer): string[] {
  const refused = status >= 400 && !body.message.includes('ValidatingAdmissionPolicy');
  const messages = [status >= 400 ? body.message : '', ...warnings].filter(it => it.includes('ValidatingAdmissionPolicy'));
  const ids = messages.flatMap(message => [...message.matchAll(/\[([a-z-]+)\] /g)].map(match => match[1]));
  if (messages.length > 0 && ids.length === 0) {
    throw new Error(`no rule is named: ${messages.join(' ')}`);
  }
  return [...new Set([...ids, ...refused ? ['malformed'] : []])].sort();
}

function namespaceOf(object: any): string {
  const namespace = object?.metadata?.namespace ?? 'default';
  return typeof namespace === 'string' ? namespace : 'default';
}

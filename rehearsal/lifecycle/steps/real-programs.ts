import { join } from 'path';
import { kubernetesObjects, type Template } from '../../../tools/template';
import { checkCorefile } from '../../checks/corefile';
import { checkExternalDns } from '../../checks/external-dns';
import type { RunningEnvironment } from '../../environment/environment';
import { dryRun, judgeObjects } from '../../judge/cilium-objects';
import { expectNone } from '../../support/expect';
import { Processes } from '../../support/processes';
import { releasesOf } from '../../template/platform';
import { standIn } from '../../template/stand-in';
import { helm } from '../kubernetes';

/** Cilium's own parsers and schemas judge what the template brings of Cilium's kinds, and so does the API server, which has the same schemas. */
export async function ciliumAcceptsItsObjects({ toolchain, controlPlane, logs }: RunningEnvironment, template: Template): Promise<string> {
  const objects = kubernetesObjects(template, standIn).filter(({ apiVersion }) => apiVersion.startsWith('cilium.io/'));
  if (objects.length === 0) {
    return 'the template has no Cilium objects';
  }
  const { judged, findings } = judgeObjects(toolchain.programs.judge, objects);
  const problems = findings.map(({ kind, namespace, name, error }) => `${kind} ${[namespace, name].filter(it => it).join('/')}: ${error}`);
  expectNone(problems, 'Cilium to accept its objects', join(logs, 'kube-apiserver.log'));
  await dryRun(objects, controlPlane);
  return `${Object.entries(judged).map(([kind, count]) => `${count} ${kind}`).join(', ')}: the agent's parsers and the API server, with Cilium's schemas, accept all`;
}

/** The configuration of the cache on each node, in a CoreDNS that runs. */
export async function corefileAnswers({ toolchain }: RunningEnvironment, template: Template): Promise<string> {
  const corefiles = kubernetesObjects(template, standIn).filter(({ kind, data }) => kind === 'ConfigMap' && data?.Corefile).map(({ data }) => data.Corefile);
  if (corefiles.length === 0) {
    return 'the template has no node-local Corefile';
  }
  const seen = await Promise.all(corefiles.map(corefile => checkCorefile(toolchain.programs.coredns, corefile)));
  return seen.join('; ');
}

/** The real ExternalDNS beside the one that is deployed, whose pod runs nothing. */
export async function externalDnsKeepsToItsZone(environment: RunningEnvironment, template: Template): Promise<string> {
  const { toolchain, folder, logs, emulator, aws, controlPlane } = environment;
  const release = releasesOf(template).find(({ name }) => name === 'external-dns');
  if (!release) {
    return 'the template has no ExternalDNS';
  }
  const { namespace } = release;
  const account = JSON.parse(await controlPlane.kubectl('get', 'serviceaccount', 'external-dns', '-n', namespace, '-o', 'json'));
  const role = account.metadata.annotations?.['eks.amazonaws.com/role-arn'];
  if (!role) {
    return 'its service account names no role: EKS Pod Identity is not rehearsed';
  }
  const values = await helm(environment, 'get', 'values', 'external-dns', '--namespace', namespace);
  const { programs: { 'external-dns': program } } = toolchain;
  const processes = new Processes(logs);
  try {
    return (await checkExternalDns({ program, aws, processes, folder, emulator, controlPlane, namespace, role, values })).join('; ');
  } finally {
    await processes.stopAll();
  }
}

import { join } from 'path';
import { ofType, type Template } from '../../../tools/template';
import type { RunningEnvironment } from '../../environment/environment';
import { eventually, expectNone, NotAsExpected } from '../../support/expect';
import { nodeCount, objectsOf, releasesOf, type Release } from '../../template/platform';
import { helm, objects } from '../kubernetes';

/** The taint of a node that has no network yet. */
const NO_NETWORK = 'node.cilium.io/agent-not-ready';

/** By the emulator's name for what EKS does behind the API: the RBAC of an access policy. */
const ACCESS_POLICY = 'ministack.org/eks-access-policy=true';

/** Checks that all runs that a template asks for, and says what was seen. */
export async function platformIsWhole(environment: RunningEnvironment, template: Template): Promise<string> {
  return [
    await nodesAreReady(environment, template),
    await releasesAreDeployed(environment, template),
    await workloadsAreAvailable(environment, template),
    await objectsExist(environment, template),
    await rolesExist(environment),
    await accessIsGranted(environment, template),
  ].join(', ');
}

async function nodesAreReady(environment: RunningEnvironment, template: Template): Promise<string> {
  const log = join(environment.logs, 'kwok.log');
  const expected = nodeCount(template);
  return eventually(async () => {
    const nodes = await objects(environment, 'nodes');
    if (nodes.length !== expected) {
      throw new NotAsExpected(`${expected} nodes`, `${nodes.length}: ${nodes.map(nameOf).join(', ')}`, log);
    }
    expectNone(nodes.filter(node => !isTrue(node, 'Ready')).map(node => `${nameOf(node)} is not Ready`), 'every node to be Ready', log);
    expectNone(nodes.filter(node => node.spec.taints?.some((taint: any) => taint.key === NO_NETWORK)).map(node => `${nameOf(node)} is tainted`),
      `no node with the taint ${NO_NETWORK}`, log);
    return `${expected} nodes Ready`;
  });
}

async function releasesAreDeployed(environment: RunningEnvironment, template: Template): Promise<string> {
  const expected = releasesOf(template);
  const found: any[] = await helm(environment, 'list', '--all-namespaces');
  const problems = expected.flatMap(release => {
    const one = found.find(it => it.name === release.name && it.namespace === release.namespace);
    if (!one) {
      return [`no release ${release.namespace}/${release.name}`];
    }
    return [
      ...one.status === 'deployed' ? [] : [`${release.name} is ${one.status}`],
      ...release.version === undefined || one.chart === `${release.name}-${release.version}` ? [] : [`${release.name} is of ${one.chart}`],
    ];
  });
  expectNone(problems, `the releases ${expected.map(it => `${it.name} ${it.version ?? ''}`.trim()).join(', ')} to be deployed`, environment.emulator.log);
  return `${expected.length} releases deployed`;
}

/**
 * From Kubernetes 1.36 on, a controller waits until it has read what it wrote: where little else happens, up to a minute, until the
 * API server's next bookmark.
 *
 * @see https://github.com/kubernetes/enhancements/issues/5647
 */
const CONTROLLER_SECONDS = 90;

async function workloadsAreAvailable(environment: RunningEnvironment, template: Template): Promise<string> {
  return eventually(async () => {
    const deployments = await objects(environment, 'deployments');
    const daemonSets = await objects(environment, 'daemonsets');
    const nodes = (await objects(environment, 'nodes')).length;
    const problems = [
      ...deployments.filter(it => (it.status.availableReplicas ?? 0) < it.spec.replicas || it.status.updatedReplicas < it.spec.replicas)
        .map(it => `Deployment ${nameOf(it)} has ${it.status.availableReplicas ?? 0} of ${it.spec.replicas} pods available`),
      ...daemonSets.filter(it => it.status.numberAvailable !== nodes || it.status.updatedNumberScheduled !== nodes)
        .map(it => `DaemonSet ${nameOf(it)} runs on ${it.status.numberAvailable ?? 0} of ${nodes} nodes`),
    ];
    expectNone(problems, 'every Deployment and DaemonSet to be available', join(environment.logs, 'kube-controller-manager.log'));
    const coreDns = deployments.some(it => it.metadata.name === 'coredns');
    if (!coreDns && ofType(template, 'AWS::EKS::Addon').some(it => it.Properties.AddonName === 'coredns')) {
      throw new NotAsExpected('the add-on CoreDNS as a Deployment', 'none', environment.emulator.log);
    }
    return `${deployments.length} Deployments${coreDns ? ' (CoreDNS among them)' : ''} and ${daemonSets.length} DaemonSets available`;
  }, CONTROLLER_SECONDS);
}

async function objectsExist(environment: RunningEnvironment, template: Template): Promise<string> {
  const expected = objectsOf(template);
  const problems = [];
  for (const { apiVersion, kind, name, namespace } of expected) {
    const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[1]}.${apiVersion.split('/')[0]}` : '';
    const found = await environment.controlPlane.kubectl('get', `${kind.toLowerCase()}${group}`, name, ...namespace ? ['-n', namespace] : [], '-o', 'name')
      .catch((error: Error) => error);
    if (found instanceof Error) {
      problems.push(`no ${kind} ${name} (${found.message.split('\n').at(-1)})`);
    }
  }
  expectNone(problems, `${expected.length} objects of manifests to exist`, environment.emulator.log);
  return `${expected.length} objects of manifests`;
}

/** A role that a service account names must be there, or its pods get no credentials. */
async function rolesExist(environment: RunningEnvironment): Promise<string> {
  const named = (await objects(environment, 'serviceaccounts')).flatMap(account => {
    const arn = account.metadata.annotations?.['eks.amazonaws.com/role-arn'];
    return arn ? [{ account: nameOf(account), role: arn.split('/').at(-1) as string }] : [];
  });
  const roles: string[] = named.length === 0 ? [] : (await environment.aws.call('iam', 'list_roles')).Roles.map((role: any) => role.RoleName);
  expectNone(named.filter(({ role }) => !roles.includes(role)).map(({ account, role }) => `${account} names ${role}, which is not there`),
    'the role of every service account to exist', environment.emulator.log);
  return `${named.length} service accounts with their roles`;
}

/** Each access policy is RBAC in the cluster, which gives what it says and nothing to others. */
async function accessIsGranted(environment: RunningEnvironment, template: Template): Promise<string> {
  const policies = ofType(template, 'AWS::EKS::AccessEntry').flatMap(({ Properties }) => Properties.AccessPolicies ?? []);
  const bindings = await objects(environment, 'clusterrolebindings', '-l', ACCESS_POLICY);
  const log = environment.emulator.log;
  if (bindings.length !== policies.length) {
    throw new NotAsExpected(`${policies.length} access policies as RBAC`, `${bindings.length}`, log);
  }
  const mayAll = async (group: string) => {
    const said = await environment.controlPlane.kubectl('auth', 'can-i', '*', '*', '--as', 'rehearsal', '--as-group', group).catch((error: Error) => error.message);
    return said.trim() === 'yes';
  };
  for (const binding of bindings) {
    const group = binding.subjects[0].name;
    const admin = binding.roleRef.name.toLowerCase().includes('clusteradmin');
    expectNone(admin && !await mayAll(group) ? [`${group} may not`] : [], `${binding.roleRef.name} to give all rights`, log);
  }
  expectNone(await mayAll('someone-else') ? ['they may do all'] : [], 'others to have no rights', log);
  return `RBAC of every access policy (${policies.length})`;
}

type ReleaseName = Pick<Release, 'name' | 'namespace'>;

/** Checks a Helm value of a release in the cluster, or that it is not set. */
export async function hasHelmValue(environment: RunningEnvironment, release: ReleaseName, name: string, value: unknown): Promise<void> {
  const values = await helm(environment, 'get', 'values', release.name, '--namespace', release.namespace);
  const [expected, found] = [value, values?.[name]].map(it => JSON.stringify(it));
  if (expected !== found) {
    throw new NotAsExpected(`${release.name} to have the Helm value ${name}: ${expected ?? 'none'}`, found ?? 'none', environment.emulator.log);
  }
}

/** Checks that a release has failed, that Helm itself went back to the one before, and that this runs. */
export async function wasRolledBack(environment: RunningEnvironment, { name, namespace }: ReleaseName): Promise<void> {
  const history: any[] = await helm(environment, 'history', name, '--namespace', namespace);
  const failed = history.findIndex(it => it.status === 'failed');
  const after = history[failed + 1];
  if (failed < 1 || after?.description !== `Rollback to ${history[failed - 1].revision}` || history[history.length - 1].status !== 'deployed') {
    const found = history.map(it => `${it.revision} ${it.status} (${it.description})`).join(', ');
    throw new NotAsExpected(`${name} to have failed, to be rolled back, and to be deployed`, found, environment.emulator.log);
  }
}

function nameOf(object: any): string {
  return object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name;
}

function isTrue(object: any, condition: string): boolean {
  return object.status.conditions?.some((it: any) => it.type === condition && it.status === 'True') ?? false;
}

import { join } from 'path';
import { eventually, expectNone, NotAsExpected } from '../../support/expect';
import type { Template } from '../../template/assembly';
import { nodeCount, objectsOf, ofType, releasesOf } from '../../template/platform';
import { aws, helm, objects, type Context } from '../context';

/** The taint of a node that has no network yet. */
const NO_NETWORK = 'node.cilium.io/agent-not-ready';

/** By the emulator's name for what EKS does behind the API: the RBAC of an access policy. */
const ACCESS_POLICY = 'ministack.org/eks-access-policy=true';

/** Checks that all runs that a template asks for, and says what was seen. */
export async function platformIsWhole(context: Context, template: Template): Promise<string> {
  return [
    await nodesAreReady(context, template),
    await releasesAreDeployed(context, template),
    await workloadsAreAvailable(context, template),
    await objectsExist(context, template),
    await rolesExist(context),
    await accessIsGranted(context, template),
  ].join(', ');
}

async function nodesAreReady(context: Context, template: Template): Promise<string> {
  const log = join(context.logs, 'kwok.log');
  const expected = nodeCount(template);
  return eventually(async () => {
    const nodes = await objects(context, 'nodes');
    if (nodes.length !== expected) {
      throw new NotAsExpected(`${expected} nodes`, `${nodes.length}: ${nodes.map(nameOf).join(', ')}`, log);
    }
    expectNone(nodes.filter(node => !isTrue(node, 'Ready')).map(node => `${nameOf(node)} is not Ready`), 'every node to be Ready', log);
    expectNone(nodes.filter(node => node.spec.taints?.some((taint: any) => taint.key === NO_NETWORK)).map(node => `${nameOf(node)} is tainted`),
      `no node with the taint ${NO_NETWORK}`, log);
    return `${expected} nodes Ready`;
  });
}

async function releasesAreDeployed(context: Context, template: Template): Promise<string> {
  const expected = releasesOf(template);
  const found: any[] = await helm(context, 'list', '--all-namespaces');
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
  expectNone(problems, `the releases ${expected.map(it => `${it.name} ${it.version ?? ''}`.trim()).join(', ')} to be deployed`, logOfEmulator(context));
  return `${expected.length} releases deployed`;
}

async function workloadsAreAvailable(context: Context, template: Template): Promise<string> {
  return eventually(async () => {
    const deployments = await objects(context, 'deployments');
    const daemonSets = await objects(context, 'daemonsets');
    const nodes = (await objects(context, 'nodes')).length;
    const problems = [
      ...deployments.filter(it => (it.status.availableReplicas ?? 0) < it.spec.replicas || it.status.updatedReplicas < it.spec.replicas)
        .map(it => `Deployment ${nameOf(it)} has ${it.status.availableReplicas ?? 0} of ${it.spec.replicas} pods available`),
      ...daemonSets.filter(it => it.status.numberAvailable !== nodes || it.status.updatedNumberScheduled !== nodes)
        .map(it => `DaemonSet ${nameOf(it)} runs on ${it.status.numberAvailable ?? 0} of ${nodes} nodes`),
    ];
    expectNone(problems, 'every Deployment and DaemonSet to be available', join(context.logs, 'kube-controller-manager.log'));
    const coreDns = deployments.some(it => it.metadata.name === 'coredns');
    if (!coreDns && ofType(template, 'AWS::EKS::Addon').some(it => it.Properties.AddonName === 'coredns')) {
      throw new NotAsExpected('the add-on CoreDNS as a Deployment', 'none', logOfEmulator(context));
    }
    return `${deployments.length} Deployments${coreDns ? ' (CoreDNS among them)' : ''} and ${daemonSets.length} DaemonSets available`;
  });
}

async function objectsExist(context: Context, template: Template): Promise<string> {
  const expected = objectsOf(template);
  const problems = [];
  for (const { apiVersion, kind, name, namespace } of expected) {
    const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[1]}.${apiVersion.split('/')[0]}` : '';
    const found = await context.controlPlane.kubectl('get', `${kind.toLowerCase()}${group}`, name, ...namespace ? ['-n', namespace] : [], '-o', 'name')
      .catch((error: Error) => error);
    if (found instanceof Error) {
      problems.push(`no ${kind} ${name} (${found.message.split('\n').at(-1)})`);
    }
  }
  expectNone(problems, `${expected.length} objects of manifests to exist`, logOfEmulator(context));
  return `${expected.length} objects of manifests`;
}

/** A role that a service account names must be there, or its pods get no credentials. */
async function rolesExist(context: Context): Promise<string> {
  const named = (await objects(context, 'serviceaccounts')).flatMap(account => {
    const arn = account.metadata.annotations?.['eks.amazonaws.com/role-arn'];
    return arn ? [{ account: nameOf(account), role: arn.split('/').at(-1) as string }] : [];
  });
  const roles: string[] = named.length === 0 ? [] : (await aws(context, 'iam', 'list-roles')).Roles.map((role: any) => role.RoleName);
  expectNone(named.filter(({ role }) => !roles.includes(role)).map(({ account, role }) => `${account} names ${role}, which is not there`),
    'the role of every service account to exist', logOfEmulator(context));
  return `${named.length} service accounts with their roles`;
}

/** Each access policy is RBAC in the cluster, which gives what it says and nothing to others. */
async function accessIsGranted(context: Context, template: Template): Promise<string> {
  const policies = ofType(template, 'AWS::EKS::AccessEntry').flatMap(({ Properties }) => Properties.AccessPolicies ?? []);
  const bindings = await objects(context, 'clusterrolebindings', '-l', ACCESS_POLICY);
  const log = logOfEmulator(context);
  if (bindings.length !== policies.length) {
    throw new NotAsExpected(`${policies.length} access policies as RBAC`, `${bindings.length}`, log);
  }
  const mayAll = async (group: string) => {
    const said = await context.controlPlane.kubectl('auth', 'can-i', '*', '*', '--as', 'rehearsal', '--as-group', group).catch((error: Error) => error.message);
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

/** Checks a Helm value of a release in the cluster, or that it is not set. */
export async function hasHelmValue(context: Context, release: { name: string; namespace: string }, name: string, value: unknown): Promise<void> {
  const values = await helm(context, 'get', 'values', release.name, '--namespace', release.namespace);
  const [expected, found] = [value, values?.[name]].map(it => JSON.stringify(it));
  if (expected !== found) {
    throw new NotAsExpected(`${release.name} to have the Helm value ${name}: ${expected ?? 'none'}`, found ?? 'none', logOfEmulator(context));
  }
}

/** Checks that a release has failed, that Helm itself went back to the one before, and that this runs. */
export async function wasRolledBack(context: Context, { name, namespace }: { name: string; namespace: string }): Promise<void> {
  const history: any[] = await helm(context, 'history', name, '--namespace', namespace);
  const failed = history.findIndex(it => it.status === 'failed');
  const after = history[failed + 1];
  if (failed < 1 || after?.description !== `Rollback to ${history[failed - 1].revision}` || history[history.length - 1].status !== 'deployed') {
    const found = history.map(it => `${it.revision} ${it.status} (${it.description})`).join(', ');
    throw new NotAsExpected(`${name} to have failed, to be rolled back, and to be deployed`, found, logOfEmulator(context));
  }
}

/** Checks where a stack stands; a stack that is gone stands nowhere. */
export async function stackIs(context: Context, status: string): Promise<void> {
  const { Stacks } = await aws(context, 'cloudformation', 'describe-stacks', '--stack-name', context.stack.stackName);
  if (Stacks[0].StackStatus !== status) {
    throw new NotAsExpected(`the stack ${context.stack.stackName} to be ${status}`, `${Stacks[0].StackStatus}: ${Stacks[0].StackStatusReason ?? ''}`, logOfEmulator(context));
  }
}

export function logOfEmulator(context: Context): string {
  return join(context.logs, 'emulator.log');
}

function nameOf(object: any): string {
  return object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name;
}

function isTrue(object: any, condition: string): boolean {
  return object.status.conditions?.some((it: any) => it.type === condition && it.status === 'True') ?? false;
}

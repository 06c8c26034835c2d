import { kindsOf, type Settings } from './kinds';
import { sweep, type Outcome } from './sweep';
import { isGone, type Aws } from '../shared/aws';
import { serve, Unfinished, type Invocation, type Request, type World } from '../shared/custom-resource';

interface Properties {
  readonly Task: 'teardown' | 'guard';
  readonly ClusterName: string;
  readonly VpcId?: string;
  readonly ZoneIds?: string[];
}

/** What CloudFormation sends. */
export type Event = Request<Properties>;

/** What somebody sends by hand: the function lists what it would delete, and deletes nothing. */
export interface DryRun {
  readonly DryRun: true;
  readonly ResourceProperties: Omit<Properties, 'Task'>;
}

/** Serves CloudFormation, or a dry run. Returns the outcome of a dry run. */
export async function run(event: Event | DryRun, invocation: Invocation, world: World): Promise<Outcome | undefined> {
  if ('DryRun' in event) {
    return sweep(kindsOf(world.aws, settingsOf(event)), world.clock, Infinity, true);
  }
  await serve(event, invocation, world, async deadline => ({ id: idOf(event), reason: await work(event, world, deadline) }));
  return undefined;
}

/**
 * The id names the cluster: a renamed construct keeps it. If the cluster changes, CloudFormation deletes the resource with the
 * old id, and that deletes the old cluster's leftovers.
 */
function idOf({ RequestType, PhysicalResourceId, ResourceProperties: { Task, ClusterName } }: Event): string {
  return RequestType === 'Delete' ? PhysicalResourceId! : `${Task}-${ClusterName}`;
}

async function work(event: Event, world: World, deadline: number): Promise<string> {
  const { Task, ClusterName } = event.ResourceProperties;
  if (event.RequestType !== 'Delete') {
    return 'Nothing to do before the deletion';
  }
  const cluster = await describe(world.aws, ClusterName);
  if (Task === 'guard') {
    if (cluster?.deletionProtection) {
      throw new Error(`The deletion protection of cluster ${ClusterName} is on, and nothing was deleted. Turn it off `
        + `(aws eks update-cluster-config --name ${ClusterName} --no-deletion-protection), then delete the stack again.`);
    }
    return 'The cluster is not protected';
  }
  if (cluster && cluster.status !== 'DELETING') {
    // The construct was renamed, or a creation beside a living cluster is rolled back, or the cluster is retained.
    console.log(`deleted nothing: the cluster ${ClusterName} still exists (${cluster.status})`);
    return `Deleted nothing: the cluster ${ClusterName} still exists`;
  }
  return tearDown(event, world, deadline);
}

async function tearDown(event: Event, { aws, clock }: World, deadline: number): Promise<string> {
  const { ClusterName } = event.ResourceProperties;
  const goneFirst = { name: 'cluster', find: async () => await describe(aws, ClusterName) ? [{ id: ClusterName, remove: isGoing }] : [] };
  const outcome = await sweep([goneFirst, ...kindsOf(aws, settingsOf(event))], clock, deadline, false);
  if (outcome.left.length > 0) {
    const words = `${outcome.deleted} deleted, ${outcome.left.length} left by cluster ${ClusterName}: ${outcome.left.join('; ')}`;
    throw outcome.outOfTime ? new Unfinished(words) : new Error(words);
  }
  return `${outcome.deleted} deleted`;
}

/** CloudFormation deletes the cluster; we only wait for it. */
async function isGoing(): Promise<void> {
  throw new Error('is still being deleted');
}

async function describe(aws: Aws, name: string): Promise<any> {
  try {
    return (await aws.call('eks', 'describeCluster', { name })).cluster;
  } catch (error) {
    if (isGone(error)) {
      return undefined;
    }
    throw error;
  }
}

function settingsOf({ ResourceProperties: { ClusterName, VpcId, ZoneIds } }: Event | DryRun): Settings {
  return { clusterName: ClusterName, vpcId: VpcId!, zoneIds: ZoneIds ?? [] };
}

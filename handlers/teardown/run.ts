import { isGone, type Aws } from './aws';
import { kindsOf, type Settings } from './kinds';
import { sweep, type Clock, type Outcome } from './sweep';

/** What CloudFormation sends; a dry run by hand sends `DryRun` and the properties alone. */
export interface Event {
  readonly RequestType?: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL?: string;
  readonly StackId?: string;
  readonly RequestId?: string;
  readonly LogicalResourceId?: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: {
    readonly Task: 'teardown' | 'guard';
    readonly ClusterName: string;
    readonly VpcId?: string;
    readonly ZoneIds?: string[];
  };
  readonly DryRun?: boolean;
  /** When the first of several invocations began. */
  readonly StartedAt?: number;
}

/** What Lambda tells of the invocation. */
export interface Invocation {
  readonly functionName: string;
  getRemainingTimeInMillis(): number;
}

/** All that lies outside of the handler. */
export interface World {
  readonly aws: Aws;
  readonly clock: Clock;
  respond(url: string, body: object): Promise<void>;
}

/** CloudFormation waits an hour: the answer must come before. */
const BUDGET = 55 * 60_000;

/** What an invocation keeps of its time, to answer or to go on in another one. */
const RESERVE = 60_000;

/** CloudFormation takes 4 KB as an answer, all in all. */
const LONGEST_REASON = 2_000;

/** Serves one request, and answers it unless another invocation will. */
export async function run(event: Event, invocation: Invocation, world: World): Promise<Outcome | undefined> {
  if (event.DryRun) {
    return sweep(kindsOf(world.aws, settingsOf(event)), world.clock, Infinity, true);
  }
  let status = 'SUCCESS';
  let reason: string | undefined;
  try {
    reason = await serve(event, invocation, world);
  } catch (error: any) {
    console.log(error);
    [status, reason] = ['FAILED', `${error?.message ?? error}`];
  }
  if (reason !== undefined) {
    await answer(event, world, status, reason);
  }
  return undefined;
}

/** Throws what failed. Returns nothing where another invocation goes on. */
async function serve(event: Event, invocation: Invocation, world: World): Promise<string | undefined> {
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
    // The construct was renamed, a creation beside a living cluster is rolled back, or the cluster is retained.
    console.log(`kept everything: cluster ${ClusterName} is there (${cluster.status})`);
    return `Kept everything, as the cluster ${ClusterName} is there`;
  }
  return tearDown(event, invocation, world);
}

async function tearDown(event: Event, invocation: Invocation, world: World): Promise<string | undefined> {
  const { aws, clock } = world;
  const { ClusterName } = event.ResourceProperties;
  const startedAt = event.StartedAt ?? clock.now();
  const end = startedAt + BUDGET;
  const deadline = Math.min(end, clock.now() + invocation.getRemainingTimeInMillis() - RESERVE);
  const goneFirst = { name: 'cluster', find: async () => await describe(aws, ClusterName) ? [{ id: ClusterName, remove: isGoing }] : [] };
  const outcome = await sweep([goneFirst, ...kindsOf(aws, settingsOf(event))], clock, deadline, false);
  if (outcome.outOfTime && clock.now() + RESERVE < end) {
    console.log(`going on in another invocation; left: ${outcome.left.join('; ')}`);
    await aws.call('lambda', 'invoke', {
      FunctionName: invocation.functionName,
      InvocationType: 'Event',
      Payload: JSON.stringify({ ...event, StartedAt: startedAt }),
    });
    return undefined;
  }
  if (outcome.left.length > 0) {
    throw new Error(`${outcome.deleted} deleted, ${outcome.left.length} left by cluster ${ClusterName}: ${outcome.left.join('; ')}`);
  }
  return `${outcome.deleted} deleted`;
}

/** The cluster is not ours to delete, only to wait for. */
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

function settingsOf({ ResourceProperties: { ClusterName, VpcId, ZoneIds } }: Event): Settings {
  return { clusterName: ClusterName, vpcId: VpcId!, zoneIds: ZoneIds ?? [] };
}

/** The id is the cluster's: another construct for the same one is no replacement, and another cluster's leftovers are deleted with it. */
async function answer(event: Event, world: World, Status: string, reason: string): Promise<void> {
  const { Task, ClusterName } = event.ResourceProperties;
  const { StackId, RequestId, LogicalResourceId } = event;
  console.log(`${Status}: ${reason}`);
  await world.respond(event.ResponseURL!, {
    Status,
    Reason: reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON)}... (more in the function's log)` : reason,
    PhysicalResourceId: event.RequestType === 'Delete' ? event.PhysicalResourceId : `${Task}-${ClusterName}`,
    StackId,
    RequestId,
    LogicalResourceId,
  });
}

import { randomUUID } from 'crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ClusterGone } from './cluster';
import { serveDrain } from './drain';
import { Fence, type Invoked } from './fence';
import { limited } from './limits';
import { serveManifest } from './manifest';
import { ownerOf } from './owner';
import { servePatch } from './patch';
import { Layer, type Programs, type Ran } from './programs';
import { hiding } from './redact';
import { serveRelease } from './release';
import { callerFrom, tokenFor } from './token';
import { serveValue } from './value';
import type { Serve, Work } from './work';
import { serve, Unfinished, type Invocation, type Request, type Result, type World } from '../shared/custom-resource';

/** What CloudFormation sends. */
export interface Event extends Request<Work['request']['ResourceProperties']> {
  /** The nonce of the invocation that this one continues. */
  readonly Continues?: string;
}

/** What serves each type of resource: those of CDK's own constructs, and ours. */
const TYPES: { readonly [type: string]: Serve } = {
  'Custom::AWSCDK-EKS-HelmChart': serveRelease,
  'Custom::AWSCDK-EKS-KubernetesResource': serveManifest,
  'Custom::AWSCDK-EKS-KubernetesPatch': servePatch,
  'Custom::AWSCDK-EKS-KubernetesObjectValue': serveValue,
  'Custom::EksPlatformDrain': serveDrain,
};

/** What changes nothing needs no fence. */
const READS_ONLY = 'Custom::AWSCDK-EKS-KubernetesObjectValue';

/**
 * Serves CloudFormation.
 *
 * @param env the function's environment: names the cluster, and holds the function's credentials
 * @param layer makes the programs that run with an environment
 */
export async function run(
  event: Event, invocation: Invocation, world: World, env: NodeJS.ProcessEnv, layer = (own: NodeJS.ProcessEnv): Programs => new Layer(own),
): Promise<void> {
  const invoked = { nonce: randomUUID(), continues: event.Continues, end: world.clock.now() + invocation.getRemainingTimeInMillis() };
  const folder = mkdtempSync(join(tmpdir(), 'eks-platform-')); // mode 0700
  let fence: Fence | undefined;
  let isAnswered = false;
  const respond = async (url: string, body: object) => {
    if (!fence?.isAnswered) {
      await world.respond(url, body);
      isAnswered = true;
    }
  };
  const request: Event = { ...event, Continues: invoked.nonce }; // as another invocation gets it
  try {
    await serve(request, invocation, { ...world, respond }, async deadline => {
      const { RequestType, PhysicalResourceId, ResourceProperties: { ClusterName } } = event;
      if (ClusterName !== undefined && ClusterName !== env.CLUSTER_NAME) {
        return elsewhere(RequestType, PhysicalResourceId, ClusterName, env.CLUSTER_NAME!);
      }
      const hide = hiding(event.ResourceProperties, event.OldResourceProperties ?? {});
      try {
        const programs = discreet(limited(layer(environment(folder, env, world.clock.now(), event.ResourceProperties.Namespace)), world.clock), hide);
        const work: Work = { request: event, programs, aws: world.aws, clock: world.clock, deadline, folder, owner: ownerOf(event) };
        const server = serverOf(event);
        const { reason, ...result } = await server(event.ResourceType === READS_ONLY ? work : await alone(work, it => { fence = it; }, invoked));
        return { ...result, reason: reason && hide(reason) };
      } catch (error: any) {
        if (error instanceof ClusterGone) {
          return { id: PhysicalResourceId!, reason: error.message };
        }
        const words = hide(`${error?.message ?? error}`);
        throw error instanceof Unfinished ? new Unfinished(words) : new Error(words);
      }
    });
    if (isAnswered) { // if not, another invocation goes on
      await fence?.leave(true);
    }
  } catch (error) { // then Lambda sends the event again
    await fence?.leave(false);
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is asked for another cluster: it was replaced by this one, or it has been given a provider that is not its own. */
function elsewhere(type: Event['RequestType'], id: string | undefined, asked: string, own: string): Result {
  if (type !== 'Delete') {
    throw new Error(`This function serves the cluster ${own}, not ${asked}, and changed nothing: give ${asked} a KubectlProvider of its own`);
  }
  return { id: id!, reason: `Nothing was changed: this resource was in the cluster ${asked}, and this function serves ${own}` };
}

/** The work, once no other request for its resource is at work. */
async function alone(work: Work, keep: (fence: Fence) => void, invoked: Invoked): Promise<Work> {
  const fence = new Fence(work, invoked);
  keep(fence);
  await fence.enter();
  return { ...work, programs: fence.around(work.programs) };
}

function serverOf({ ResourceType }: Event): Serve {
  const found = TYPES[ResourceType];
  if (found === undefined) {
    throw new Error(`${ResourceType} is not a type that this function serves: it serves ${Object.keys(TYPES).join(', ')}`);
  }
  return found;
}

/**
 * The environment of Helm and kubectl: it configures them for the cluster, and they write only into the folder.
 *
 * @param namespace of a release, where its objects are that name none
 */
function environment(folder: string, env: NodeJS.ProcessEnv, now: number, namespace: string | undefined): NodeJS.ProcessEnv {
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'cluster', cluster: { 'server': env.CLUSTER_ENDPOINT, 'certificate-authority-data': env.CLUSTER_CA } }],
    'users': [{ name: 'function', user: { token: tokenFor(env.CLUSTER_NAME!, callerFrom(env), now) } }],
    'contexts': [{ name: 'context', context: { cluster: 'cluster', user: 'function', namespace } }],
    'current-context': 'context',
  }), { mode: 0o600 });
  return {
    KUBECONFIG: kubeconfig,
    HOME: folder,
    HELM_CACHE_HOME: join(folder, 'helm', 'cache'),
    HELM_CONFIG_HOME: join(folder, 'helm', 'config'),
    HELM_DATA_HOME: join(folder, 'helm', 'data'),
  };
}

/** Programs whose stderr holds no values that a user gave. Their stdout is data, and is not shown. */
function discreet(programs: Programs, hide: (text: string) => string): Programs {
  const hidden = async (running: Promise<Ran>) => {
    const ran = await running;
    return { ...ran, stderr: hide(ran.stderr) };
  };
  return {
    helm: (args, options) => hidden(programs.helm(args, options)),
    kubectl: (args, options) => hidden(programs.kubectl(args, options)),
  };
}

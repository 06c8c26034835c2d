import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ClusterGone } from './cluster';
import { serveDrain } from './drain';
import { serveManifest } from './manifest';
import { ownerOf } from './owner';
import { servePatch } from './patch';
import { Layer, type Programs, type Ran } from './programs';
import { leavesOf, namesIn, redact, secretsIn } from './redact';
import { serveRelease } from './release';
import { callerFrom, tokenFor } from './token';
import { serveValue } from './value';
import type { Serve, Work } from './work';
import { serve, Unfinished, type Invocation, type World } from '../shared/custom-resource';

/** What CloudFormation sends. */
export type Event = Work['request'];

/** What serves each type of resource: those of CDK's own constructs, and ours. */
const TYPES: { readonly [type: string]: Serve } = {
  'Custom::AWSCDK-EKS-HelmChart': serveRelease,
  'Custom::AWSCDK-EKS-KubernetesResource': serveManifest,
  'Custom::AWSCDK-EKS-KubernetesPatch': servePatch,
  'Custom::AWSCDK-EKS-KubernetesObjectValue': serveValue,
  'Custom::EksPlatformDrain': serveDrain,
};

/** Properties that are JSON. */
const JSON_PROPERTIES = ['Manifest', 'Values', 'ApplyPatchJson', 'RestorePatchJson'];

/**
 * Serves CloudFormation.
 *
 * @param env the function's environment: names the cluster, and holds the function's credentials
 * @param layer makes the programs that run with an environment
 */
export async function run(
  event: Event, invocation: Invocation, world: World, env: NodeJS.ProcessEnv, layer = (own: NodeJS.ProcessEnv): Programs => new Layer(own),
): Promise<void> {
  await serve(event, invocation, world, async deadline => {
    const { RequestType, PhysicalResourceId, ResourceProperties: { ClusterName } } = event;
    if (RequestType === 'Delete' && ClusterName !== undefined && ClusterName !== env.CLUSTER_NAME) {
      return { id: PhysicalResourceId!, reason: `Nothing to delete: this resource was in cluster ${ClusterName}, which ${env.CLUSTER_NAME} replaces` };
    }
    const secrets = secretsOf(event);
    const folder = mkdtempSync(join(tmpdir(), 'eks-platform-')); // mode 0700
    try {
      const programs = discreet(layer(environment(folder, env, world.clock.now())), secrets);
      const work: Work = { request: event, programs, aws: world.aws, clock: world.clock, deadline, folder, owner: ownerOf(event) };
      const { reason, ...result } = await serverOf(event)(work);
      return { ...result, reason: reason && redact(reason, secrets) };
    } catch (error: any) {
      if (error instanceof ClusterGone) {
        return { id: PhysicalResourceId!, reason: error.message };
      }
      const words = redact(`${error?.message ?? error}`, secrets);
      throw error instanceof Unfinished ? new Unfinished(words) : new Error(words);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function serverOf({ ResourceType }: Event): Serve {
  const found = TYPES[ResourceType];
  if (found === undefined) {
    throw new Error(`${ResourceType} is not a type that this function serves: it serves ${Object.keys(TYPES).join(', ')}`);
  }
  return found;
}

/** The environment of Helm and kubectl: it configures them for the cluster, and they write only into the folder. */
function environment(folder: string, env: NodeJS.ProcessEnv, now: number): NodeJS.ProcessEnv {
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'cluster', cluster: { 'server': env.CLUSTER_ENDPOINT, 'certificate-authority-data': env.CLUSTER_CA } }],
    'users': [{ name: 'function', user: { token: tokenFor(env.CLUSTER_NAME!, callerFrom(env), now) } }],
    'contexts': [{ name: 'context', context: { cluster: 'cluster', user: 'function' } }],
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

/** Programs whose stderr holds no secrets. Their stdout is data, and is not shown. */
function discreet(programs: Programs, secrets: string[]): Programs {
  const hidden = async (running: Promise<Ran>) => {
    const ran = await running;
    return { ...ran, stderr: redact(ran.stderr, secrets) };
  };
  return {
    helm: (args, options) => hidden(programs.helm(args, options)),
    kubectl: (args, options) => hidden(programs.kubectl(args, options)),
  };
}

/** All that may be secret in what CloudFormation sent. */
function secretsOf({ ResourceProperties, OldResourceProperties }: Event): string[] {
  return [ResourceProperties, OldResourceProperties ?? {}].flatMap(properties => {
    const isData = /^(secret|configmap|cm)s?(\.|\/)/i.test(properties.ResourceName ?? '');
    return JSON_PROPERTIES.flatMap(name => {
      const value = parsed(properties[name]);
      const names = namesIn(value);
      return (isData && name.endsWith('PatchJson') ? leavesOf(value) : secretsIn(value)).filter(it => !names.includes(it));
    });
  });
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? 'null');
  } catch { // the function that serves the type reports it
    return undefined;
  }
}

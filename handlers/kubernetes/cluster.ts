import type { Ran } from './programs';
import type { Work } from './work';
import { isGone } from '../shared/aws';
import { Unfinished } from '../shared/custom-resource';

/** The cluster does not exist any more, nor does anything that was in it. */
export class ClusterGone extends Error {}

/** What kubectl and Helm say if no API server answers, or if it can't serve anybody at the moment. */
export const UNREACHABLE = new RegExp([
  'connection refused', 'The connection to the server .* was refused', 'connection reset by peer', 'broken pipe', 'i/o timeout', 'TLS handshake timeout',
  'no such host', 'server misbehaving', 'no route to host', 'network is unreachable', 'Client\\.Timeout exceeded', 'unexpected EOF', ': EOF$',
  'http2: client connection lost', 'http2: server sent GOAWAY', 'client connection force closed', 'ServiceUnavailable',
  'the server is currently unable to handle the request', 'unable to return a response in the time allotted', 'the server has received too many requests',
  'etcdserver: ', 'apiserver (not ready|is shutting down)', 'storage is \\(re\\)initializing', 'Kubernetes cluster unreachable',
].join('|'), 'im');

/** The API server answers, but can't reach a webhook: it is of no use to wait for the API server. */
const WEBHOOK = /failed calling webhook|conversion webhook/;

/** What they say until the API server knows a new access entry, which takes a while. */
export const NOT_YET_KNOWN = /You must be logged in|asked for the client to provide credentials|Unauthorized|is forbidden: User .* cannot \w+ resource/;

/** For how long refused credentials are taken for new ones. */
const UNTIL_KNOWN = 120_000;

const LONGEST_PAUSE = 15_000;

/** Whether a program failed because the API server does not answer, or can't serve anybody at the moment. */
export function isUnreachable(ran: Ran): boolean {
  const words = wordsOf(ran);
  return ran.code !== 0 && UNREACHABLE.test(words) && !WEBHOOK.test(words) && !NOT_YET_KNOWN.test(words);
}

/** What a program said, without the log lines of its libraries: they also complain about APIs that the program does not use. */
export function wordsOf({ stdout, stderr }: Ran): string {
  const said = stderr.split('\n').filter(line => !/^([EWI]\d{4} |[Ww]arning: )/.test(line)).join('\n').trim();
  return said || stderr.trim() || stdout.trim();
}

/**
 * Runs a program that talks to the API server, again and again while the server is away.
 *
 * @returns what the program said when the server answered: it may have failed for another reason
 * @throws Unfinished if the server stays away; on Delete, ClusterGone if it is away because the cluster is gone
 */
export async function retrying(work: Work, run: () => Promise<Ran>): Promise<Ran> {
  const { clock, deadline, request } = work;
  const began = clock.now();
  for (let pause = 1_000; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const ran = await run();
    const isAway = isUnreachable(ran);
    const isUnknown = ran.code !== 0 && NOT_YET_KNOWN.test(ran.stderr) && clock.now() - began < UNTIL_KNOWN;
    if (ran.interrupted || !(isAway || isUnknown)) {
      return ran;
    }
    console.log(`again in ${pause / 1000} s:`, wordsOf(ran));
    if (isAway && request.RequestType === 'Delete' && await isClusterGone(work)) {
      throw new ClusterGone(`Nothing is left to delete: the cluster ${request.ResourceProperties.ClusterName} is gone`);
    }
    if (clock.now() + pause >= deadline) {
      throw new Unfinished(`The API server of ${request.ResourceProperties.ClusterName} does not answer: ${wordsOf(ran)}`);
    }
    await clock.sleep(pause);
  }
}

/** A cluster that is being deleted counts as gone: nothing stops that. If AWS can't be asked, the cluster may exist. */
async function isClusterGone({ aws, request }: Work): Promise<boolean> {
  try {
    const { cluster } = await aws.call('eks', 'describeCluster', { name: request.ResourceProperties.ClusterName });
    return cluster.status === 'DELETING';
  } catch (error) {
    if (!isGone(error)) {
      console.log('cannot find out whether the cluster exists:', error);
    }
    return isGone(error);
  }
}

import type { Ran } from './programs';
import type { Work } from './work';
import { isGone } from '../shared/aws';
import { Unfinished } from '../shared/custom-resource';

/** The cluster is not there any more, and so nothing that was in it. */
export class ClusterGone extends Error {}

/** What kubectl and Helm say where no API server answers, or where it cannot serve anybody for now. */
const UNREACHABLE = new RegExp([
  'connection refused', 'The connection to the server .* was refused', 'connection reset by peer', 'broken pipe', 'i/o timeout', 'TLS handshake timeout',
  'no such host', 'server misbehaving', 'no route to host', 'network is unreachable', 'Client\\.Timeout exceeded', 'unexpected EOF', ': EOF$',
  'http2: client connection lost', 'http2: server sent GOAWAY', 'client connection force closed', 'ServiceUnavailable',
  'the server is currently unable to handle the request', 'unable to return a response in the time allotted', 'the server has received too many requests',
  'etcdserver: ', 'apiserver (not ready|is shutting down)', 'storage is \\(re\\)initializing', 'Kubernetes cluster unreachable',
].join('|'), 'im');

/** The API server answers, but cannot reach a webhook: waiting for the API server would not help. */
const WEBHOOK = /failed calling webhook|conversion webhook/;

/** What a new access entry gives takes a while to be known to the API server. */
const NOT_YET_KNOWN = /You must be logged in|asked for the client to provide credentials|Unauthorized|is forbidden: User .* cannot \w+ resource/;

/** For how long refused credentials may be new ones. */
const UNTIL_KNOWN = 120_000;

const LONGEST_PAUSE = 15_000;

/** Whether a program that talks to the API server failed because that does not answer, or not now. */
export function isUnreachable(ran: Ran): boolean {
  const words = wordsOf(ran);
  return ran.code !== 0 && UNREACHABLE.test(words) && !WEBHOOK.test(words) && !NOT_YET_KNOWN.test(words);
}

/** What a program said at last, without the notes of its libraries: an API that is away does not matter where another one is asked. */
export function wordsOf({ stdout, stderr }: Ran): string {
  const said = stderr.split('\n').filter(line => !/^([EWI]\d{4} |[Ww]arning: )/.test(line)).join('\n').trim();
  return said || stderr.trim() || stdout.trim();
}

/**
 * Runs what talks to the API server, again and again while that is away.
 *
 * @returns what it said when the API server was there: it may have failed for another reason
 * @throws Unfinished if the API server stays away; ClusterGone if that is as the cluster is gone, on Delete
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
      throw new ClusterGone(`Nothing is left to delete, as the cluster ${request.ResourceProperties.ClusterName} is gone`);
    }
    if (clock.now() + pause >= deadline) {
      throw new Unfinished(`The API server of ${request.ResourceProperties.ClusterName} does not answer: ${wordsOf(ran)}`);
    }
    await clock.sleep(pause);
  }
}

/** A cluster that is being deleted cannot be kept from it. Where AWS cannot be asked, the cluster may be there. */
async function isClusterGone({ aws, request }: Work): Promise<boolean> {
  try {
    const { cluster } = await aws.call('eks', 'describeCluster', { name: request.ResourceProperties.ClusterName });
    return cluster.status === 'DELETING';
  } catch (error) {
    if (!isGone(error)) {
      console.log('cannot tell whether the cluster is there:', error);
    }
    return isGone(error);
  }
}

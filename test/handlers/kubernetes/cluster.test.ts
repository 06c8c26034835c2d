import { FakeCluster } from './fake-cluster';
import { ClusterGone, isUnreachable, retrying } from '../../../handlers/kubernetes/cluster';
import type { Ran } from '../../../handlers/kubernetes/programs';
import { Unfinished } from '../../../handlers/shared/custom-resource';
import { awsError } from '../fake-aws';

const ok: Ran = { code: 0, stdout: 'done', stderr: '', interrupted: false };
const says = (stderr: string): Ran => ({ code: 1, stdout: '', stderr, interrupted: false });
const REFUSED = 'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?';

let cluster: FakeCluster;
beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => {});
  cluster = new FakeCluster();
  cluster.aws.cluster = { status: 'ACTIVE' };
});
afterEach(() => jest.restoreAllMocks());

/** Gives one answer after the other, the last one for ever. */
function answering(...answers: Ran[]): jest.Mock<Promise<Ran>> {
  return jest.fn(async () => answers.length > 1 ? answers.shift()! : answers[0]);
}

test.each([
  ['kubectl, of a refused connection', REFUSED],
  ['kubectl, of a time that ran out', 'Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout'],
  ['kubectl, of a handshake', 'Unable to connect to the server: net/http: TLS handshake timeout'],
  ['kubectl, of a name', 'Unable to connect to the server: dial tcp: lookup abc.eks.amazonaws.com on 10.0.0.2:53: no such host'],
  ['kubectl, of an end', 'Unable to connect to the server: EOF'],
  ['the API server', 'Error from server (ServiceUnavailable): the server is currently unable to handle the request'],
  ['etcd', 'Error from server: etcdserver: leader changed'],
  ['Helm', 'Error: Kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused'],
])('the API server is away: in the words of %s', (_, words) => {
  expect(isUnreachable(says(words))).toBe(true);
});

test.each([
  ['an object is missing', 'Error from server (NotFound): configmaps "a" not found'],
  ['a webhook is away', 'Error from server (InternalError): Internal error occurred: failed calling webhook "a": Post "https://a": connect: connection refused'],
  ['another API is away, which nobody asked for',
    'E1123 13:00:00.000000 1 memcache.go:265] couldn\'t get resource list for metrics.k8s.io/v1beta1: the server is currently unable to handle the request\n'
    + 'Error from server (NotFound): configmaps "a" not found'],
  ['something did not get ready in time', 'Error: UPGRADE FAILED: context deadline exceeded'],
])('the API server is there: %s', (_, words) => {
  expect(isUnreachable(says(words))).toBe(false);
});

test('the API server is there, whatever a program that ended well has printed', () => {
  expect(isUnreachable({ ...ok, stderr: REFUSED })).toBe(false);
});

test('tries again until the API server is back', async () => {
  const run = answering(says(REFUSED), says(REFUSED), ok);
  expect(await retrying(cluster.work({ RequestType: 'Update' }), run)).toBe(ok);
  expect([run.mock.calls.length, cluster.now]).toEqual([3, 3_000]);
});

test('lets another invocation continue when the API server stays away', async () => {
  const work = cluster.work({ RequestType: 'Update' });
  const away = retrying(work, answering(says(REFUSED)));
  await expect(away).rejects.toThrow(Unfinished);
  await expect(away).rejects.toThrow(`The API server of shop does not answer: ${REFUSED}`);
  expect(cluster.now).toBeLessThan(work.deadline);
});

test('another failure is an answer, not a reason to try again', async () => {
  const failure = says('Error from server (NotFound): configmaps "a" not found');
  expect(await retrying(cluster.work(), answering(failure, ok))).toBe(failure);
});

test('a program that was interrupted is not run again', async () => {
  const interrupted = { ...says(REFUSED), interrupted: true };
  expect(await retrying(cluster.work(), answering(interrupted, ok))).toBe(interrupted);
});

describe('credentials that the API server does not know yet', () => {
  const UNKNOWN = says('error: You must be logged in to the server (Unauthorized)');

  test('are tried again, as an access entry takes a while', async () => {
    expect(await retrying(cluster.work({ RequestType: 'Create' }), answering(UNKNOWN, UNKNOWN, ok))).toBe(ok);
  });

  test('fail in the API server\'s words after two minutes', async () => {
    expect(await retrying(cluster.work({ RequestType: 'Create' }), answering(UNKNOWN))).toBe(UNKNOWN);
    expect(cluster.now).toBeGreaterThanOrEqual(120_000);
    expect(cluster.now).toBeLessThan(150_000);
  });

  test('are not what a policy forbids', async () => {
    const denied = says('Error from server (Forbidden): pods "a" is forbidden: violates PodSecurity "restricted:latest"');
    expect(await retrying(cluster.work(), answering(denied, ok))).toBe(denied);
  });
});

describe('a deletion whose API server does not answer', () => {
  test('ends if the cluster is gone', async () => {
    cluster.aws.cluster = undefined;
    await expect(retrying(cluster.work(), answering(says(REFUSED)))).rejects.toThrow(ClusterGone);
  });

  test('ends if the cluster is being deleted', async () => {
    cluster.aws.cluster = { status: 'DELETING' };
    await expect(retrying(cluster.work(), answering(says(REFUSED)))).rejects.toThrow(ClusterGone);
  });

  test('waits while the cluster is there', async () => {
    expect(await retrying(cluster.work(), answering(says(REFUSED), ok))).toBe(ok);
  });

  test('waits while nobody can say', async () => {
    cluster.aws.failures.describeCluster = [awsError('AccessDeniedException')];
    expect(await retrying(cluster.work(), answering(says(REFUSED), ok))).toBe(ok);
  });
});

test('only a deletion asks whether the cluster is gone', async () => {
  cluster.aws.cluster = undefined;
  expect(await retrying(cluster.work({ RequestType: 'Create' }), answering(says(REFUSED), ok))).toBe(ok);
  expect(cluster.aws.calls).toEqual([]);
});

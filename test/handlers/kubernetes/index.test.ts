import { existsSync, readFileSync, statSync } from 'fs';
import { dirname } from 'path';
import { Engine, ENV, manifest, PATCH, VALUE } from './engine';
import { FakePrograms } from './fake-programs';
import { handler } from '../../../handlers/kubernetes';
import { ownerOf } from '../../../handlers/kubernetes/owner';
import type { Programs, Ran } from '../../../handlers/kubernetes/programs';

const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', namespace: 'shop' }, data: { word: 'swordfish-1' } };

let logged: string;
beforeEach(() => {
  logged = '';
  jest.spyOn(console, 'log').mockImplementation((...words) => { logged += words.map(it => it?.stack ?? it).join(' '); });
});
afterEach(() => jest.restoreAllMocks());

/** An engine whose programs fail, and what they were given. */
function failing(stderr: string): { engine: Engine; given: NodeJS.ProcessEnv[]; seen: any[] } {
  const [given, seen]: [NodeJS.ProcessEnv[], any[]] = [[], []];
  const engine = new Engine(own => {
    given.push(own);
    const file = own.KUBECONFIG!;
    seen.push({ kubeconfig: JSON.parse(readFileSync(file, 'utf8')), mode: statSync(file).mode % 0o1000, folder: statSync(dirname(file)).mode % 0o1000 });
    return new FakePrograms([[/./, { stderr }]]);
  });
  return { engine, given, seen };
}

test('points the programs at the cluster, with the function\'s identity, in files that only it can read', async () => {
  const { engine, seen } = failing('no');
  await engine.create(manifest([CONFIG]));
  const [{ kubeconfig, mode, folder }] = seen;
  expect([mode, folder]).toEqual([0o600, 0o700]);
  expect(kubeconfig.clusters[0].cluster).toEqual({ 'server': ENV.CLUSTER_ENDPOINT, 'certificate-authority-data': ENV.CLUSTER_CA });
  const token = kubeconfig.users[0].user.token.replace('k8s-aws-v1.', '');
  expect(Buffer.from(token, 'base64url').toString()).toMatch(/^https:\/\/sts\.eu-central-1\.amazonaws\.com\/\?Action=GetCallerIdentity&/);
});

test('looks for the objects of a release in its namespace, where they name none', async () => {
  const { engine, seen } = failing('no');
  engine.type = 'Custom::AWSCDK-EKS-HelmChart';
  await engine.create({ Release: 'web', Chart: 'web', Namespace: 'shop' });
  expect(seen[0].kubeconfig.contexts).toEqual([{ name: 'context', context: { cluster: 'cluster', user: 'function', namespace: 'shop' } }]);
});

test('leaves nothing behind, also after a failure', async () => {
  const { engine, given } = failing('no');
  expect(await engine.create(manifest([CONFIG]))).toMatchObject({ Status: 'FAILED' });
  expect(given.map(it => it.HOME)).toEqual([expect.stringContaining('eks-platform-')]);
  expect(existsSync(given[0].HOME!)).toBe(false);
});

test('each invocation has its own token and folder', async () => {
  const { engine, given } = failing('no');
  await engine.create(manifest([CONFIG]));
  await engine.create(manifest([CONFIG]));
  expect(given[0].KUBECONFIG).not.toBe(given[1].KUBECONFIG);
});

test('no secret is in an answer or a log', async () => {
  const { engine } = failing('Error: "swordfish-1" is not right, nor is k8s-aws-v1.abc');
  const answer = await engine.create(manifest([CONFIG], { Overwrite: 'true' }));
  expect(answer.Reason).toBe('Error: "***" is not right, nor is ***');
  expect(logged).not.toMatch(/swordfish|abc/);
});

test('names of objects are reported, even if the objects repeat them in their data', async () => {
  const { engine } = failing('Error: Secret in namespace production is wrong');
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', namespace: 'production' }, stringData: { where: 'production' } };
  expect((await engine.create(manifest([secret], { Overwrite: 'true' }))).Reason).toBe('Error: Secret in namespace production is wrong');
});

test('the secrets of the properties before an update are hidden, too', async () => {
  const { engine } = failing('no');
  await engine.create(manifest([CONFIG]));
  const other = failing('Error: "swordfish-1" is not right');
  other.engine.answers.push(engine.answers[0]);
  expect((await other.engine.update(manifest([]), manifest([CONFIG]))).Reason).toBe('Error: "***" is not right');
});

test('the deletion ends well where the cluster is gone', async () => {
  const { engine } = failing('Unable to connect to the server: dial tcp: lookup abc.eks.amazonaws.com: no such host');
  engine.aws.cluster = undefined;
  expect(await engine.delete(manifest([CONFIG]), 'Manifest', 'manifest-1'))
    .toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'manifest-1', Reason: 'Nothing is left to delete: the cluster shop is gone' });
});

test('what was in a cluster that is replaced is not looked for in the new one', async () => {
  const { engine, given } = failing('no');
  expect(await engine.delete(manifest([CONFIG], { ClusterName: 'old' }), 'Manifest', 'manifest-1'))
    .toMatchObject({ Status: 'SUCCESS', Reason: 'Nothing was changed: this resource was in the cluster old, and this function serves shop' });
  expect(given).toEqual([]);
});

test.each(['create', 'update'] as const)('a %s in another cluster than the function\'s is refused, and its rollback changes nothing', async type => {
  const { engine, given } = failing('no');
  engine.answers.push({ LogicalResourceId: 'Manifest', PhysicalResourceId: 'manifest-1' });
  const foreign = manifest([CONFIG], { ClusterName: 'other' });
  expect(await (type === 'create' ? engine.create(foreign) : engine.update(foreign, foreign))).toMatchObject({
    Status: 'FAILED', Reason: 'This function serves the cluster shop, not other, and changed nothing: give other a KubectlProvider of its own',
  });
  expect(await engine.delete(foreign)).toMatchObject({ Status: 'SUCCESS' });
  expect(given).toEqual([]);
});

test('what kubectl answers is not hidden if it is asked for', async () => {
  const answer: Partial<Ran> = { stdout: 'k8s-aws-v1.abc' };
  const engine = new Engine((): Programs => new FakePrograms([[/^get/, answer]]));
  engine.type = VALUE;
  expect(await engine.create({ ObjectType: 'a', ObjectName: 'b', JsonPath: '.c' })).toMatchObject({ Data: { Value: 'k8s-aws-v1.abc' } });
});

test.each([PATCH, VALUE, 'Custom::AWSCDK-EKS-KubernetesResource', 'Custom::AWSCDK-EKS-HelmChart', 'Custom::EksPlatformDrain'])('%s is served', async type => {
  const { engine } = failing('no');
  engine.type = type;
  expect((await engine.create({ JsonPath: '.a', TimeoutSeconds: '0', ApplyPatchJson: '{}', Manifest: '[]', Overwrite: 'true' }))?.Reason).not.toContain('not a type that this function serves');
});

test('another type fails, and says which are served', async () => {
  const { engine } = failing('no');
  engine.type = 'Custom::Other';
  expect((await engine.create({})).Reason).toMatch(/^Custom::Other is not a type that this function serves: it serves Custom::AWSCDK-EKS-HelmChart, /);
});

test('a resource has the same owner for life, and no other one has it', () => {
  const mine = { StackId: 'stack', LogicalResourceId: 'A' };
  expect(ownerOf(mine)).toBe(ownerOf({ ...mine }));
  expect(ownerOf(mine)).toMatch(/^[0-9a-f]{16}$/);
  expect(new Set([mine, { ...mine, LogicalResourceId: 'B' }, { ...mine, StackId: 'other' }].map(ownerOf)).size).toBe(3);
});

test('Lambda\'s handler takes where the cluster is from its environment', async () => {
  jest.replaceProperty(process, 'env', { ...process.env, ...ENV });
  const fetched = jest.spyOn(global, 'fetch').mockResolvedValue(new Response());
  await handler({
    RequestType: 'Delete',
    ResponseURL: 'https://answers.s3.eu-central-1.amazonaws.com/',
    StackId: 'stack',
    RequestId: '1',
    LogicalResourceId: 'A',
    PhysicalResourceId: 'a',
    ResourceType: VALUE,
    ResourceProperties: { ClusterName: 'shop' },
  }, { functionName: 'kubernetes', getRemainingTimeInMillis: () => 900_000 });
  expect(JSON.parse(fetched.mock.calls[0][1]!.body as string)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'a' });
});

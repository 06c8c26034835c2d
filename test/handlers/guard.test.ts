import { deletion, FakeAws, serve } from './fake-aws';

const guard = deletion({ Task: 'guard' }, { PhysicalResourceId: 'guard-shop' });

beforeEach(() => jest.spyOn(console, 'log').mockImplementation(() => {}));
afterEach(() => jest.restoreAllMocks());

test('refuses while the cluster is protected, and says what to do', async () => {
  const aws = new FakeAws();
  aws.cluster = { status: 'ACTIVE', deletionProtection: true };
  const { answers } = await serve(aws, guard);
  expect(answers[0]).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'guard-shop' });
  expect(answers[0].Reason).toContain('aws eks update-cluster-config --name shop --no-deletion-protection');
});

test.each([
  ['its protection is off', { status: 'ACTIVE', deletionProtection: false }],
  ['it is not there', undefined],
])('lets the cluster be deleted when %s', async (_, cluster) => {
  const aws = new FakeAws();
  aws.cluster = cluster;
  const { answers } = await serve(aws, guard);
  expect(answers[0].Status).toBe('SUCCESS');
  expect(aws.changes).toEqual([]);
});

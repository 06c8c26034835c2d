import { awsError, deletion, FakeAws, serve } from './fake-aws';

const CONTROLLER = 'elbv2.k8s.aws/cluster';
const EKS = 'aws:eks:cluster-name';

let aws: FakeAws;
beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => {});
  aws = new FakeAws();
});
afterEach(() => jest.restoreAllMocks());

/** What a platform can leave behind, all of it. */
function plant() {
  aws.loadBalancers = [{ arn: 'lb-1', cluster: 'shop' }];
  aws.targetGroups = [{ arn: 'tg-1', cluster: 'shop' }];
  aws.interfaces = [{ id: 'eni-1', cluster: 'shop' }];
  aws.groups = [
    { id: 'sg-1', tag: CONTROLLER, cluster: 'shop', names: ['sg-2'] },
    { id: 'sg-2', tag: EKS, cluster: 'shop', names: ['sg-1', 'sg-2'] },
  ];
  aws.logGroups = ['/aws/eks/shop/cluster'];
  aws.records = [marker('edns-a.app.example.com.', 'shop'), { Name: 'app.example.com.', Type: 'A', AliasTarget: {} }];
}

function marker(Name: string, owner: string) {
  return { Name, Type: 'TXT', TTL: 300, ResourceRecords: [{ Value: `"heritage=external-dns,external-dns/owner=${owner},external-dns/resource=ingress/a/b"` }] };
}

test('deletes all that the cluster left, each kind after what holds it, and says so', async () => {
  plant();
  const { answers } = await serve(aws, deletion());
  expect(answers).toEqual([expect.objectContaining({ Status: 'SUCCESS', PhysicalResourceId: 'teardown-shop', RequestId: 'request' })]);
  expect(aws.changes).toEqual([
    'deleteLoadBalancer', 'deleteTargetGroup', 'deleteNetworkInterface', 'revokeSecurityGroupIngress', 'revokeSecurityGroupIngress',
    'deleteSecurityGroup', 'deleteSecurityGroup', 'deleteLogGroup', 'changeResourceRecordSets',
  ]);
  expect([aws.loadBalancers, aws.targetGroups, aws.interfaces, aws.groups, aws.logGroups, aws.records].flat()).toEqual([]);
});

test('logs each deletion', async () => {
  plant();
  await serve(aws, deletion());
  for (const name of ['load balancer lb-1', 'target group tg-1', 'network interface eni-1', 'security group sg-2', 'log group /aws/eks/shop/cluster']) {
    expect(console.log).toHaveBeenCalledWith(`deleted ${name}`);
  }
});

test.each([false, true])('leaves alone what is another cluster\'s, in another VPC or in use, even if EC2 lists it: %s', async ignoresFilters => {
  aws.ignoresFilters = ignoresFilters;
  aws.loadBalancers = [{ arn: 'lb-1', cluster: 'other' }, { arn: 'lb-2', cluster: 'shop', vpc: 'vpc-2' }];
  aws.targetGroups = [{ arn: 'tg-1', cluster: 'shop-2' }];
  aws.interfaces = [{ id: 'eni-1', cluster: 'other' }, { id: 'eni-2', cluster: 'shop', status: 'in-use' }];
  aws.groups = [{ id: 'sg-1', tag: 'kubernetes.io/cluster', cluster: 'shop' }, { id: 'sg-2', tag: EKS, cluster: 'other' }];
  aws.logGroups = ['/aws/eks/shop/cluster-2', '/aws/eks/shop-2/cluster'];
  aws.records = [marker('edns-a.app.example.com.', 'shop-2'), { Name: 'app.example.com.', Type: 'A' }];
  const { answers } = await serve(aws, deletion());
  expect(aws.changes).toEqual([]);
  expect(answers[0]).toMatchObject({ Status: 'SUCCESS', Reason: '0 deleted' });
});

test('touches nothing in other VPCs: asks EC2 for those of the platform only', async () => {
  await serve(aws, deletion());
  const filters = aws.calls.filter(it => it.input.Filters).map(it => it.input.Filters[0]);
  expect(filters.length).toBeGreaterThan(2);
  filters.forEach(it => expect(it).toEqual({ Name: 'vpc-id', Values: ['vpc-1'] }));
});

test('deletes 50 load balancers, 200 target groups and 1,000 interfaces, page by page, in one invocation', async () => {
  aws.loadBalancers = Array.from({ length: 50 }, (_, index) => ({ arn: `lb-${index}`, cluster: 'shop' }));
  aws.targetGroups = Array.from({ length: 200 }, (_, index) => ({ arn: `tg-${index}`, cluster: 'shop' }));
  aws.interfaces = Array.from({ length: 1000 }, (_, index) => ({ id: `eni-${index}`, cluster: 'shop' }));
  const { answers } = await serve(aws, deletion());
  expect(answers[0]).toMatchObject({ Status: 'SUCCESS', Reason: '1250 deleted' });
  expect(aws.interfaces).toEqual([]);
});

test.each([
  ['a deletion is throttled', 'deleteNetworkInterface', 'RequestLimitExceeded'],
  ['a list is throttled', 'describeNetworkInterfaces', 'Throttling'],
  ['a group is still in use', 'deleteSecurityGroup', 'DependencyViolation'],
  ['a target group is still in use', 'deleteTargetGroup', 'ResourceInUseException'],
  ['Route 53 is still busy', 'changeResourceRecordSets', 'PriorRequestNotComplete'],
])('tries again, after ever longer pauses, when %s', async (_, operation, error) => {
  plant();
  aws.failures[operation] = Array.from({ length: 4 }, () => awsError(error));
  const { answers, elapsed } = await serve(aws, deletion());
  expect(answers[0].Status).toBe('SUCCESS');
  expect(elapsed).toBeGreaterThan(3_000);
  expect(aws.groups).toEqual([]);
});

test('treats as deleted what is gone in the meantime', async () => {
  plant();
  aws.failures.deleteNetworkInterface = [awsError('InvalidNetworkInterfaceID.NotFound')];
  aws.before = operation => operation === 'deleteNetworkInterface' && (aws.interfaces = []);
  expect((await serve(aws, deletion())).answers[0].Status).toBe('SUCCESS');
});

test('looks again, as lists lag behind: what shows up late is deleted, too', async () => {
  plant();
  aws.before = operation => {
    if (operation === 'deleteLogGroup') {
      aws.interfaces = [{ id: 'eni-late', cluster: 'shop' }];
    }
  };
  expect((await serve(aws, deletion())).answers[0].Status).toBe('SUCCESS');
  expect(aws.interfaces).toEqual([]);
});

test('stops early at a protected load balancer, having deleted the rest, and says what helps', async () => {
  plant();
  aws.loadBalancers.push({ arn: 'lb-protected', cluster: 'shop', isProtected: true });
  const { answers, elapsed } = await serve(aws, deletion());
  expect(answers[0].Status).toBe('FAILED');
  expect(answers[0].Reason).toMatch(/lb-protected: OperationNotPermittedException.*deletion protection is enabled.*aws elbv2 modify-load-balancer-attributes/);
  expect(aws.loadBalancers.map(it => it.arn)).toEqual(['lb-protected']);
  expect(answers[0].Reason).toContain('9 deleted, 1 left by cluster shop');
  expect(aws.interfaces).toEqual([]);
  expect(elapsed).toBeLessThan(60_000);
});

test('fails with what it may not list, instead of reporting that nothing is left', async () => {
  aws.failures.describeTargetGroups = [awsError('AccessDenied', 'not authorized')];
  expect((await serve(aws, deletion())).answers[0]).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('can\'t list any target group') });
});

test('answers in time with what is left, if it can\'t delete everything within the hour', async () => {
  plant();
  aws.before = operation => {
    if (operation === 'deleteSecurityGroup') {
      throw awsError('DependencyViolation', 'has a dependent object');
    }
  };
  let [event, start, invocations] = [deletion(), 0, 1];
  let { answers, elapsed } = await serve(aws, event, start);
  for (; answers.length === 0; invocations++) {
    event = JSON.parse(aws.calls.filter(it => it.operation === 'invoke').pop()!.input.Payload);
    start += elapsed;
    ({ answers, elapsed } = await serve(aws, event, start));
  }
  expect(invocations).toBe(4);
  expect(start + elapsed).toBeGreaterThan(50 * 60_000);
  expect(start + elapsed).toBeLessThan(58 * 60_000);
  expect(answers[0]).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('security group sg-1: DependencyViolation: has a dependent object') });
});

test('keeps the answer within the size that CloudFormation accepts', async () => {
  aws.loadBalancers = Array.from({ length: 300 }, (_, index) => ({ arn: `lb-${index}`, cluster: 'shop', isProtected: true }));
  const { answers } = await serve(aws, deletion());
  expect(answers[0].Status).toBe('FAILED');
  expect(JSON.stringify(answers[0]).length).toBeLessThan(4096);
});

test('continues in another invocation before its time is up, and answers only once', async () => {
  plant();
  aws.before = operation => {
    if (operation === 'deleteSecurityGroup') {
      throw awsError('DependencyViolation');
    }
  };
  const first = await serve(aws, deletion());
  const invoke = aws.calls.find(it => it.operation === 'invoke')!;
  expect(first.answers).toEqual([]);
  expect(first.elapsed).toBeLessThanOrEqual(14 * 60_000);
  expect(invoke.input).toMatchObject({ FunctionName: 'teardown', InvocationType: 'Event' });
  const next = JSON.parse(invoke.input.Payload);
  expect(next).toEqual({ ...deletion(), StartedAt: 0 });

  aws.before = () => {};
  const second = await serve(aws, next, first.elapsed);
  expect(second.answers).toEqual([expect.objectContaining({ Status: 'SUCCESS' })]);
  expect(aws.groups).toEqual([]);
});

test('a dry run deletes nothing, answers nobody and says how much it would delete, while the cluster exists', async () => {
  plant();
  aws.cluster = { status: 'ACTIVE' };
  const { answers, outcome } = await serve(aws, { DryRun: true, ResourceProperties: deletion().ResourceProperties });
  expect(aws.changes).toEqual([]);
  expect(answers).toEqual([]);
  expect(outcome).toEqual({ deleted: 9, left: [], outOfTime: false });
  expect(console.log).toHaveBeenCalledWith('would delete load balancer lb-1');
});

test.each(['ACTIVE', 'UPDATING', 'CREATING', 'FAILED'])('keeps everything while the cluster is there: %s', async status => {
  plant();
  aws.cluster = { status };
  const { answers } = await serve(aws, deletion());
  expect(aws.changes).toEqual([]);
  expect(answers[0]).toMatchObject({ Status: 'SUCCESS', Reason: 'Deleted nothing: the cluster shop still exists' });
});

test('deletes nothing when it can\'t find out whether the cluster exists', async () => {
  plant();
  aws.failures.describeCluster = [awsError('AccessDeniedException', 'not authorized')];
  expect((await serve(aws, deletion())).answers[0].Status).toBe('FAILED');
  expect(aws.changes).toEqual([]);
});

test('waits for a cluster that is being deleted before it deletes anything', async () => {
  plant();
  aws.cluster = { status: 'DELETING' };
  let asked = 0;
  aws.before = operation => {
    if (operation === 'describeCluster' && ++asked > 5) {
      aws.cluster = undefined;
    }
  };
  const { answers, elapsed } = await serve(aws, deletion());
  expect(answers[0].Status).toBe('SUCCESS');
  expect(elapsed).toBeGreaterThan(5_000);
  expect(aws.groups).toEqual([]);
});

test.each(['Create', 'Update'] as const)('does nothing on %s, under an id that is the cluster\'s whatever the construct is called', async RequestType => {
  plant();
  const { answers } = await serve(aws, deletion({}, { RequestType, PhysicalResourceId: undefined, LogicalResourceId: 'Renamed' }));
  expect(answers[0]).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'teardown-shop' });
  expect(aws.calls).toEqual([]);
});

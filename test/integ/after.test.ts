import type { Account } from '../../integ/support/existence';
import { inventory, kindOf, orphans, settled } from '../../integ/support/orphans';
import { rowsOf, verdict } from '../../integ/support/verdict';

const EC2 = 'arn:aws:ec2:us-east-1:123456789012';
const ELB = 'arn:aws:elasticloadbalancing:us-east-1:123456789012';

describe('the verdict', () => {
  const outputs = (more: { [output: string]: string } = {}) => ({
    'integ-dns': { KubeconfigCommand: 'aws eks ...' },
    'integ-dns-checks': { AssertionResultsSubnet1: '{"status":"success"}', ReportDns: 'PASSED 2 of 2 checks\nok cache: 172.20.0.1\nok record: none\n', ...more },
  });

  test('is one table of all checks', () => {
    const { lines, code } = verdict(rowsOf(outputs(), 'integ-dns'));
    expect(code).toBe(0);
    expect(lines).toEqual([
      'check        result  what was seen',
      'Subnet1      ok',
      'Dns: cache   ok      172.20.0.1',
      'Dns: record  ok      none',
      'All 3 checks passed.',
    ]);
  });

  test('says what failed and why, and ends with 1', () => {
    const failed = { AssertionResultsSubnet2: JSON.stringify({ status: 'fail', message: 'Expected "available"\n  but received "pending"' }) };
    const { lines, code } = verdict(rowsOf(outputs(failed), 'integ-dns'));
    expect(code).toBe(1);
    expect(lines).toContain('Subnet2      FAILED  Expected "available" but received "pending"');
    expect(lines.at(-1)).toBe('1 of 4 checks failed.');
  });

  test('a report that failed, or that can not be read, fails', () => {
    expect(rowsOf(outputs({ ReportDns: 'FAILED 1 of 1 checks\nFAILED record: gone\nrubbish' }), 'integ-dns').filter(it => !it.passed)).toEqual([
      { name: 'Dns: record', passed: false, words: 'gone' }, { name: 'Dns: ?', passed: false, words: 'rubbish' },
    ]);
  });

  test('no results are no success', () => {
    expect(verdict(rowsOf({}, 'integ-dns'))).toEqual({ lines: ['No results: was it deployed?'], code: 1 });
  });
});

describe('what is left', () => {
  /** An account in which some things carry tags, and some of them are still there. */
  function fake({ tagged = {}, logGroups = [], there = [] }: { tagged?: { [key: string]: string[] }; logGroups?: string[]; there?: string[] }) {
    const asked: any[] = [];
    const found = (field: string) => async ({ Filters, Filter = Filters }: any) => ({ [field]: there.filter(it => Filter[0].Values.includes(it)) });
    const missing = () => Promise.reject(Object.assign(new Error('gone'), { name: 'LoadBalancerNotFoundException' }));
    const account = {
      tags: {
        getResources: async (request: any) => {
          asked.push(request);
          const all = tagged[request.TagFilters[0].Key] ?? [];
          const page = Number(request.PaginationToken ?? 0);
          const next = page + 1 < all.length ? `${page + 1}` : '';
          return { ResourceTagMappingList: all.slice(page, page + 1).map(ResourceARN => ({ ResourceARN })), PaginationToken: next };
        },
      },
      logs: {
        describeLogGroups: async ({ logGroupNamePrefix }: any) =>
          ({ logGroups: logGroups.filter(it => it.includes(logGroupNamePrefix)).map(arn => ({ arn })) }),
      },
      ec2: Object.fromEntries(['Instances:Reservations', 'NatGateways', 'NetworkInterfaces', 'Volumes', 'VpcEndpoints'].map(it => it.split(':'))
        .map(([kind, field = kind]) => [`describe${kind}`, found(field)])),
      elb: {
        describeLoadBalancers: async ({ LoadBalancerArns: [arn] }: any) => there.includes(arn) ? { LoadBalancers: [{}] } : missing(),
        describeTargetGroups: missing,
      },
      eks: { describeCluster: missing },
    } as unknown as Account;
    return { account, asked };
  }

  test('nothing ends with 0, and every tag of the test and of the controllers was asked for', async () => {
    const { account, asked } = fake({});
    expect(inventory(await orphans(account, 'integ-dns'), 'integ-dns')).toEqual({ lines: ['Nothing is left of integ-dns.'], code: 0 });
    expect(asked.map(it => it.TagFilters[0])).toEqual([
      ...['eks-platform-integ', 'elbv2.k8s.aws/cluster', 'io.cilium/cluster-name', 'aws:eks:cluster-name', 'eks:cluster-name'].map(Key => ({ Key, Values: ['integ-dns'] })),
      { Key: 'kubernetes.io/cluster/integ-dns' },
    ]);
  });

  test('lists what is left with its price, and ends with 1', async () => {
    const balancer = `${ELB}:loadbalancer/app/integ-dns/abc`;
    const { account } = fake({
      tagged: { 'eks-platform-integ': [`${EC2}:natgateway/nat-1`, `${EC2}:vpc/vpc-1`], 'elbv2.k8s.aws/cluster': [balancer] },
      logGroups: ['arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/integ-dns-Handler:*'],
      there: ['nat-1', balancer],
    });
    const { lines, code } = inventory(await orphans(account, 'integ-dns'), 'integ-dns');
    expect(code).toBe(1);
    expect(lines).toEqual([
      'kind                               an hour  ARN',
      `ec2/natgateway                     $0.0450  ${EC2}:natgateway/nat-1`,
      `ec2/vpc                            -        ${EC2}:vpc/vpc-1`,
      `elasticloadbalancing/loadbalancer  $0.0225  ${balancer}`,
      'logs/log-group                     -        arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/integ-dns-Handler',
      '4 things are left of integ-dns: $0.07 an hour.',
    ]);
  });

  test('does not count what is still listed by its tags, but no more by its service', async () => {
    const gone = ['natgateway/nat-1', 'instance/i-1', 'network-interface/eni-1', 'volume/vol-1', 'vpc-endpoint/vpce-1'].map(it => `${EC2}:${it}`);
    const { account } = fake({ tagged: { 'eks-platform-integ': [...gone, `${ELB}:targetgroup/a/b`, 'arn:aws:eks:us-east-1:123456789012:cluster/integ-dns'] } });
    expect(await orphans(account, 'integ-dns')).toEqual([]);
  });

  test('another error than "not found" does not count as deleted', async () => {
    const { account } = fake({ tagged: { 'eks-platform-integ': ['arn:aws:eks:us-east-1:123456789012:cluster/integ-dns'] } });
    const refused = () => Promise.reject(Object.assign(new Error('not yours'), { name: 'AccessDeniedException' }));
    await expect(orphans({ ...account, eks: { describeCluster: refused } as any }, 'integ-dns')).rejects.toThrow('not yours');
  });

  test('looks again for some minutes', async () => {
    const looks = [[{ arn: 'a', kind: 'b' }], [{ arn: 'a', kind: 'b' }], []];
    const waits: number[] = [];
    expect(await settled(async () => looks.shift()!, async milliseconds => void waits.push(milliseconds))).toEqual([]);
    expect(waits).toEqual([30_000, 30_000]);
    expect(await settled(async () => [{ arn: 'a', kind: 'b' }], async () => undefined, 3)).toHaveLength(1);
  });

  test.each([
    [`${EC2}:instance/i-1`, 'ec2/instance'],
    ['arn:aws:lambda:us-east-1:123456789012:function:name', 'lambda/function'],
    ['arn:aws:s3:::bucket', 's3/bucket'],
  ])('%s is of the kind %s', (arn, kind) => {
    expect(kindOf(arn)).toBe(kind);
  });
});

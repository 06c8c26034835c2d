import type { AwsClient } from '../../rehearsal/aws/client';
import { inventory } from '../../rehearsal/aws/inventory';

/** An account in which each operation has an answer; the others answer with nothing. */
const account = (answers: { [operation: string]: object }) =>
  ({ call: async (_: string, operation: string) => answers[operation] ?? {} }) as unknown as AwsClient;

test('has the names of each kind, in order', async () => {
  const found = await inventory(account({
    list_clusters: { clusters: ['shop', 'blog'] },
    list_roles: { Roles: [{ RoleName: 'nodes' }, { RoleName: 'functions' }] },
  }));
  expect(found).toMatchObject({ cluster: ['blog', 'shop'], role: ['functions', 'nodes'], VPC: [] });
  expect(Object.keys(found)).toHaveLength(21);
});

test.each([
  ['stack', 'list_stacks', { StackSummaries: [{ StackName: 'old', StackStatus: 'DELETE_COMPLETE' }, { StackName: 'shop', StackStatus: 'DELETE_FAILED' }] }, ['shop']],
  ['VPC', 'describe_vpcs', { Vpcs: [{ VpcId: 'vpc-0', IsDefault: true }, { VpcId: 'vpc-1' }] }, ['vpc-1']],
  ['subnet', 'describe_subnets', { Subnets: [{ SubnetId: 'subnet-0', DefaultForAz: true }, { SubnetId: 'subnet-1' }] }, ['subnet-1']],
  ['NAT gateway', 'describe_nat_gateways', { NatGateways: [{ NatGatewayId: 'nat-0', State: 'deleted' }, { NatGatewayId: 'nat-1' }] }, ['nat-1']],
  ['policy', 'list_policies', {
    Policies: [{ PolicyName: 'Admin', Arn: 'arn:aws:iam::aws:policy/Admin' }, { PolicyName: 'own', Arn: 'arn:aws:iam::1:policy/own' }],
  }, ['own']],
])('leaves out what every account has, and what is deleted: %s', async (kind, operation, answer, names) => {
  expect((await inventory(account({ [operation]: answer })))[kind]).toEqual(names);
});

test('fails if a kind can\'t be listed: it would hide what is left', async () => {
  const refusing = { call: async () => Promise.reject(new Error('AccessDenied')) } as unknown as AwsClient;
  await expect(inventory(refusing)).rejects.toThrow('AccessDenied');
});

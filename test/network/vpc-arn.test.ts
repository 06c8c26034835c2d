import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { vpcArn } from '../../src/network/vpc-arn';
import { stackFixture } from '../support/fixtures';
import { vpcFixture } from '../support/network';
import { text } from '../support/read';

const ENV = { account: '123456789012', region: 'eu-central-1' };
const lookup = (ownerAccountId?: string) => ({
  'vpc-provider:account=123456789012:filter.vpc-id=vpc-1:region=eu-central-1:returnAsymmetricSubnets=true':
    { vpcId: 'vpc-1', vpcCidrBlock: '10.0.0.0/16', ownerAccountId, availabilityZones: [], subnetGroups: [] },
});

test.each([['without', undefined], ['with', ENV]])('holds the stack\'s own partition, region and account %s an environment', (_, env) => {
  const { stack, vpc } = vpcFixture({}, { env });
  expect(stack.resolve(vpcArn(vpc))).toEqual({
    'Fn::Sub': ['arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:vpc/${Vpc}', { Vpc: stack.resolve(vpc.vpcId) }],
  });
});

test.each([
  ['another account', '999999999999', '999999999999'],
  ['this account', '123456789012', '<token>'],
  ['no known account', undefined, '<token>'],
])('holds the account of the owner where a VPC is of %s', (_, owner, account) => {
  const stack = stackFixture({ env: ENV, context: lookup(owner) });
  const vpc = ec2.Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-1' });
  expect(text(stack.resolve(vpcArn(vpc)))).toBe(`arn:<token>:ec2:<token>:${account}:vpc/vpc-1`);
});

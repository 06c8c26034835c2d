import { readFileSync } from 'fs';
import { dirname, join } from 'path';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AlbController } from '../../src';
import { clusterFixture, importedClusterFixture, type StackOptions } from '../support/fixtures';
import { resourcesOf, text, workloadStatements } from '../support/read';

const ROLE = 'kube-system/aws-load-balancer-controller';

function statements(options: StackOptions = {}): any[] {
  const { stack, cluster, template } = clusterFixture({}, options);
  new AlbController(stack, 'Alb', { cluster });
  return workloadStatements(template(), ROLE);
}

/** The newest policy that aws-cdk-lib ships: its authors' own. */
function upstream(): any[] {
  const folder = join(dirname(require.resolve('aws-cdk-lib/package.json')), 'aws-eks-v2', 'lib', 'addons');
  return JSON.parse(readFileSync(join(folder, 'alb-iam_policy-v3.2.2.json'), 'utf8')).Statement;
}

/** A statement whose spelling does not matter: lists sorted, the partition as upstream writes it. */
function plain({ Effect, Action, Resource, Condition }: any) {
  const list = (value: any) => [value].flat().map(item => text(item).replace('arn:<token>:', 'arn:aws:')).sort();
  const conditions = Object.entries<any>(Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => `${operator} ${key} ${list(value)}`));
  return { Effect, actions: list(Action), resources: list(Resource), conditions: conditions.sort() };
}

const VPC_CONDITION = 'ArnEquals ec2:Vpc arn:aws:ec2:<token>:<token>:vpc/<token>';

describe('the policy of the role', () => {
  test('has the 16 statements of its authors in their order, and differs only in the VPC', () => {
    const ours = statements().map(plain).map(it => ({ ...it, conditions: it.conditions.filter(condition => condition !== VPC_CONDITION) }));
    expect(ours).toHaveLength(16);
    expect(ours).toEqual(upstream().map(plain));
  });

  test('opens security groups without the tag of the controller in the VPC of the cluster only', () => {
    const narrowed = statements().map(plain).filter(it => it.conditions.includes(VPC_CONDITION));
    expect(narrowed).toEqual([{
      Effect: 'Allow',
      actions: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
      resources: ['*'],
      conditions: [VPC_CONDITION],
    }]);
  });

  test('is narrowed to a VPC that was made elsewhere, too', () => {
    const { stack, cluster, template } = importedClusterFixture();
    new AlbController(stack, 'Alb', { cluster });
    expect(text(workloadStatements(template(), ROLE)[3].Condition.ArnEquals['ec2:Vpc'])).toBe('arn:<token>:ec2:<token>:<token>:vpc/vpc-0123456789abcdef0');
  });

  test('has no action with a wildcard', () => {
    expect(statements().flatMap(it => it.Action).filter(action => action.includes('*'))).toEqual([]);
  });

  test('stays below the 10,240 characters of a role', () => {
    const written = JSON.stringify({ Version: '2012-10-17', Statement: statements().map(withLongestNames) });
    expect(written.length).toBeGreaterThan(5000);
    expect(written.length).toBeLessThan(10240);
  });

  test('is part of the role, so that CloudFormation never deletes the one and leaves the other', () => {
    const { stack, cluster, template } = clusterFixture();
    new AlbController(stack, 'Alb', { cluster });
    const policies = Object.values(resourcesOf(template(), 'AWS::IAM::Policy')).flatMap(it => it.Properties.Roles.map((role: any) => role.Ref));
    expect(policies.filter(role => role.startsWith('Alb'))).toEqual([]);
  });
});

describe('partitions', () => {
  test.each(['no region', 'eu-central-1', 'cn-north-1', 'us-gov-west-1'])('are left to the deployment in a stack with %s', region => {
    const { stack, cluster } = clusterFixture({}, region === 'no region' ? {} : { env: { region, account: '123456789012' } });
    new AlbController(stack, 'Alb', { cluster });
    expect(ownTemplate(stack)).toContain('arn:${AWS::Partition}:elasticloadbalancing');
    expect(ownTemplate(stack)).not.toMatch(/arn:aws|amazonaws\.com\.cn/);
  });
});

/** What the controller adds to a template: all below its construct. */
function ownTemplate(stack: Stack): string {
  const resources = Object.entries(Template.fromStack(stack).toJSON().Resources).filter(([id]) => id.startsWith('Alb'));
  expect(resources.length).toBeGreaterThan(1);
  return JSON.stringify(resources);
}

function withLongestNames(value: any): any {
  if (Array.isArray(value)) {
    return value.map(withLongestNames);
  }
  if (typeof value !== 'object') {
    return value;
  }
  return value['Fn::Sub']
    ? text(value).replace('arn:<token>', 'arn:aws-us-gov').replace(':<token>:<token>:', ':ap-southeast-1:123456789012:').replace('<token>', 'vpc-0123456789abcdef0')
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withLongestNames(item)]));
}

import { Cilium } from '../../src';
import { clusterFixture, importedClusterFixture } from '../support/fixtures';
import { text, workloadStatements } from '../support/read';

/** The statements of the operator's role, with tokens as `<token>`, lists even where there is one. */
function statements(): { actions: string[]; resources: string[]; conditions: any }[] {
  const { stack, cluster, template } = clusterFixture();
  new Cilium(stack, 'Cilium', { cluster, clusterName: 'shop' });
  return workloadStatements(template(), 'kube-system/cilium-operator').map(({ Effect, Action, Resource, Condition, ...more }) => {
    expect([Effect, more]).toEqual(['Allow', {}]);
    return { actions: [Action].flat(), resources: [Resource].flat().map(text), conditions: JSON.parse(JSON.stringify(Condition ?? {})) };
  });
}

const ARN = 'arn:<token>:ec2:<token>:<token>:';
const resourcesOf = (action: string) => statements().filter(it => it.actions.includes(action)).flatMap(it => it.resources).sort();
const conditionsOf = (action: string, resource: string) => {
  const found = statements().filter(it => it.actions.includes(action) && it.resources.includes(`${ARN}${resource}`));
  expect(found).toHaveLength(1);
  return found[0].conditions;
};

test('the operator may do what it needs in ENI mode, and no more', () => {
  expect([...new Set(statements().flatMap(it => it.actions))].sort()).toEqual([
    'ec2:AssignPrivateIpAddresses',
    'ec2:AttachNetworkInterface',
    'ec2:CreateNetworkInterface',
    'ec2:CreateTags',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeInstanceTypes',
    'ec2:DescribeManagedPrefixLists',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeRouteTables',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeSubnets',
    'ec2:DescribeVpcs',
    'ec2:GetManagedPrefixListEntries',
    'ec2:ModifyNetworkInterfaceAttribute',
    'ec2:UnassignPrivateIpAddresses',
  ]);
});

test('names no action with a wildcard', () => {
  expect(statements().flatMap(it => it.actions).filter(action => action.includes('*'))).toEqual([]);
});

test('only reads where it can name no resource', () => {
  const everywhere = statements().filter(it => it.resources.includes('*')).flatMap(it => it.actions);
  expect(everywhere).not.toHaveLength(0);
  expect(everywhere.filter(action => !/^ec2:(Describe|Get)/.test(action))).toEqual([]);
});

test('changes things in its own region and account only', () => {
  const named = statements().flatMap(it => it.resources).filter(resource => resource !== '*');
  expect(named.filter(resource => !resource.startsWith(ARN))).toEqual([]);
});

test('makes interfaces in the VPC of the cluster only, and with the name of the cluster on them', () => {
  expect(resourcesOf('ec2:CreateNetworkInterface')).toEqual([`${ARN}network-interface/*`, `${ARN}security-group/*`, `${ARN}subnet/*`]);
  for (const resource of ['subnet/*', 'security-group/*']) {
    expect(text(conditionsOf('ec2:CreateNetworkInterface', resource).ArnEquals['ec2:Vpc'])).toBe(`${ARN}vpc/<token>`);
  }
  expect(conditionsOf('ec2:CreateNetworkInterface', 'network-interface/*')).toEqual({
    StringEquals: { 'aws:RequestTag/io.cilium/cluster-name': 'shop' },
  });
});

test('writes tags only as it makes an interface', () => {
  expect(resourcesOf('ec2:CreateTags')).toEqual([`${ARN}network-interface/*`]);
  expect(conditionsOf('ec2:CreateTags', 'network-interface/*')).toEqual({ StringEquals: { 'ec2:CreateAction': 'CreateNetworkInterface' } });
});

test.each(['ec2:AttachNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:ModifyNetworkInterfaceAttribute'])(
  'calls %s on interfaces of this cluster only', action => {
    expect(conditionsOf(action, 'network-interface/*')).toEqual({ StringEquals: { 'aws:ResourceTag/io.cilium/cluster-name': 'shop' } });
  });

test('deletes nothing but interfaces', () => {
  expect(resourcesOf('ec2:DeleteNetworkInterface')).toEqual([`${ARN}network-interface/*`]);
});

test.each(['ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'])(
  'calls %s on any interface of the VPC, as the first of a node carries no tag of Cilium', action => {
    expect(resourcesOf(action)).toEqual([`${ARN}network-interface/*`]);
    const { ArnEquals, ...more } = conditionsOf(action, 'network-interface/*');
    expect(text(ArnEquals['ec2:Vpc'])).toBe(`${ARN}vpc/<token>`);
    expect(more).toEqual({});
  });

test('is narrowed to a VPC that was made elsewhere, too', () => {
  const { stack, cluster, template } = importedClusterFixture();
  new Cilium(stack, 'Cilium', { cluster, clusterName: 'legacy' });
  const conditions = workloadStatements(template(), 'kube-system/cilium-operator').map(it => it.Condition?.ArnEquals?.['ec2:Vpc']).filter(it => it);
  expect(conditions.map(text)).toEqual([`${ARN}vpc/vpc-0123456789abcdef0`, `${ARN}vpc/vpc-0123456789abcdef0`]);
});

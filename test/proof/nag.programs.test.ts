import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { PlatformProfile } from '../../src';
import { platformFixture } from '../support/fixtures';
import { resourcesOf, theOnly } from '../support/read';

const managedPolicies = (...names: string[]) => names.map(name => `Policy::arn:<AWS::Partition>:iam::aws:policy/${name}`);

/** Findings that we acknowledge: the rule, where below the stack, and why it is as it should be. */
const ACKNOWLEDGED: { rule: string; where: string[]; findings?: string[]; reason: string; profiles?: string[] }[] = [
  {
    rule: 'IAM4',
    where: ['Platform/Cluster/Role/Resource'],
    findings: managedPolicies('AmazonEKSClusterPolicy'),
    reason: 'EKS asks for this policy by name and extends it when the control plane needs more.',
  },
  {
    rule: 'IAM4',
    where: ['Platform/Nodes/Role/Resource'],
    findings: managedPolicies('AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly'),
    reason: 'EKS asks nodes for these two policies by name. The one with rights on network interfaces is left out: Cilium has a role of its own.',
  },
  {
    rule: 'IAM5',
    where: ['Platform/Cluster/Kubectl/Handler/Role/Resource'],
    findings: ['Resource::*', 'Resource::arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/*'],
    reason: 'Lambda makes the function\'s interfaces, whose names it chooses, by this role; the function itself is denied it. ECR gives tokens for all '
      + 'repositories or none, and which of this account\'s hold charts is the user\'s choice: they are read and no more.',
  },
  {
    rule: 'IAM5',
    where: ['Platform/Teardown/Handler/Role/Resource'],
    findings: [
      'Resource::*',
      ...['network-interface/*', 'security-group/*'].map(it => `Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:${it}`),
      ...['loadbalancer/*', 'targetgroup/*'].map(it => `Resource::arn:<AWS::Partition>:elasticloadbalancing:<AWS::Region>:<AWS::AccountId>:${it}`),
      ...['log-group:/aws/eks/shop/cluster:*'].map(it => `Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:${it}`),
    ],
    reason: 'What it deletes was named by others: tags in the conditions, or the cluster in the name, make it ours. All else is reading.',
  },
  {
    rule: 'IAM5',
    where: ['Platform/Cilium/Role/Resource/Resource'],
    findings: ['Resource::*'],
    reason: 'The operator describes what is there: EC2 knows no resources in these actions.',
  },
  {
    rule: 'IAM5',
    where: ['Platform/Cilium/Role/Resource/Resource'],
    findings: ['subnet', 'security-group', 'network-interface', 'instance']
      .map(type => `Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:${type}/*`),
    reason: 'Interfaces are made while the cluster runs, in any zone and for any node. Conditions on the VPC or on the cluster\'s tag narrow each '
      + 'action; instances and groups have none, but can be named only beside an interface that has.',
  },
  {
    rule: 'IAM5',
    where: ['Platform/AlbController/Role/Resource/Resource'],
    findings: ['Resource::*'],
    reason: 'The policy that the controller\'s authors publish, narrowed to the VPC where they advise it. Most of it describes, which knows '
      + 'no resources; load balancers and groups are deleted only if they carry the controller\'s tag.',
  },
  {
    rule: 'IAM5',
    where: ['Platform/ExternalDns/Role/Resource/Resource'],
    findings: ['Resource::*'],
    reason: 'ListHostedZones lists all zones or none. Records are read and changed in the given zones only.',
  },
  {
    rule: 'IAM5',
    where: ['Platform/AlbController/Role/Resource/Resource'],
    findings: [
      'ec2:*:*:security-group/*', 'elasticloadbalancing:*:*:targetgroup/*/*',
      ...['net', 'app'].flatMap(kind => [`loadbalancer/${kind}/*/*`, `listener/${kind}/*/*/*`, `listener-rule/${kind}/*/*/*`])
        .map(path => `elasticloadbalancing:*:*:${path}`),
    ].map(arn => `Resource::arn:<AWS::Partition>:${arn}`),
    reason: 'The same policy: load balancers and what belongs to them get their names while the controller runs, and carry its tag.',
  },
];

const PROFILES = [PlatformProfile.DEV, PlatformProfile.STAGING, PlatformProfile.PROD].map(profile => [profile.profileName, profile] as const);

test.each(PROFILES)('AwsSolutions finds in %s what is acknowledged, and nothing else', (name, profile) => {
  const { stack } = platformFixture({ profile });
  expect(findings(stack)).toEqual(acknowledged(name));
});

test('AwsSolutions sees what we define: a policy that allows all is found', () => {
  const { stack, platform } = platformFixture();
  platform.nodes.role.grant(platform.cilium.role, '*');
  expect(findings(stack)).toContain('AwsSolutions-IAM5[Action::*] at Platform/Cilium/Role/Resource/DefaultPolicy/Resource');
});

// cdk-nag knows the clusters of the older module only: what it would ask of ours, and more.
describe('what AwsSolutions asks of clusters that it sees', () => {
  const templates = new Map(PROFILES.map(([name, profile]) => [name, platformFixture({ profile }).template()]));
  const cluster = (name: string) => theOnly(templates.get(name)!, 'AWS::EKS::Cluster').Properties;

  test('EKS1: the API of prod is reached from inside the VPC only', () => {
    expect(cluster('prod').ResourcesVpcConfig).toMatchObject({ EndpointPrivateAccess: true, EndpointPublicAccess: false });
  });

  test('EKS2: the control plane of prod writes all its logs, that of staging who did what', () => {
    const logs = (name: string) => cluster(name).Logging.ClusterLogging.EnabledTypes.map((log: any) => log.Type).sort();
    expect(logs('prod')).toEqual(['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']);
    expect(logs('staging')).toEqual(['audit', 'authenticator']);
    expect(logs('dev')).toEqual([]);
  });

  test('Secrets of prod are encrypted with a key that rotates', () => {
    const [[keyId, key]] = Object.entries(resourcesOf(templates.get('prod')!, 'AWS::KMS::Key'));
    expect(key.Properties.EnableKeyRotation).toBe(true);
    expect(cluster('prod').EncryptionConfig).toEqual([{ Provider: { KeyArn: { 'Fn::GetAtt': [keyId, 'Arn'] } }, Resources: ['secrets'] }]);
  });

  test.each(PROFILES)('nodes of %s are in no public subnet and get no public address', name => {
    const template = templates.get(name)!;
    const subnets = theOnly(template, 'AWS::EKS::Nodegroup').Properties.Subnets.map((subnet: any) => subnet.Ref);
    expect(subnets).toHaveLength(3);
    expect(subnets.filter((subnet: string) => waysOut(template, subnet).some(way => way.GatewayId))).toEqual([]);
    expect(subnets.filter((subnet: string) => resourcesOf(template, 'AWS::EC2::Subnet')[subnet].Properties.MapPublicIpOnLaunch)).toEqual([]);
    expect(theOnly(template, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.NetworkInterfaces).toBeUndefined();
  });

  test.each(PROFILES)('nodes of %s ask for session tokens and keep their disks encrypted', name => {
    const data = theOnly(templates.get(name)!, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData;
    expect(data.MetadataOptions).toMatchObject({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
    expect(data.BlockDeviceMappings.map((disk: any) => disk.Ebs.Encrypted)).toEqual([true]);
  });
});

/** What the pack reports, as `rule at path below the stack`. */
function findings(stack: Stack): string[] {
  const app = stack.node.root as App;
  const below = (path: string) => path.slice(stack.node.path.length + 1);
  return new AwsSolutionsChecks(app).validateScope(app).violations
    .flatMap(({ ruleName, violatingResources }) => violatingResources.map(resource => `${ruleName} at ${below(resource.constructPath!)}`))
    .sort();
}

function acknowledged(profile: string): string[] {
  return ACKNOWLEDGED.filter(row => row.profiles?.includes(profile) ?? true).flatMap(({ rule, where, findings: ids }) => {
    const rules = ids?.map(id => `AwsSolutions-${rule}[${id}]`) ?? [`AwsSolutions-${rule}`];
    return rules.flatMap(id => where.map(path => `${id} at ${path}`));
  }).sort();
}

/** The routes of a subnet to everywhere. */
function waysOut(template: Template, subnet: string): any[] {
  const properties = (type: string) => Object.values(resourcesOf(template, type)).map(it => it.Properties);
  const tables = properties('AWS::EC2::SubnetRouteTableAssociation').filter(it => it.SubnetId.Ref === subnet).map(it => it.RouteTableId.Ref);
  expect(tables).toHaveLength(1);
  const routes = properties('AWS::EC2::Route').filter(it => it.RouteTableId.Ref === tables[0]);
  expect(routes.map(route => route.DestinationCidrBlock)).toEqual(['0.0.0.0/0']);
  return routes;
}

import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { Stack, type App, type CfnResource } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { KubectlProvider, type KubectlProviderProps } from '../../src';
import { HELM_RELEASE, MANIFEST } from '../../tools/template';
import { platformFixture, stackFixture } from '../support/fixtures';
import { idsOf, neededBy, resourcesOf, text, theOnly } from '../support/read';

const ENDPOINT = 'https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com';

describe('of a platform', () => {
  const template = platformFixture().template();
  const [functionId, handler] = Object.entries(resourcesOf(template, 'AWS::Lambda::Function')).find(([id]) => id.includes('Kubectl'))!;

  test('is one function, which serves every chart and manifest and answers CloudFormation itself', () => {
    expect(handler.Properties).toMatchObject({ Handler: 'kubernetes/index.handler', Runtime: 'nodejs24.x', Timeout: 900 });
    const served = [...Object.values(resourcesOf(template, HELM_RELEASE)), ...Object.values(resourcesOf(template, MANIFEST))];
    expect(served).toHaveLength(4);
    served.forEach(it => expect(it.Properties.ServiceToken['Fn::Select'][1][0]).toEqual({ 'Fn::GetAtt': [functionId, 'Arn'] }));
  });

  test('knows the cluster that it is for, and brings Helm and kubectl', () => {
    const [cluster] = idsOf(template, 'AWS::EKS::Cluster');
    expect(handler.Properties.Environment.Variables).toEqual({
      CLUSTER_NAME: { Ref: cluster },
      CLUSTER_ENDPOINT: { 'Fn::GetAtt': [cluster, 'Endpoint'] },
      CLUSTER_CA: { 'Fn::GetAtt': [cluster, 'CertificateAuthorityData'] },
    });
    expect(handler.Properties.Layers).toEqual([{ Ref: idsOf(template, 'AWS::Lambda::LayerVersion')[0] }]);
  });

  test('also serves what the user adds with CDK\'s own constructs, after it has the rights to', () => {
    const { stack, platform, template: own } = platformFixture();
    new eks.KubernetesManifest(stack, 'Object', { cluster: platform.cluster, manifest: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mine' } }] });
    platform.cluster.addHelmChart('Mine', { chart: 'podinfo', release: 'mine' });
    const mine = [...idsOf(own(), HELM_RELEASE, { Release: 'mine' }), ...idsOf(own(), MANIFEST, { Manifest: Match.stringLikeRegexp('"mine"') })];
    expect(mine).toHaveLength(2);
    mine.forEach(id => expect([...neededBy(own(), id)]).toEqual(expect.arrayContaining(idsOf(own(), 'AWS::EKS::AccessEntry'))));
  });

  test('serves charts of other stacks, which keep it until they are gone', () => {
    const { stack, platform, template: own } = platformFixture();
    const other = new Stack(stack.node.root as App, 'Other');
    new eks.HelmChart(other, 'Chart', { cluster: platform.cluster, chart: 'podinfo' });
    const imported = theOnly(Template.fromStack(other), HELM_RELEASE).Properties.ServiceToken['Fn::Select'][1].map((it: any) => it['Fn::ImportValue']);
    const exported = Object.values(own().toJSON().Outputs).map((it: any) => it.Export?.Name);
    expect(imported).toHaveLength(2);
    expect(exported).toEqual(expect.arrayContaining(imported));
  });

  test.each<[string, eks.EndpointAccess, boolean]>([
    ['in the VPC where the API is private', eks.EndpointAccess.PRIVATE, true],
    ['in the VPC where the API is public for some', eks.EndpointAccess.PUBLIC_AND_PRIVATE.onlyFrom('192.0.2.0/24'), true],
    ['outside of the VPC where the API is public alone', eks.EndpointAccess.PUBLIC, false],
  ])('runs %s', (_, endpointAccess, inside) => {
    const own = platformFixture({ endpointAccess }).template();
    const [cluster] = idsOf(own, 'AWS::EKS::Cluster');
    const [{ Properties: { VpcConfig } }] = Object.entries(resourcesOf(own, 'AWS::Lambda::Function')).filter(([id]) => id.includes('Kubectl')).map(([, it]) => it);
    expect(VpcConfig?.SecurityGroupIds).toEqual(inside ? [{ 'Fn::GetAtt': [cluster, 'ClusterSecurityGroupId'] }] : undefined);
    const [, role] = Object.entries(resourcesOf(own, 'AWS::IAM::Role')).find(([id]) => id.includes('Kubectl'))!;
    expect(JSON.stringify(role).includes('ec2:CreateNetworkInterface')).toBe(inside);
  });

  test('costs one function and no layer of the AWS CLI', () => {
    template.resourceCountIs('AWS::Lambda::Function', 2); // with the teardown's
    template.resourceCountIs('AWS::Lambda::LayerVersion', 1);
  });
});

describe('of a cluster that is there', () => {
  test('administers it with an access entry, which is created before the function and deleted after it', () => {
    const template = provided();
    expect(theOnly(template, 'AWS::EKS::AccessEntry').Properties).toMatchObject({
      ClusterName: 'legacy',
      PrincipalArn: { 'Fn::GetAtt': [idsOf(template, 'AWS::IAM::Role')[0], 'Arn'] },
      AccessPolicies: [{
        AccessScope: { Type: 'cluster' },
        PolicyArn: { 'Fn::Sub': 'arn:${AWS::Partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy' },
      }],
    });
    expect(neededBy(template, idsOf(template, 'AWS::Lambda::Function')[0])).toContain(idsOf(template, 'AWS::EKS::AccessEntry')[0]);
  });

  test('what it is asked to do waits for all of its rights, and is undone before it loses them', () => {
    const template = provided();
    const needs = neededBy(template, idsOf(template, HELM_RELEASE)[0]);
    for (const type of ['AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::EKS::AccessEntry', 'AWS::Lambda::Function', 'AWS::Logs::LogGroup']) {
      expect([...needs]).toEqual(expect.arrayContaining(idsOf(template, type)));
    }
  });

  test('may describe this cluster and this stack, read charts of this account, write logs and invoke itself, and nothing else', () => {
    const template = provided();
    const [{ PolicyDocument }] = theOnly(template, 'AWS::IAM::Role').Properties.Policies;
    const allowed = PolicyDocument.Statement.map((it: any) => [[it.Action].flat(), it.Resource === '*' ? '*' : text(it.Resource)]);
    expect(allowed).toEqual([
      [['logs:CreateLogStream', 'logs:PutLogEvents'], '<token>'],
      [['eks:DescribeCluster'], 'arn:<token>:eks:<token>:<token>:cluster/legacy'],
      [['cloudformation:DescribeStacks'], '<token>'],
      [['ecr:GetAuthorizationToken'], '*'],
      [['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], 'arn:<token>:ecr:<token>:<token>:repository/*'],
    ]);
    const itself = { 'Fn::GetAtt': [idsOf(template, 'AWS::Lambda::Function')[0], 'Arn'] };
    expect(theOnly(template, 'AWS::IAM::Policy').Properties.PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: itself },
    ]);
  });

  test('in a VPC, may not make interfaces itself: only Lambda may do that for it', () => {
    const template = provided(stack => ({ ...inVpc(stack), vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } }));
    expect(theOnly(template, 'AWS::Lambda::Function').Properties.VpcConfig).toMatchObject({ SecurityGroupIds: ['sg-0123'] });
    const [allow] = theOnly(template, 'AWS::IAM::Role').Properties.Policies[0].PolicyDocument.Statement.filter((it: any) => it.Action.includes('ec2:CreateNetworkInterface'));
    const [, deny] = theOnly(template, 'AWS::IAM::Policy').Properties.PolicyDocument.Statement;
    expect(deny).toEqual({
      Effect: 'Deny',
      Action: allow.Action,
      Resource: '*',
      Condition: { ArnEquals: { 'lambda:SourceFunctionArn': { 'Fn::GetAtt': [idsOf(template, 'AWS::Lambda::Function')[0], 'Arn'] } } },
    });
  });

  test('keeps its log for a month, or in the log group that is given', () => {
    expect(theOnly(provided(), 'AWS::Logs::LogGroup')).toMatchObject({ Properties: { RetentionInDays: 30 }, DeletionPolicy: 'Delete' });
    const template = provided(stack => ({ logGroup: logs.LogGroup.fromLogGroupName(stack, 'Log', 'mine') }));
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    expect(theOnly(template, 'AWS::Lambda::Function').Properties.LoggingConfig).toEqual({ LogGroup: 'mine' });
  });

  test('may read the charts that are assets, before it is asked for them', () => {
    const stack = stackFixture();
    const cluster = clusterWith(provider(stack));
    const chartAsset = new assets.Asset(stack, 'Chart', { path: __dirname });
    new eks.HelmChart(stack, 'App', { cluster, chartAsset });
    const template = Template.fromStack(stack);
    const [granted] = idsOf(template, 'AWS::IAM::Policy').filter(id => id.includes('DefaultPolicy'));
    expect(neededBy(template, idsOf(template, HELM_RELEASE)[0])).toContain(granted);
  });

  test('accepts more rights, for charts of other accounts', () => {
    const stack = stackFixture();
    const { role } = provider(stack);
    role!.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['ecr:BatchGetImage'], resources: ['arn:aws:ecr:eu-west-1:210987654321:repository/charts'] }));
    expect(JSON.stringify(resourcesOf(Template.fromStack(stack), 'AWS::IAM::Policy'))).toContain('210987654321');
  });
});

test('a chart can ask for Helm\'s legacy waiting, as docs/operations.md has it', () => {
  const stack = stackFixture();
  const chart = clusterWith(provider(stack)).addHelmChart('Rollouts', { chart: 'rollouts', wait: true });
  (chart.node.findChild('Resource').node.defaultChild as CfnResource).addPropertyOverride('Wait', 'legacy');
  expect(theOnly(Template.fromStack(stack), HELM_RELEASE).Properties).toMatchObject({ Wait: 'legacy' });
});

describe('the environment of Helm and kubectl', () => {
  test('is what is given, such as a proxy, beside what names the cluster', () => {
    const template = provided(() => ({ environment: { HTTPS_PROXY: 'http://proxy.example.com:3128', NO_PROXY: '.eks.amazonaws.com' } }));
    expect(theOnly(template, 'AWS::Lambda::Function').Properties.Environment.Variables).toEqual({
      HTTPS_PROXY: 'http://proxy.example.com:3128', NO_PROXY: '.eks.amazonaws.com', CLUSTER_NAME: 'legacy', CLUSTER_ENDPOINT: ENDPOINT, CLUSTER_CA: 'Q0E=',
    });
  });

  test.each(['CLUSTER_NAME', 'CLUSTER_ENDPOINT', 'CLUSTER_CA'])('can\'t point at another cluster: %s', name => {
    expect(() => provided(() => ({ environment: { HTTPS_PROXY: 'http://proxy', [name]: 'x' } })))
      .toThrow(/^`environment` must be without CLUSTER_NAME, CLUSTER_ENDPOINT and CLUSTER_CA, .*\[.*Provider\]$/);
  });
});

describe('refuses', () => {
  test.each(['*', 'shop-*', 'shop?', '', 'two words', '${Cluster}', '-shop', 'a/b', 'a'.repeat(101)])('a name that names no cluster: %j', clusterName => {
    expect(() => provided(() => ({ clusterName }))).toThrow(/^`clusterName` must be 1 to 100 letters, digits, dashes and underscores, .*\[.*Provider\]$/);
  });

  test.each(['Legacy_2', '0', 'a'.repeat(100)])('no name that EKS takes: %s', clusterName => {
    expect(() => provided(() => ({ clusterName }))).not.toThrow();
  });

  test('a VPC without a security group that the API lets in', () => {
    expect(() => provided(stack => ({ ...inVpc(stack), securityGroups: undefined })))
      .toThrow(/^`securityGroups` must be one or more with `vpc`, got: \[\].*\[.*Provider\]$/);
  });

  test.each<[string, (stack: Stack) => Partial<KubectlProviderProps>]>([
    ['subnets', () => ({ vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } })],
    ['security groups', stack => ({ securityGroups: inVpc(stack).securityGroups })],
  ])('%s without their VPC', (_, props) => {
    expect(() => provided(props)).toThrow(/^`vpc` must be given with `vpcSubnets` and `securityGroups`, got: nothing.*\[.*Provider\]$/);
  });
});

function provider(stack: Stack, props: Partial<KubectlProviderProps> = {}): KubectlProvider {
  return new KubectlProvider(stack, 'Provider', {
    clusterName: 'legacy', clusterEndpoint: ENDPOINT, clusterCertificateAuthorityData: 'Q0E=', kubectlLayer: new KubectlV36Layer(stack, 'Layer'), ...props,
  });
}

function clusterWith(kubectlProvider: KubectlProvider): eks.ICluster {
  return eks.Cluster.fromClusterAttributes(Stack.of(kubectlProvider), 'Cluster', { clusterName: 'legacy', kubectlProvider });
}

/** A stack with a provider for a cluster that is there, and a chart in this. */
function provided(props: (stack: Stack) => Partial<KubectlProviderProps> = () => ({})): Template {
  const stack = stackFixture();
  new eks.HelmChart(stack, 'App', { cluster: clusterWith(provider(stack, props(stack))), chart: 'podinfo' });
  return Template.fromStack(stack);
}

function inVpc(stack: Stack) {
  return {
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0123', availabilityZones: ['a'], privateSubnetIds: ['subnet-0123'] }),
    securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123')],
  };
}

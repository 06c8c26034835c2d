import { CfnResource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { WorkloadIdentity } from '../../src';
import { WorkloadRole } from '../../src/cluster/workload-role';
import type { Resource } from '../../tools/template';
import { clusterFixture, importedClusterFixture } from '../support/fixtures';
import { resourcesOf, theOnly, workloadStatements } from '../support/read';

const { IRSA, POD_IDENTITY } = WorkloadIdentity;
type Fixture = ReturnType<typeof clusterFixture | typeof importedClusterFixture>;

function workload({ stack, cluster }: Fixture, identity?: WorkloadIdentity, serviceAccount = 'controller') {
  return new WorkloadRole(stack, serviceAccount, {
    cluster,
    identity,
    serviceAccount,
    namespace: 'system',
    statements: [
      new iam.PolicyStatement({ actions: ['ec2:DescribeVpcs'], resources: ['*'] }),
      new iam.PolicyStatement({ actions: ['ec2:DescribeSubnets'], resources: ['*'] }),
    ],
  });
}

const roleOf = (fixture: Fixture): Resource =>
  Object.values(resourcesOf(fixture.template(), 'AWS::IAM::Role')).find(it => it.Properties.Description === 'system/controller')!;

/** What CloudFormation makes of a trust policy, given the ARN of the provider. */
function substituted(role: Resource, provider: string): any {
  const [template, variables] = role.Properties.AssumeRolePolicyDocument['Fn::Sub'];
  const value = (it: any): string => typeof it === 'string' ? it
    : it['Fn::Select'] ? value(it['Fn::Select'][1]['Fn::Split'][1]).split(it['Fn::Select'][1]['Fn::Split'][0])[it['Fn::Select'][0]]
      : provider;
  return JSON.parse(template.replace(/\$\{(\w+)\}/g, (_: string, name: string) => value(variables[name])));
}

describe('with IRSA', () => {
  test.each([['by default', undefined], ['where asked', IRSA]])('trusts one service account, by the cluster\'s provider, %s', (_, identity) => {
    const fixture = clusterFixture();
    workload(fixture, identity);
    const [provider] = Object.keys(resourcesOf(fixture.template(), 'AWS::IAM::OIDCProvider'));
    const role = roleOf(fixture);
    expect(role.Properties.AssumeRolePolicyDocument['Fn::Sub'][1].Provider).toEqual({ Ref: provider });
    expect(substituted(role, 'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC')).toEqual({
      Version: '2012-10-17',
      Statement: [{
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC' },
        Condition: {
          StringEquals: {
            'oidc.eks.eu-central-1.amazonaws.com/id/ABC:aud': 'sts.amazonaws.com',
            'oidc.eks.eu-central-1.amazonaws.com/id/ABC:sub': 'system:serviceaccount:system:controller',
          },
        },
      }],
    });
  });

  test.each(['aws-cn', 'aws-us-gov'])('finds the issuer in an ARN of the partition %s', partition => {
    const fixture = clusterFixture();
    workload(fixture);
    const trust = substituted(roleOf(fixture), `arn:${partition}:iam::123456789012:oidc-provider/oidc.example.com/id/ABC`);
    expect(Object.keys(trust.Statement[0].Condition.StringEquals)).toEqual(['oidc.example.com/id/ABC:aud', 'oidc.example.com/id/ABC:sub']);
  });

  test('trusts the provider of an imported cluster', () => {
    const fixture = importedClusterFixture();
    workload(fixture);
    const [statement] = substituted(roleOf(fixture), 'nothing is left open').Statement;
    expect(statement.Principal).toEqual({
      Federated: 'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF',
    });
    expect(statement.Condition.StringEquals).toEqual({
      'oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF:aud': 'sts.amazonaws.com',
      'oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF:sub': 'system:serviceaccount:system:controller',
    });
  });

  test('annotates the service account with the role', () => {
    const fixture = clusterFixture();
    const { annotations, role } = workload(fixture);
    expect(annotations).toEqual({ 'eks.amazonaws.com/role-arn': role.roleArn });
  });

  test('brings no agent and no association', () => {
    const fixture = clusterFixture();
    workload(fixture);
    fixture.template().resourceCountIs('AWS::EKS::Addon', 0);
    fixture.template().resourceCountIs('AWS::EKS::PodIdentityAssociation', 0);
  });
});

describe('with Pod Identity', () => {
  test('trusts EKS for one service account of one cluster', () => {
    const fixture = clusterFixture();
    workload(fixture, POD_IDENTITY);
    expect(roleOf(fixture).Properties.AssumeRolePolicyDocument.Statement).toEqual([{
      Effect: 'Allow',
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Condition: {
        StringEquals: {
          'aws:SourceAccount': { Ref: 'AWS::AccountId' },
          'aws:RequestTag/eks-cluster-name': fixture.stack.resolve(fixture.cluster.clusterName),
          'aws:RequestTag/kubernetes-namespace': 'system',
          'aws:RequestTag/kubernetes-service-account': 'controller',
        },
      },
    }]);
  });

  test('associates the role with the service account, after the agent is there', () => {
    const fixture = clusterFixture();
    const { role } = workload(fixture, POD_IDENTITY);
    const [[agent, addon]] = Object.entries(resourcesOf(fixture.template(), 'AWS::EKS::Addon'));
    expect(addon.Properties.AddonName).toBe('eks-pod-identity-agent');
    const association = theOnly(fixture.template(), 'AWS::EKS::PodIdentityAssociation');
    expect(association.Properties).toEqual(fixture.stack.resolve({
      ClusterName: fixture.cluster.clusterName, Namespace: 'system', ServiceAccount: 'controller', RoleArn: role.roleArn,
    }));
    expect(association.DependsOn).toEqual([agent]);
  });

  test('defines the agent once for all roles of a cluster', () => {
    const fixture = clusterFixture();
    workload(fixture, POD_IDENTITY);
    workload(fixture, POD_IDENTITY, 'other');
    fixture.template().resourceCountIs('AWS::EKS::Addon', 1);
    fixture.template().resourceCountIs('AWS::EKS::PodIdentityAssociation', 2);
  });

  test('leaves the agent of an imported cluster to its owner', () => {
    const fixture = importedClusterFixture();
    workload(fixture, POD_IDENTITY);
    fixture.template().resourceCountIs('AWS::EKS::Addon', 0);
    expect(theOnly(fixture.template(), 'AWS::EKS::PodIdentityAssociation').Properties).toMatchObject({ ClusterName: 'legacy', Namespace: 'system' });
    expect(roleOf(fixture).Properties.AssumeRolePolicyDocument.Statement[0].Condition.StringEquals['aws:RequestTag/eks-cluster-name']).toBe('legacy');
  });

  test('leaves the service account as it is, and needs no provider', () => {
    const fixture = clusterFixture();
    expect(workload(fixture, POD_IDENTITY).annotations).toEqual({});
    fixture.template().resourceCountIs('AWS::IAM::OIDCProvider', 0);
  });
});

describe.each([['IRSA', IRSA], ['Pod Identity', POD_IDENTITY]])('with %s as with the other', (_, identity) => {
  test('the statements stand in the role itself, as they were given', () => {
    const fixture = clusterFixture();
    workload(fixture, identity);
    expect(workloadStatements(fixture.template(), 'system/controller')).toEqual([
      { Effect: 'Allow', Action: 'ec2:DescribeVpcs', Resource: '*' },
      { Effect: 'Allow', Action: 'ec2:DescribeSubnets', Resource: '*' },
    ]);
  });

  test('no custom resource writes the trust policy', () => {
    const fixture = clusterFixture();
    workload(fixture, identity);
    fixture.template().resourceCountIs('Custom::AWSCDKCfnJson', 0);
  });

  test('nothing else is defined on an imported cluster', () => {
    const fixture = importedClusterFixture();
    workload(fixture, identity);
    const types = Object.values(fixture.template().toJSON().Resources as any).map((it: any) => it.Type).sort();
    expect(types).toEqual(identity === IRSA ? ['AWS::IAM::Role'] : ['AWS::EKS::PodIdentityAssociation', 'AWS::IAM::Role']);
  });

  test('what depends on it comes after all of it', () => {
    const fixture = importedClusterFixture();
    const pods = new CfnResource(fixture.stack, 'Pods', { type: 'Test::Pods' });
    pods.node.addDependency(workload(fixture, identity));
    const all = Object.keys(fixture.template().toJSON().Resources).filter(id => id !== 'Pods').sort();
    expect(theOnly(fixture.template(), 'Test::Pods').DependsOn).toEqual(all);
  });
});

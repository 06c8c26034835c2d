import { aws_eks_v2 as eks, type Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { AlbController, Cilium, ExternalDns, WorkloadIdentity } from '../../src';
import type { Resource } from '../../tools/template';
import { clusterFixture, importedClusterFixture, platformFixture, zoneFixture } from '../support/fixtures';
import { helmRelease, helmValues, neededBy, resourcesOf, text, theOnly } from '../support/read';

interface Controller {
  readonly release: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  add(stack: Stack, cluster: eks.ICluster, identity?: WorkloadIdentity): { readonly role: iam.IRole };
  annotations(values: any): any;
}

const clusterName = 'shop';
const CONTROLLERS: Controller[] = [
  {
    release: 'cilium',
    namespace: 'kube-system',
    serviceAccount: 'cilium-operator',
    add: (stack, cluster, identity) => new Cilium(stack, 'AddOn', { cluster, clusterName, identity }),
    annotations: values => values.serviceAccounts.operator.annotations,
  },
  {
    release: 'aws-load-balancer-controller',
    namespace: 'kube-system',
    serviceAccount: 'aws-load-balancer-controller',
    add: (stack, cluster, identity) => new AlbController(stack, 'AddOn', { cluster, identity }),
    annotations: values => values.serviceAccount.annotations,
  },
  {
    release: 'external-dns',
    namespace: 'external-dns',
    serviceAccount: 'external-dns',
    add: (stack, cluster, identity) => new ExternalDns(stack, 'AddOn', { cluster, clusterName, identity, hostedZones: [zoneFixture(stack)] }),
    annotations: values => values.serviceAccount.annotations,
  },
];

describe.each(CONTROLLERS)('$serviceAccount in $namespace', ({ release, namespace, serviceAccount, add, annotations }) => {
  const roleOf = (template: Template): [string, Resource] => {
    const found = Object.entries(resourcesOf(template, 'AWS::IAM::Role')).filter(([, it]) => it.Properties.Description === `${namespace}/${serviceAccount}`);
    expect(found).toHaveLength(1);
    return found[0];
  };
  const trust = (template: Template) => roleOf(template)[1].Properties.AssumeRolePolicyDocument;
  const releaseId = (template: Template) => Object.entries(resourcesOf(template, 'Custom::AWSCDK-EKS-HelmChart'))
    .filter(([, it]) => it.Properties.Release === release)[0][0];

  test.each([undefined, WorkloadIdentity.IRSA])('has its role through the OpenID Connect provider with identity %s', identity => {
    const { stack, cluster, template } = clusterFixture();
    add(stack, cluster, identity);
    const [written, variables] = trust(template())['Fn::Sub'];
    expect(JSON.parse(written)).toEqual({
      Version: '2012-10-17',
      Statement: [{
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: '${Provider}' },
        Condition: {
          StringEquals: { '${Issuer}:aud': 'sts.amazonaws.com', '${Issuer}:sub': `system:serviceaccount:${namespace}:${serviceAccount}` },
        },
      }],
    });
    const provider = { Ref: expect.stringMatching(/^ClusterOidcProvider/) };
    expect(variables).toEqual({ Provider: provider, Issuer: { 'Fn::Select': [1, { 'Fn::Split': [':oidc-provider/', provider] }] } });
  });

  test('names the role at the service account, which the chart makes', () => {
    const { stack, cluster, template } = clusterFixture();
    const { role } = add(stack, cluster);
    expect(annotations(helmValues(template(), release))).toEqual({ 'eks.amazonaws.com/role-arn': '<token>' });
    const [roleId] = roleOf(template());
    expect(stack.resolve(role.roleArn)).toEqual({ 'Fn::GetAtt': [roleId, 'Arn'] });
    expect(helmRelease(template(), release).Properties.Values['Fn::Join'][1]).toContainEqual({ 'Fn::GetAtt': [roleId, 'Arn'] });
    template().resourceCountIs('Custom::AWSCDKCfnJson', 0);
    template().resourceCountIs('Custom::AWSCDK-EKS-KubernetesResource', 0);
  });

  test('trusts the provider of a cluster that was made elsewhere', () => {
    const { stack, cluster, template } = importedClusterFixture();
    add(stack, cluster);
    expect(trust(template())['Fn::Sub'][1]).toEqual({
      Provider: 'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF',
      Issuer: 'oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF',
    });
    expect(helmRelease(template(), release).Properties).toMatchObject({ ClusterName: 'legacy', Namespace: namespace });
  });

  test('fails with IRSA on a cluster without a provider', () => {
    const { stack, vpc } = importedClusterFixture();
    const cluster = eks.Cluster.fromClusterAttributes(stack, 'Bare', { clusterName: 'bare', vpc, clusterEndpoint: 'https://example.com' });
    expect(() => add(stack, cluster)).toThrow(/openIdConnectProvider/);
  });

  test('has its role through an association with Pod Identity, for its own cluster only', () => {
    const { stack, cluster, template } = clusterFixture();
    add(stack, cluster, WorkloadIdentity.POD_IDENTITY);
    const [roleId] = roleOf(template());
    expect(theOnly(template(), 'AWS::EKS::PodIdentityAssociation').Properties).toEqual({
      ClusterName: { Ref: expect.stringMatching(/^Cluster/) },
      Namespace: namespace,
      ServiceAccount: serviceAccount,
      RoleArn: { 'Fn::GetAtt': [roleId, 'Arn'] },
    });
    const own = { 'aws:RequestTag/kubernetes-namespace': namespace, 'aws:RequestTag/kubernetes-service-account': serviceAccount };
    const { Statement } = trust(template());
    expect(Statement.flatMap((it: any) => it.Action)).toEqual(['sts:AssumeRole', 'sts:TagSession']);
    for (const { Principal, Condition } of Statement) {
      expect(Principal).toEqual({ Service: 'pods.eks.amazonaws.com' });
      expect(Condition.StringEquals).toMatchObject(own);
      expect(JSON.stringify(Condition)).toMatch(/"(Ref|Fn::GetAtt)":\[?"Cluster/);
    }
    expect(annotations(helmValues(template(), release))).toEqual({});
  });

  test('starts new pods with another identity: those that run would keep the old one\'s credentials', () => {
    const podsWith = (identity: WorkloadIdentity) => {
      const { stack, cluster, template } = clusterFixture();
      add(stack, cluster, identity);
      const values = helmValues(template(), release);
      return (values.operator ?? values).podAnnotations;
    };
    expect(podsWith(WorkloadIdentity.POD_IDENTITY)).toEqual({ 'eks-platform/identity': 'pod-identity' });
    expect(podsWith(WorkloadIdentity.IRSA)).toBeUndefined();
  });

  test('has the agent of Pod Identity before its association', () => {
    const { stack, cluster, template } = clusterFixture();
    add(stack, cluster, WorkloadIdentity.POD_IDENTITY);
    expect(theOnly(template(), 'AWS::EKS::Addon').Properties.AddonName).toBe('eks-pod-identity-agent');
    expect(theOnly(template(), 'AWS::EKS::PodIdentityAssociation').DependsOn).toEqual(Object.keys(resourcesOf(template(), 'AWS::EKS::Addon')));
  });

  test('leaves the agent of a cluster that was made elsewhere to that cluster', () => {
    const { stack, cluster, template } = importedClusterFixture();
    add(stack, cluster, WorkloadIdentity.POD_IDENTITY);
    expect(theOnly(template(), 'AWS::EKS::PodIdentityAssociation').Properties.ClusterName).toBe('legacy');
    template().resourceCountIs('AWS::EKS::Addon', 0);
  });

  test.each(Object.values(WorkloadIdentity))('starts after its role is made and stops before the role is deleted, with %s', identity => {
    const { stack, cluster, template } = clusterFixture();
    add(stack, cluster, identity);
    const needed = neededBy(template(), releaseId(template()));
    expect([...needed]).toEqual(expect.arrayContaining([
      roleOf(template())[0], ...Object.keys(resourcesOf(template(), 'AWS::EKS::PodIdentityAssociation')),
    ]));
  });
});

test('a platform hands its identity to all controllers, with one agent', () => {
  const { template } = platformFixture({ identity: WorkloadIdentity.POD_IDENTITY });
  const associations = Object.values(resourcesOf(template(), 'AWS::EKS::PodIdentityAssociation')).map(it => text(it.Properties.ServiceAccount));
  expect(associations.sort()).toEqual(['aws-load-balancer-controller', 'cilium-operator', 'external-dns']);
  const agents = Object.values(resourcesOf(template(), 'AWS::EKS::Addon')).filter(it => it.Properties.AddonName === 'eks-pod-identity-agent');
  expect(agents).toHaveLength(1);
});

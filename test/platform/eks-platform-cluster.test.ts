import { Match, Template } from 'aws-cdk-lib/assertions';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { EksPlatform, PlatformProfile, type EksPlatformProps } from '../../src';
import { platformFixture, stackFixture } from '../support/fixtures';
import { idsOf, resourcesOf, text, theOnly } from '../support/read';

const { DEV, PROD } = PlatformProfile;
const cluster = (props: Partial<EksPlatformProps> = {}) => theOnly(platformFixture(props).template(), 'AWS::EKS::Cluster').Properties;

test('has none of the network add-ons that EKS would bring', () => {
  expect(cluster().BootstrapSelfManagedAddons).toBe(false);
  const addOns = Object.values(resourcesOf(platformFixture().template(), 'AWS::EKS::Addon')).map(it => it.Properties.AddonName);
  expect(addOns).toEqual(['coredns']);
});

test('is not a cluster of EKS Auto Mode, which accepts no other network', () => {
  expect(cluster()).toMatchObject({
    ComputeConfig: { Enabled: false },
    StorageConfig: { BlockStorage: { Enabled: false } },
    KubernetesNetworkConfig: { ElasticLoadBalancing: { Enabled: false } },
  });
});

describe('admins', () => {
  const roleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

  /** The access entries of a platform by their principals, as logical ids. */
  function entries(...names: string[]): { [principal: string]: string } {
    const stack = stackFixture();
    const admins = names.map(name => iam.Role.fromRoleArn(stack, name, roleArn(name)));
    new EksPlatform(stack, 'Platform', { clusterName: 'shop', admins });
    const found = Object.entries(resourcesOf(Template.fromStack(stack), 'AWS::EKS::AccessEntry'));
    return Object.fromEntries(found.map(([id, it]) => [text(it.Properties.PrincipalArn), id]));
  }

  test('by default only the stack\'s own deployments have access to the API: whoever made the cluster has not', () => {
    expect(Object.keys(entries())).toEqual(['<token>']);
    expect(cluster().AccessConfig).toEqual({ AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false });
  });

  test('each role administers the whole cluster', () => {
    const stack = stackFixture();
    const admins = ['alice', 'ops'].map(name => iam.Role.fromRoleArn(stack, name, roleArn(name)));
    new EksPlatform(stack, 'Platform', { clusterName: 'shop', admins });
    for (const name of ['alice', 'ops']) {
      Template.fromStack(stack).hasResourceProperties('AWS::EKS::AccessEntry', {
        PrincipalArn: roleArn(name),
        ClusterName: { Ref: Match.stringLikeRegexp('^PlatformCluster') },
        AccessPolicies: [{ AccessScope: { Type: 'cluster' }, PolicyArn: Match.anyValue() }],
      });
    }
    const policies = Object.values(resourcesOf(Template.fromStack(stack), 'AWS::EKS::AccessEntry')).map(it => text(it.Properties.AccessPolicies[0].PolicyArn));
    expect(new Set(policies)).toEqual(new Set(['arn:<token>:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy']));
  });

  test('a role keeps its entry when another is added before it or removed', () => {
    const { [roleArn('ops')]: alone } = entries('ops');
    const { [roleArn('ops')]: second } = entries('alice', 'ops');
    expect(alone).toMatch(/^PlatformClusterAdmin/);
    expect(second).toBe(alone);
  });

  test('a role that is named twice has one entry', () => {
    const stack = stackFixture();
    const admins = ['One', 'Other'].map(id => iam.Role.fromRoleArn(stack, id, roleArn('ops')));
    new EksPlatform(stack, 'Platform', { clusterName: 'shop', admins });
    expect(idsOf(Template.fromStack(stack), 'AWS::EKS::AccessEntry', { PrincipalArn: roleArn('ops') })).toHaveLength(1);
  });

  test('a role of the same stack is accepted as well', () => {
    const stack = stackFixture();
    const admin = new iam.Role(stack, 'Ops', { assumedBy: new iam.AccountRootPrincipal() });
    new EksPlatform(stack, 'Platform', { clusterName: 'shop', admins: [admin] });
    Template.fromStack(stack).hasResourceProperties('AWS::EKS::AccessEntry', { PrincipalArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Ops'), 'Arn'] } });
  });
});

test.each([
  ['public and private', eks.EndpointAccess.PUBLIC_AND_PRIVATE, { EndpointPublicAccess: true, EndpointPrivateAccess: true }],
  ['private', eks.EndpointAccess.PRIVATE, { EndpointPublicAccess: false, EndpointPrivateAccess: true }],
  ['public from some addresses', eks.EndpointAccess.PUBLIC_AND_PRIVATE.onlyFrom('203.0.113.0/24'),
    { EndpointPublicAccess: true, EndpointPrivateAccess: true, PublicAccessCidrs: ['203.0.113.0/24'] }],
])('the API is reached as given: %s', (_, endpointAccess, expected) => {
  expect(cluster({ endpointAccess }).ResourcesVpcConfig).toMatchObject(expected);
});

describe('secretsKey', () => {
  test('is a new key in prod: rotated, and gone with the cluster', () => {
    const template = platformFixture({ profile: PROD }).template();
    template.hasResource('AWS::KMS::Key', { Properties: { EnableKeyRotation: true }, DeletionPolicy: 'Delete' });
    expect(theOnly(template, 'AWS::EKS::Cluster').Properties.EncryptionConfig).toEqual([
      { Provider: { KeyArn: { 'Fn::GetAtt': [idsOf(template, 'AWS::KMS::Key')[0], 'Arn'] } }, Resources: ['secrets'] },
    ]);
  });

  test('does not exist in dev: EKS encrypts with its own key', () => {
    expect(cluster({ profile: DEV })).not.toHaveProperty('EncryptionConfig');
  });

  test.each([DEV, PROD])('is the user\'s own if one is given: $profileName', profile => {
    const stack = stackFixture();
    const keyArn = 'arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef';
    new EksPlatform(stack, 'Platform', { clusterName: 'shop', profile, secretsKey: kms.Key.fromKeyArn(stack, 'Key', keyArn) });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::KMS::Key', 0);
    expect(theOnly(template, 'AWS::EKS::Cluster').Properties.EncryptionConfig[0].Provider.KeyArn).toBe(keyArn);
  });
});

test.each([[PROD, undefined, true], [DEV, undefined, false], [DEV, true, true], [PROD, false, false]])(
  'deletion protection in $profileName, given %s: %s', (profile, deletionProtection, expected) => {
    expect(cluster({ profile, deletionProtection }).DeletionProtection).toBe(expected);
  });

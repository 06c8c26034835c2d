import { KubectlV34Layer } from '@aws-cdk/lambda-layer-kubectl-v34';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  AlbController, Cilium, CiliumEncryption, EksPlatform, ExternalDns, ExternalDnsPolicy, NodeGroup, NodeLocalDns, NodeLocalDnsMode,
  PlatformProfile, Vpc, WorkloadIdentity,
} from '../../src';
import { HELM_RELEASE, MANIFEST } from '../../tools/template';
import { platformFixture, stackFixture, zoneFixture } from '../support/fixtures';
import { helmValues, idsOf, kubernetesObjects, resourcesOf, text, theOnly, workloadStatements } from '../support/read';


/** The releases of a template by name, and the cache. */
function addOns(template: Template): string[] {
  const releases = Object.values(resourcesOf(template, HELM_RELEASE)).map(it => it.Properties.Release);
  return [...releases, ...idsOf(template, MANIFEST).map(() => 'node-local-dns')].sort();
}

test('defines a cluster, its network and every add-on', () => {
  const template = platformFixture().template();
  template.resourceCountIs('AWS::EC2::VPC', 1);
  template.resourceCountIs('AWS::EKS::Cluster', 1);
  template.resourceCountIs('AWS::EKS::Nodegroup', 1);
  template.hasResourceProperties('AWS::EKS::Addon', { AddonName: 'coredns', ResolveConflicts: 'OVERWRITE' });
  expect(addOns(template)).toEqual(['aws-load-balancer-controller', 'cilium', 'external-dns', 'node-local-dns']);
});

test('needs only a name', () => {
  const stack = stackFixture();
  new EksPlatform(stack, 'Platform', { clusterName: 'shop' });
  expect(addOns(Template.fromStack(stack))).toEqual(['aws-load-balancer-controller', 'cilium', 'node-local-dns']);
});

test('accepts all props at once', () => {
  const stack = stackFixture();
  new EksPlatform(stack, 'Platform', {
    clusterName: 'shop',
    profile: PlatformProfile.STAGING,
    kubernetesVersion: eks.KubernetesVersion.of('1.35'),
    kubectlLayer: new KubectlV34Layer(stack, 'Kubectl'),
    network: { cidr: '10.9.0.0/16', podCidr: '100.64.0.0/16', natGateways: 3, flowLogRetention: RetentionDays.ONE_DAY },
    endpointAccess: eks.EndpointAccess.PRIVATE,
    admins: [iam.Role.fromRoleName(stack, 'Admin', 'platform-admin')],
    secretsKey: new kms.Key(stack, 'Key'),
    deletionProtection: true,
    nodes: { instanceTypes: [new ec2.InstanceType('c7g.xlarge')], minSize: 1, maxSize: 9, desiredSize: 2 },
    identity: WorkloadIdentity.POD_IDENTITY,
    hostedZones: [zoneFixture(stack)],
    cilium: { encryption: CiliumEncryption.WIREGUARD_WITH_NODES, gatewayApi: true },
    albController: { replicas: 3 },
    externalDns: { policy: ExternalDnsPolicy.CREATE_ONLY },
    nodeLocalDns: { metricsEnabled: false },
  });
  const template = Template.fromStack(stack);
  expect(theOnly(template, 'AWS::EKS::Cluster').Properties).toMatchObject({ Version: '1.35', DeletionProtection: true });
  expect(addOns(template)).toEqual(['aws-load-balancer-controller', 'cilium', 'external-dns', 'node-local-dns']);
  expect(stack.node.findAll().flatMap(it => it.node.metadata).filter(it => /warning|error/.test(it.type))).toEqual([]);
});

test('gives every part to read', () => {
  const { platform } = platformFixture();
  expect(platform.clusterName).toBe('shop');
  expect(platform.vpc).toBeInstanceOf(Vpc);
  expect(platform.cluster).toBeInstanceOf(eks.Cluster);
  expect(platform.cilium).toBeInstanceOf(Cilium);
  expect(platform.nodes).toBeInstanceOf(NodeGroup);
  expect(platform.albController).toBeInstanceOf(AlbController);
  expect(platform.externalDns).toBeInstanceOf(ExternalDns);
  expect(platform.nodeLocalDns).toBeInstanceOf(NodeLocalDns);
});

test('says how to point kubectl at the cluster', () => {
  const [output] = Object.values(platformFixture().template().findOutputs('*'));
  expect(text(output.Value)).toBe('aws eks update-kubeconfig --name <token> --region <token>');
});

test('gives the name to the cluster, to Cilium, to the subnets and to the DNS records', () => {
  const template = platformFixture({ clusterName: 'bakery' }).template();
  expect(theOnly(template, 'AWS::EKS::Cluster').Properties.Name).toBe('bakery');
  expect(helmValues(template, 'cilium').cluster.name).toBe('bakery');
  expect(helmValues(template, 'external-dns').txtOwnerId).toBe('bakery');
  template.resourcePropertiesCountIs('AWS::EC2::Subnet', { Tags: Match.arrayWith([{ Key: 'kubernetes.io/cluster/bakery', Value: 'shared' }]) }, 6);
});

test.each([
  ['', '""'], ['Shop', '"Shop"'], ['shop_1', '"shop_1"'], ['-shop', '"-shop"'], ['shop-', '"shop-"'], ['a'.repeat(33), `"${'a'.repeat(33)}"`],
])('fails for a cluster name that not all will take: %j', (clusterName, shown) => {
  expect(() => platformFixture({ clusterName })).toThrow(
    `\`clusterName\` must be 1 to 32 lower-case letters, digits and dashes, with no dash at either end, got: ${shown}; `
    + 'EKS allows more, but Cilium, tag keys and DNS owners carry this name too [Shop/Platform]');
});

test.each([['a'], ['a'.repeat(32)], ['shop-2']])('accepts the name %s', clusterName => {
  expect(theOnly(platformFixture({ clusterName }).template(), 'AWS::EKS::Cluster').Properties.Name).toBe(clusterName);
});

describe('add-ons', () => {
  test.each([
    ['albController', { albController: { enabled: false } }, 'aws-load-balancer-controller'],
    ['externalDns', { externalDns: { enabled: false } }, 'external-dns'],
    ['nodeLocalDns', { nodeLocalDns: { enabled: false } }, 'node-local-dns'],
  ] as const)('leaves %s out where it is not enabled, and nothing else', (property, props, left) => {
    const { platform, template } = platformFixture(props);
    expect(platform[property]).toBeUndefined();
    expect(addOns(template())).toEqual(['aws-load-balancer-controller', 'cilium', 'external-dns', 'node-local-dns'].filter(it => it !== left));
  });

  test('leaves the role of an add-on out with it', () => {
    const template = platformFixture({ albController: { enabled: false } }).template();
    expect(idsOf(template, 'AWS::IAM::Role', { Description: 'kube-system/aws-load-balancer-controller' })).toEqual([]);
  });

  test('has no ExternalDns without hosted zones', () => {
    const { platform, template } = platformFixture({ hostedZones: undefined });
    expect(platform.externalDns).toBeUndefined();
    expect(addOns(template())).not.toContain('external-dns');
  });

  test('ExternalDns writes to all given zones, and to them only', () => {
    const stack = stackFixture();
    const hostedZones = [zoneFixture(stack, 'a.com', 'ZONEA'), zoneFixture(stack, 'b.com', 'ZONEB')];
    new EksPlatform(stack, 'Platform', { clusterName: 'shop', hostedZones });
    const [change] = workloadStatements(Template.fromStack(stack), 'external-dns/external-dns');
    expect(change.Resource.map(text)).toEqual(['arn:<token>:route53:::hostedzone/ZONEA', 'arn:<token>:route53:::hostedzone/ZONEB']);
  });

  test('fails with options of ExternalDns and no zones to write to', () => {
    expect(() => platformFixture({ hostedZones: undefined, externalDns: { policy: ExternalDnsPolicy.UPSERT_ONLY } })).toThrow(
      '`hostedZones` must be given with `externalDns`, got: nothing; give the zones that ExternalDNS should write to [Shop/Platform]');
  });

  test('accepts `externalDns` without zones if it only disables ExternalDNS', () => {
    expect(platformFixture({ hostedZones: undefined, externalDns: { enabled: false } }).platform.externalDns).toBeUndefined();
  });

  test('fails with an empty list of zones', () => {
    expect(() => platformFixture({ hostedZones: [] })).toThrow(
      '`hostedZones` must be one zone or more, got: []; leave it out for no ExternalDNS [Shop/Platform]');
  });

  test('hands every part its options', () => {
    const template = platformFixture({
      cilium: { encryption: CiliumEncryption.NONE, operatorReplicas: 3, hubble: { metrics: ['drop'] }, values: { bandwidthManager: { enabled: true } } },
      albController: { replicas: 3, defaultTags: { team: 'web' } },
      externalDns: { policy: ExternalDnsPolicy.UPSERT_ONLY },
      nodeLocalDns: { cacheTtl: 17, mode: NodeLocalDnsMode.LINK_LOCAL },
    }).template();
    expect(helmValues(template, 'cilium')).toMatchObject({
      encryption: { enabled: false },
      operator: { replicas: 3 },
      hubble: { ui: { enabled: true }, metrics: { enabled: ['drop'] } },
      bandwidthManager: { enabled: true },
    });
    expect(helmValues(template, 'aws-load-balancer-controller')).toMatchObject({ replicaCount: 3, defaultTags: { team: 'web' } });
    expect(helmValues(template, 'external-dns').policy).toBe('upsert-only');
    expect(kubernetesObjects(template).find(it => it.kind === 'ConfigMap').data.Corefile).toContain('success 9984 17');
    expect(kubernetesObjects(template).map(it => it.kind)).not.toContain('CiliumLocalRedirectPolicy');
  });

  test.each(['cilium', 'albController', 'externalDns'] as const)('warns of a chart that is not tested: %s', part => {
    const { stack } = platformFixture({ [part]: { chartVersion: '0.0.1' } });
    const messages = stack.node.findAll().flatMap(it => it.node.metadata).filter(it => it.type === 'aws:cdk:warning').map(it => it.data);
    expect(messages.filter(it => it.includes('0.0.1 is not the version that this library is tested with'))).toHaveLength(1);
  });

  test('has nothing to warn of by default', () => {
    const { stack } = platformFixture();
    expect(stack.node.findAll().flatMap(it => it.node.metadata).filter(it => /warning|error/.test(it.type))).toEqual([]);
  });

  test('treats undefined inside options as left out', () => {
    const given = platformFixture({
      profile: undefined,
      kubernetesVersion: undefined,
      kubectlLayer: undefined,
      endpointAccess: undefined,
      identity: undefined,
      vpc: undefined,
      network: { cidr: undefined, natGateways: undefined, flowLogs: undefined, flowLogRetention: undefined, interfaceEndpoints: undefined },
      nodes: { instanceTypes: undefined, minSize: undefined, maxSize: undefined, desiredSize: undefined, maxPods: undefined, taints: undefined },
      cilium: { values: undefined, chartVersion: undefined, operatorReplicas: undefined, hubble: { ui: undefined, metrics: undefined } },
      albController: { enabled: undefined, replicas: undefined, values: undefined, chartRepository: undefined },
      externalDns: { enabled: undefined, policy: undefined, recordTypes: undefined },
      nodeLocalDns: { enabled: undefined, cacheTtl: undefined, serveStale: undefined, image: undefined },
    }).template();
    expect(given.toJSON()).toEqual(platformFixture().template().toJSON());
  });
});

describe('identity', () => {
  test('is IRSA by default: every controller by its service account\'s annotation', () => {
    const template = platformFixture().template();
    const annotations = { 'eks.amazonaws.com/role-arn': '<token>' };
    expect(helmValues(template, 'cilium').serviceAccounts.operator.annotations).toEqual(annotations);
    expect(helmValues(template, 'aws-load-balancer-controller').serviceAccount.annotations).toEqual(annotations);
    expect(helmValues(template, 'external-dns').serviceAccount.annotations).toEqual(annotations);
    template.resourceCountIs('AWS::IAM::OIDCProvider', 1);
    template.resourceCountIs('AWS::EKS::PodIdentityAssociation', 0);
  });

  test('POD_IDENTITY holds for every controller, with one agent and without an OpenID Connect provider', () => {
    const template = platformFixture({ identity: WorkloadIdentity.POD_IDENTITY }).template();
    const associations = Object.values(resourcesOf(template, 'AWS::EKS::PodIdentityAssociation')).map(it => it.Properties);
    expect(associations.map(it => `${it.Namespace}/${it.ServiceAccount}`).sort()).toEqual([
      'external-dns/external-dns', 'kube-system/aws-load-balancer-controller', 'kube-system/cilium-operator',
    ]);
    template.resourcePropertiesCountIs('AWS::EKS::Addon', { AddonName: 'eks-pod-identity-agent' }, 1);
    template.resourceCountIs('AWS::IAM::OIDCProvider', 0);
    expect(JSON.stringify(template.toJSON())).not.toContain('eks.amazonaws.com/role-arn');
  });
});

describe('several platforms', () => {
  test('live in one stack', () => {
    const stack = stackFixture();
    for (const clusterName of ['blue', 'green']) {
      new EksPlatform(stack, clusterName, { clusterName, identity: WorkloadIdentity.POD_IDENTITY });
    }
    const template = Template.fromStack(stack);
    expect(Object.values(resourcesOf(template, 'AWS::EKS::Cluster')).map(it => it.Properties.Name)).toEqual(['blue', 'green']);
    template.resourcePropertiesCountIs(HELM_RELEASE, { Release: 'cilium' }, 2);
    template.resourceCountIs(MANIFEST, 2);
  });

  test('live in one app, and the stacks do not need each other', () => {
    const app = new App({ context: { 'aws:cdk:disable-asset-staging': true }, analyticsReporting: false });
    const stacks = ['Blue', 'Green'].map(id => new Stack(app, id));
    stacks.forEach(stack => new EksPlatform(stack, 'Platform', { clusterName: stack.node.id.toLowerCase() }));
    expect(stacks.map(stack => stack.dependencies)).toEqual([[], []]);
    stacks.forEach(stack => Template.fromStack(stack).resourceCountIs('AWS::EKS::Cluster', 1));
  });
});

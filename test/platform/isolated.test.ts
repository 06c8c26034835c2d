import { readFileSync } from 'fs';
import { join } from 'path';
import { App } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { isolated as rehearsed } from '../../rehearsal/apps/isolated';
import { AlbIngress, EksPlatform, LoadBalancerScheme, NlbService, PlatformProfile, WorkloadIdentity, type EksPlatformProps } from '../../src';
import { ROOT } from '../../tools/programs';
import { platformFixture, stackFixture, type StackOptions } from '../support/fixtures';
import { Page } from '../support/page';
import { helmValues, idsOf, kubernetesObjects, markdownTable, neededBy, resourcesOf, text, theOnly } from '../support/read';

const chartRepository = 'oci://registry.example.com/charts';
const CHARTS = { cilium: { chartRepository }, albController: { chartRepository }, externalDns: { chartRepository } };
const PROPS: Partial<EksPlatformProps> = { network: { isolated: true }, imageRegistry: 'registry.example.com/mirror/', ...CHARTS };

const isolated = (props: Partial<EksPlatformProps> = {}, options: StackOptions = {}) => platformFixture({ ...PROPS, ...props }, options);

/** The services that have an endpoint, by the ends of their names. */
const endpoints = (template: Template) => Object.values(resourcesOf(template, 'AWS::EC2::VPCEndpoint'))
  .map(it => text(it.Properties.ServiceName).replace(/^com\.amazonaws\.(<token>\.)?/, '')).sort();

describe('the network', () => {
  test('has the endpoints of all services that the platform calls, those in the documentation', () => {
    const [, ...rows] = markdownTable(readFileSync(join(ROOT, 'docs/isolated.md'), 'utf8'), 'Endpoints');
    const documented = rows.map(([service]) => service.replaceAll('`', ''));
    const both = [WorkloadIdentity.IRSA, WorkloadIdentity.POD_IDENTITY].flatMap(identity => endpoints(isolated({ identity }).template()));
    expect([...new Set(both)].sort()).toEqual(documented.sort());
  });

  test.each([
    ['IRSA', {}, ['ec2', 'ecr.api', 'ecr.dkr', 'eks', 'elasticloadbalancing', 'lambda', 'route53', 's3', 'sts']],
    ['Pod Identity', { identity: WorkloadIdentity.POD_IDENTITY }, ['ec2', 'ecr.api', 'ecr.dkr', 'eks', 'eks-auth', 'elasticloadbalancing', 'lambda', 'route53', 's3']],
    ['Cilium alone', { albController: { enabled: false }, externalDns: { enabled: false } }, ['ec2', 'ecr.api', 'ecr.dkr', 'eks', 'lambda', 's3', 'sts']],
    ['what prod has by itself', { profile: PlatformProfile.PROD }, ['ec2', 'ecr.api', 'ecr.dkr', 'eks', 'elasticloadbalancing', 'lambda', 'route53', 's3', 'sts']],
    ['services that are asked for', {
      network: { isolated: true, interfaceEndpoints: [ec2.InterfaceVpcEndpointAwsService.WAFV2, ec2.InterfaceVpcEndpointAwsService.STS] },
      hostedZones: undefined,
      externalDns: undefined,
    }, ['ec2', 'ecr.api', 'ecr.dkr', 'eks', 'elasticloadbalancing', 'lambda', 's3', 'sts', 'wafv2']],
  ])('has an endpoint for each service once: %s', (_, props, expected) => {
    expect(endpoints(isolated(props).template())).toEqual(expected);
  });

  test('is there before the cluster, its nodes and what runs Helm', () => {
    const template = isolated().template();
    const found = idsOf(template, 'AWS::EC2::VPCEndpoint');
    for (const id of [...idsOf(template, 'AWS::EKS::Cluster'), ...idsOf(template, 'AWS::EKS::Nodegroup'), ...idsOf(template, 'Custom::AWSCDK-EKS-HelmChart')]) {
      expect([...neededBy(template, id)]).toEqual(expect.arrayContaining(found));
    }
  });

  test('holds the cluster, its nodes and the functions that reach it', () => {
    const template = isolated().template();
    const subnets = idsOf(template, 'AWS::EC2::Subnet').map(Ref => ({ Ref }));
    expect(theOnly(template, 'AWS::EKS::Cluster').Properties.ResourcesVpcConfig.SubnetIds).toEqual(subnets);
    expect(theOnly(template, 'AWS::EKS::Nodegroup').Properties.Subnets).toEqual(subnets);
    const functions = Object.values(resourcesOf(template, 'AWS::Lambda::Function')).filter(it => it.Properties.VpcConfig);
    expect(functions.length).toBeGreaterThan(0);
    functions.forEach(it => expect(it.Properties.VpcConfig.SubnetIds).toEqual(subnets));
  });

  test('has an API that is private, unless it is asked to be public, too', () => {
    const access = (props = {}) => theOnly(isolated(props).template(), 'AWS::EKS::Cluster').Properties.ResourcesVpcConfig;
    expect(access()).toMatchObject({ EndpointPrivateAccess: true, EndpointPublicAccess: false });
    const both = access({ endpointAccess: eks.EndpointAccess.PUBLIC_AND_PRIVATE });
    expect(both).toMatchObject({ EndpointPrivateAccess: true, EndpointPublicAccess: true });
  });

  test('gives no warning', () => {
    expect(Annotations.fromStack(isolated().stack).findWarning('*', Match.anyValue())).toEqual([]);
  });
});

describe('charts and images', () => {
  test('come from where they are given, and never from their authors', () => {
    const template = isolated().template();
    for (const it of Object.values(resourcesOf(template, 'Custom::AWSCDK-EKS-HelmChart'))) {
      expect(it.Properties.Repository).toMatch(/^oci:\/\/registry\.example\.com\/charts\//);
    }
    expect(JSON.stringify(template.toJSON())).not.toMatch(/quay\.io|registry\.k8s\.io|public\.ecr\.aws|ghcr\.io|docker\.io|helm\.cilium|\.github\.io/);
  });

  test('of the platform that is rehearsed are assets and copies', () => {
    const template = Template.fromStack(rehearsed(new App({ context: { 'aws:cdk:disable-asset-staging': true } })));
    const charts = Object.values(resourcesOf(template, 'Custom::AWSCDK-EKS-HelmChart')).map(it => it.Properties);
    expect(charts).toHaveLength(3);
    charts.forEach(it => expect([it.ChartAssetURL, it.Repository]).toEqual([expect.anything(), undefined]));
  });

  test('have their paths in the registry, the cache\'s, too', () => {
    const template = isolated().template();
    expect(helmValues(template, 'cilium').image.repository).toBe('registry.example.com/mirror/cilium/cilium');
    expect(helmValues(template, 'aws-load-balancer-controller').image.repository).toBe('registry.example.com/mirror/eks/aws-load-balancer-controller');
    expect(helmValues(template, 'external-dns').image.repository).toBe('registry.example.com/mirror/external-dns/external-dns');
    const cache = kubernetesObjects(template).find(it => it.kind === 'DaemonSet');
    expect(cache.spec.template.spec.containers[0].image).toMatch(/^registry\.example\.com\/mirror\/dns\/k8s-dns-node-cache:/);
  });

  test('of one add-on can be elsewhere', () => {
    const template = isolated({
      albController: { chartRepository, imageRegistry: 'other.example.com' },
      nodeLocalDns: { image: 'other.example.com/cache:1' },
      cilium: { chartRepository, values: { image: { tag: 'v1.20.2-own' } } },
    }).template();
    expect(helmValues(template, 'aws-load-balancer-controller').image.repository).toBe('other.example.com/eks/aws-load-balancer-controller');
    expect(helmValues(template, 'cilium').image).toEqual({ repository: 'registry.example.com/mirror/cilium/cilium', tag: 'v1.20.2-own' });
    expect(JSON.stringify(kubernetesObjects(template))).toContain('"image":"other.example.com/cache:1"');
  });

  test('come from their authors if the internet can be reached', () => {
    const template = platformFixture().template();
    for (const release of ['cilium', 'aws-load-balancer-controller', 'external-dns']) {
      expect(helmValues(template, release)).not.toHaveProperty('image');
    }
  });
});

test('the example of the documentation is such a platform', () => {
  const template = new Page('docs/isolated.md').template();
  template.resourceCountIs('AWS::EC2::InternetGateway', 0);
  template.resourceCountIs('AWS::EKS::Cluster', 1);
});

test('the load balancer controller does not ask APIs that have no endpoint', () => {
  const off = { enableShield: false, enableWaf: false, enableWafv2: false };
  expect(helmValues(isolated().template(), 'aws-load-balancer-controller')).toMatchObject(off);
  expect(helmValues(platformFixture().template(), 'aws-load-balancer-controller')).not.toHaveProperty('enableWafv2');
});

test('warns of a web ACL, which no controller would attach', () => {
  const { stack, platform } = isolated();
  const webAcl = 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/web/0123';
  const ingress = { controller: platform.albController!, hosts: ['web.example.com'], paths: [{ service: 'web', port: 80 }] };
  new AlbIngress(stack, 'Web', { ...ingress, annotations: { 'alb.ingress.kubernetes.io/wafv2-acl-arn': webAcl } });
  Annotations.fromStack(stack).hasWarning('/Shop/Web', Match.stringLikeRegexp('`webAcl` is ignored unless'));
  new AlbIngress(stack, 'Plain', ingress);
  expect(Annotations.fromStack(stack).findWarning('/Shop/Plain', Match.anyValue())).toEqual([]);
});

describe('a VPC of the user\'s own', () => {
  const inVpc = (props: Partial<EksPlatformProps>, subnetType = ec2.SubnetType.PRIVATE_ISOLATED) => {
    const stack = stackFixture();
    const vpc = new ec2.Vpc(stack, 'Network', { natGateways: 0, subnetConfiguration: [{ name: 'Inside', subnetType }] });
    new EksPlatform(stack, 'Platform', { clusterName: 'shop', vpc, ...props });
    return Template.fromStack(stack);
  };
  const { network, externalDns, ...rest } = PROPS;

  test('may be isolated: all is in its isolated subnets, which are tagged', () => {
    const template = inVpc(rest);
    const subnets = idsOf(template, 'AWS::EC2::Subnet').map(Ref => ({ Ref }));
    expect(theOnly(template, 'AWS::EKS::Nodegroup').Properties.Subnets).toEqual(subnets);
    expect(idsOf(template, 'AWS::EC2::Subnet', { Tags: Match.arrayWith([{ Key: 'kubernetes.io/role/internal-elb', Value: '1' }]) })).toHaveLength(subnets.length);
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 0); // its owner's
  });

  test('is asked for charts and images, too', () => {
    expect(() => inVpc({})).toThrow(/^`imageRegistry` must be given in a VPC without a way to the internet/);
    expect(() => inVpc({}, ec2.SubnetType.PRIVATE_WITH_EGRESS)).not.toThrow();
  });
});

describe('fails', () => {
  test('without a registry of images', () => {
    expect(() => isolated({ imageRegistry: undefined })).toThrow(
      '`imageRegistry` must be given in a VPC without a way to the internet, got: nothing; '
      + 'copy the images into a registry that nodes reach: docs/isolated.md lists them [Shop/Platform]');
  });

  test.each(Object.keys(CHARTS))('without a chart of %s from elsewhere', addOn => {
    expect(() => isolated({ [addOn]: undefined })).toThrow(
      `\`${addOn}.chartAsset\` must be given, or \`${addOn}.chartRepository\`, in a VPC without a way to the internet, got: nothing; `
      + 'the repository of the chart\'s authors can\'t be reached from there [Shop/Platform]');
  });

  test('no chart is asked for of an add-on that is left out', () => {
    expect(() => isolated({ albController: { enabled: false }, externalDns: { enabled: false } })).not.toThrow();
  });

  test('with an API that only the internet reaches', () => {
    expect(() => isolated({ endpointAccess: eks.EndpointAccess.PUBLIC })).toThrow(
      '`endpointAccess` must be PRIVATE or PUBLIC_AND_PRIVATE in a VPC without a way to the internet, got: "PUBLIC"; '
      + 'nodes reach the API from inside only [Shop/Platform]');
  });

  test.each(['cn-north-1', 'us-gov-west-1'])('with hosted zones in %s, where Route 53 has no endpoint', region => {
    const env = { account: '123456789012', region };
    expect(() => isolated({}, { env })).toThrow(`\`hostedZones\` must be left out without a way to the internet in this partition, got: "${region}"; `
      + 'Route 53\'s API has no endpoint there that a VPC could reach [Shop/Platform]');
    expect(() => isolated({ externalDns: { enabled: false } }, { env })).not.toThrow();
  });

  test('for a load balancer that faces the internet', () => {
    const { stack, platform } = isolated();
    const scheme = LoadBalancerScheme.INTERNET_FACING;
    const controller = platform.albController!;
    const error = (id: string) => '`scheme` must be internal in a VPC without public subnets, got: "internet-facing"; '
      + `load balancers for the internet stand in those [Shop/${id}]`;
    const ingress = { controller, hosts: ['web.example.com'], paths: [{ service: 'web', port: 80 }] };
    expect(() => new AlbIngress(stack, 'Web', { ...ingress, scheme, withoutWaf: true })).toThrow(error('Web'));
    expect(() => new NlbService(stack, 'Mail', { controller, scheme, selector: { app: 'mail' }, ports: [{ port: 25 }] })).toThrow(error('Mail'));
    expect(() => new AlbIngress(stack, 'Internal', ingress)).not.toThrow();
  });
});

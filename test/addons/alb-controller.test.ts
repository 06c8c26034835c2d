import { CfnParameter, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { AlbController, AlbFeatureGate, PlatformProfile, type AlbControllerProps } from '../../src';
import { VERSIONS } from '../../src/kubernetes/versions';
import { clusterFixture, importedClusterFixture, platformFixture } from '../support/fixtures';
import { helmRelease, helmValues, text } from '../support/read';

const NAME = 'aws-load-balancer-controller';

function albFixture(props: Partial<AlbControllerProps> = {}) {
  const { stack, cluster, template } = clusterFixture();
  new AlbController(stack, 'Alb', { cluster, ...props });
  return template;
}

const release = (props?: Partial<AlbControllerProps>) => helmRelease(albFixture(props)(), NAME).Properties;
const values = (props?: Partial<AlbControllerProps>) => helmValues(albFixture(props)(), NAME);

describe('the release', () => {
  test('is the chart of its authors, in kube-system, at the pinned version', () => {
    expect(release()).toMatchObject({
      Release: NAME, Chart: NAME, Repository: 'https://aws.github.io/eks-charts', Version: VERSIONS.charts.albController.version, Namespace: 'kube-system',
    });
    expect(release()).not.toHaveProperty('CreateNamespace');
  });

  test('waits until the controllers run, and ends before the Lambda that runs Helm', () => {
    expect(release()).toMatchObject({ Wait: true, Atomic: true, Timeout: '720s' });
  });
});

describe('the controller', () => {
  test('runs under the service account of the spec, which the chart makes', () => {
    expect(values().serviceAccount).toMatchObject({ create: true, name: NAME });
  });

  test('gets cluster, region and VPC, and need not ask the instance metadata for them', () => {
    const parts: any[] = release().Values['Fn::Join'][1];
    const after = (key: string) => parts[parts.findIndex(part => typeof part === 'string' && part.endsWith(`"${key}":"`)) + 1];
    expect(after('clusterName')).toEqual({ Ref: expect.stringMatching(/^Cluster/) });
    expect(after('region')).toEqual({ Ref: 'AWS::Region' });
    expect(after('vpcId')).toEqual({ Ref: expect.stringMatching(/^ClusterDefaultVpc/) });
  });

  test('also gets those of a cluster that was made elsewhere', () => {
    const { stack, cluster, template } = importedClusterFixture();
    new AlbController(stack, 'Alb', { cluster });
    expect(helmValues(template(), NAME)).toMatchObject({ clusterName: 'legacy', vpcId: 'vpc-0123456789abcdef0' });
  });

  test('serves Ingresses of the class alb, which the chart makes', () => {
    expect(values()).toMatchObject({ ingressClass: 'alb', createIngressClassResource: true, ingressClassParams: { create: true } });
  });

  test('reaches pods by their addresses, by internal load balancers', () => {
    expect(values()).toMatchObject({ defaultTargetType: 'ip', defaultLoadBalancerScheme: 'internal' });
  });

  test('makes a network load balancer for a plain Service, and never blocks other Services', () => {
    expect(values()).toMatchObject({ enableServiceMutatorWebhook: true, serviceMutatorWebhookConfig: { failurePolicy: 'Ignore' } });
  });

  test('keeps the certificate of its webhooks through upgrades', () => {
    expect(values().keepTLSSecret).toBe(true);
  });

  test('survives the drain of a node, and is bounded', () => {
    expect(values()).toMatchObject({
      podDisruptionBudget: { maxUnavailable: 1 },
      resources: { requests: { cpu: '100m', memory: '200Mi' }, limits: { memory: '500Mi' } },
    });
  });
});

describe('replicas', () => {
  test('are two, or as many as asked', () => {
    expect(values().replicaCount).toBe(2);
    expect(values({ replicas: 3 }).replicaCount).toBe(3);
  });

  test.each([['DEV', 1], ['STAGING', 2], ['PROD', 2]] as const)('are those of the profile %s in a platform: %s', (profile, count) => {
    expect(helmValues(platformFixture({ profile: PlatformProfile[profile] }).template(), NAME).replicaCount).toBe(count);
  });

  test.each([0, -2, 0.5])('fail as %s', replicas => {
    expect(() => albFixture({ replicas })).toThrow(
      `\`replicas\` must be a whole number, 1 or more, got: ${replicas}; leave the add-on out with \`enabled: false\` to run none [Shop/Alb]`);
  });

  test('pass through as a token', () => {
    const { stack, cluster, template } = clusterFixture();
    new AlbController(stack, 'Alb', { cluster, replicas: new CfnParameter(stack, 'Given', { type: 'Number' }).valueAsNumber });
    expect(text(helmRelease(template(), NAME).Properties.Values)).toContain('"replicaCount":<token>,');
  });
});

describe('defaultSslPolicy', () => {
  test('is the one that AWS recommends', () => {
    expect(values().defaultSSLPolicy).toBe('ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09');
  });

  test('can be another', () => {
    expect(values({ defaultSslPolicy: elbv2.SslPolicy.FIPS_TLS13_12_RES }).defaultSSLPolicy).toBe('ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04');
  });
});

describe('defaultTags', () => {
  test('are left out unless given', () => {
    expect(values()).not.toHaveProperty('defaultTags');
    expect(values({ defaultTags: { 'team': 'shop', 'example.com/cost center': 'a+b=c:d/e@f' } }).defaultTags).toEqual({
      'team': 'shop', 'example.com/cost center': 'a+b=c:d/e@f',
    });
  });

  test.each([
    ['a,b', 'c'], ['a', 'b,c'], ['a', 'b"c'], ['a', 'team #1'], ['a', 'b: c'], ['a', 'b:'], ['a:', 'b'], ['a=b', 'c'],
  ])('fail as "%s" with "%s"', (key, value) => {
    expect(() => albFixture({ defaultTags: { team: 'shop', [key]: value } })).toThrow(
      `\`defaultTags\` must be without commas, quotes, hashes, colons that end a word, and = in keys, got: ${JSON.stringify({ [key]: value })}; `
      + 'the chart joins them with commas into one argument, without quotes [Shop/Alb]');
  });

  test('pass through as tokens', () => {
    const { stack, cluster, template } = clusterFixture();
    new AlbController(stack, 'Alb', { cluster, defaultTags: { team: new CfnParameter(stack, 'Given').valueAsString } });
    expect(helmValues(template(), NAME).defaultTags).toEqual({ team: '<token>' });
  });
});

describe('feature gates', () => {
  const OFF = { NLBGatewayAPI: false, ALBGatewayAPI: false, GatewayListenerSet: false };

  test('of the Gateway API are off, as its CRDs are not there', () => {
    expect(values().controllerConfig.featureGates).toEqual(OFF);
  });

  test('are turned on and off by name', () => {
    const { featureGates } = values({
      enableFeatureGates: [AlbFeatureGate.ALB_SINGLE_SUBNET, AlbFeatureGate.ALB_GATEWAY_API],
      disableFeatureGates: [AlbFeatureGate.NLB_SECURITY_GROUP],
    }).controllerConfig;
    expect(featureGates).toEqual({ ...OFF, ALBSingleSubnet: true, ALBGatewayAPI: true, NLBSecurityGroup: false });
  });

  test('have the names that the controller knows', () => {
    expect(Object.values(AlbFeatureGate).sort()).toEqual([
      'ALBGatewayAPI', 'ALBSingleSubnet', 'ALBTargetControlAgent', 'EnableCertificateManagement', 'EnableDefaultTagsLowPriority',
      'EnableIPTargetType', 'EnableRGTAPI', 'EnableServiceController', 'EnableTCPUDPListener', 'EndpointsFailOpen', 'EnhancedDefaultBehavior',
      'GatewayListenerSet', 'GlobalAcceleratorController', 'IngressPlanAnnotation', 'LBCapacityReservation', 'ListenerRulesTagging',
      'NLBGatewayAPI', 'NLBHealthCheckAdvancedConfig', 'NLBSecurityGroup', 'ServiceTypeLoadBalancerOnly', 'SubnetDiscoveryByReachability',
      'SubnetsClusterTagCheck', 'WeightedTargetGroups',
    ]);
  });

  test('fail if one is both on and off', () => {
    const gates = [AlbFeatureGate.ALB_SINGLE_SUBNET];
    expect(() => albFixture({ enableFeatureGates: [...gates, AlbFeatureGate.ENABLE_RGT_API], disableFeatureGates: gates })).toThrow(
      '`enableFeatureGates` must be without gates of `disableFeatureGates`, got: ["ALBSingleSubnet"]; name each gate in one of the two [Shop/Alb]');
  });
});

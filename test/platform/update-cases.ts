import { join } from 'path';
import { Duration, RemovalPolicy, Size, type Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import {
  AlbFeatureGate, CiliumEncryption, ExternalDnsPolicy, HubbleTls, NodeLocalDnsMode, PlatformProfile, WorkloadIdentity, type EksPlatformProps,
} from '../../src';
import { zoneFixture } from '../support/fixtures';

type Props = Partial<EksPlatformProps>;

/** A prop's value before and after an update. What needs a stack is a function of it. */
type Change = readonly [before: unknown, after: unknown, others?: Props];

const { DEV, STAGING, PROD } = PlatformProfile;
const { ECR, STS } = ec2.InterfaceVpcEndpointAwsService;
const chart = (stack: Stack) => new assets.Asset(stack, 'Chart', { path: join(__dirname, '../../rehearsal/charts/stand-ins/cilium') });
const key = (stack: Stack) => new kms.Key(stack, 'Key');
const role = (stack: Stack) => iam.Role.fromRoleArn(stack, 'Given', 'arn:aws:iam::123456789012:role/given');
const group = (stack: Stack) => [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')];
const zone = (...names: string[]) => (stack: Stack) => names.map((name, index) => zoneFixture(stack, name, `Z${index}`));
const layer = (arn: string) => (stack: Stack) => lambda.LayerVersion.fromLayerVersionArn(stack, 'Given', arn);
const chartRepository = 'oci://registry.example.com/charts';
const ISOLATED: Props = { imageRegistry: 'registry.example.com', cilium: { chartRepository }, albController: { chartRepository }, externalDns: { chartRepository } };
const chartChanges = (addOn: string, value: object): { [name: string]: Change } => ({
  [`${addOn}.chartAsset`]: [undefined, chart],
  [`${addOn}.chartRepository`]: [undefined, chartRepository],
  [`${addOn}.chartVersion`]: [undefined, '9.9.9'],
  [`${addOn}.imageRegistry`]: [undefined, 'registry.example.com'],
  [`${addOn}.values`]: [undefined, value],
});

/** One change of each prop, or several where they do different things: by the words of the table in docs/operations.md. */
export const CHANGES: { [words: string]: Change } = {
  'clusterName': ['shop', 'store'],
  'profile from DEV to STAGING': [DEV, STAGING],
  'profile from STAGING to PROD': [STAGING, PROD],
  'profile from STAGING to PROD without secretsEncryption': [STAGING, PROD.customize({ secretsEncryption: false })],
  'kubernetesVersion': [eks.KubernetesVersion.V1_35, eks.KubernetesVersion.V1_36],
  'coreDnsVersion': [undefined, 'v1.12.1-eksbuild.2'],
  'kubectlLayer': [layer('arn:aws:lambda:eu-central-1:123456789012:layer:kubectl:1'), layer('arn:aws:lambda:eu-central-1:123456789012:layer:kubectl:2')],
  'vpc': [undefined, (stack: Stack) => new ec2.Vpc(stack, 'Given')],
  'network.cidr': ['10.0.0.0/16', '10.1.0.0/16'],
  'network.availabilityZones': [['a', 'b'], ['a', 'b', 'c']],
  'network.publicSubnetMask': [24, 26],
  'network.privateSubnetMask': [24, 20],
  'network.isolated': [false, true, ISOLATED],
  'network.natGateways': [1, 3],
  'network.flowLogs turned on': [false, true],
  'network.flowLogs turned off': [true, false],
  'network.flowLogRetention': [RetentionDays.ONE_WEEK, RetentionDays.ONE_YEAR],
  'network.flowLogBucket': [undefined, (stack: Stack) => s3.Bucket.fromBucketName(stack, 'Bucket', 'flow-logs')],
  'network.podCidr': [undefined, '100.64.0.0/16'],
  'network.interfaceEndpoints': [[ECR], [STS]],
  'imageRegistry': [undefined, 'registry.example.com'],
  'endpointAccess': [eks.EndpointAccess.PUBLIC, eks.EndpointAccess.PRIVATE],
  'admins': [undefined, (stack: Stack) => [role(stack)]],
  'secretsKey given': [undefined, key],
  'secretsKey taken away': [key, undefined],
  'deletionProtection': [true, false],
  'cleanUpRecords': [true, false],
  'identity': [WorkloadIdentity.IRSA, WorkloadIdentity.POD_IDENTITY],
  'hostedZones': [zone('example.com'), zone('example.com', 'example.org')],

  'nodes.amiType': [eks.NodegroupAmiType.AL2023_X86_64_NVIDIA, eks.NodegroupAmiType.AL2023_X86_64_NEURON, { nodes: { instanceTypes: [new ec2.InstanceType('inf2.xlarge')] } }],
  'nodes.capacityType': [eks.CapacityType.ON_DEMAND, eks.CapacityType.SPOT],
  'nodes.desiredSize': [2, 3],
  'nodes.diskSize': [Size.gibibytes(50), Size.gibibytes(100)],
  'nodes.instanceTypes': [[new ec2.InstanceType('t4g.large')], [new ec2.InstanceType('m7g.large')]],
  'nodes.labels': [undefined, { team: 'platform' }],
  'nodes.maxPods': [undefined, 50],
  'nodes.maxSize': [4, 8],
  'nodes.minSize': [2, 3],
  'nodes.role': [undefined, role],
  'nodes.securityGroups': [undefined, group],
  'nodes.subnets': [undefined, { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, availabilityZones: ['a'] }, { network: { availabilityZones: ['a', 'b'] } }],
  'nodes.taints': [undefined, [{ key: 'team', value: 'platform', effect: eks.TaintEffect.NO_SCHEDULE }]],

  ...chartChanges('cilium', { debug: { enabled: true } }),
  'cilium.egressMasqueradeInterfaces': [undefined, ['ens5']],
  'cilium.encryption': [CiliumEncryption.WIREGUARD, CiliumEncryption.NONE],
  'cilium.gatewayApi': [false, true],
  'cilium.hubble.metrics': [undefined, ['dns']],
  'cilium.hubble.tls': [HubbleTls.CRON_JOB, HubbleTls.HELM],
  'cilium.hubble.ui': [true, false],
  'cilium.ingressController': [false, true],
  'cilium.mutualAuthentication': [false, true],
  'cilium.operatorReplicas': [1, 2],
  'cilium.podSubnetTags': [undefined, { pods: 'here' }],
  'cilium.prefixDelegation': [false, true],

  ...chartChanges('albController', { logLevel: 'debug' }),
  'albController.crdRemovalPolicy': [undefined, RemovalPolicy.DESTROY],
  'albController.defaultSslPolicy': [undefined, elbv2.SslPolicy.TLS13_RES],
  'albController.defaultTags': [undefined, { Team: 'platform' }],
  'albController.disableFeatureGates': [undefined, [AlbFeatureGate.SUBNETS_CLUSTER_TAG_CHECK]],
  'albController.enableFeatureGates': [undefined, [AlbFeatureGate.LISTENER_RULES_TAGGING]],
  'albController.replicas': [1, 2],
  'albController.enabled': [true, false],

  ...chartChanges('externalDns', { logLevel: 'debug' }),
  'externalDns.crdRemovalPolicy': [undefined, RemovalPolicy.DESTROY],
  'externalDns.policy': [ExternalDnsPolicy.SYNC, ExternalDnsPolicy.UPSERT_ONLY],
  'externalDns.recordTypes': [undefined, [route53.RecordType.A]],
  'externalDns.enabled': [true, false],

  'nodeLocalDns.cacheNegativeTtl': [5, 10],
  'nodeLocalDns.cacheTtl': [30, 60],
  'nodeLocalDns.image': [undefined, 'registry.example.com/dns/k8s-dns-node-cache:1.26.8'],
  'nodeLocalDns.metricsEnabled': [true, false],
  'nodeLocalDns.mode': [NodeLocalDnsMode.CILIUM, NodeLocalDnsMode.LINK_LOCAL],
  'nodeLocalDns.serveStale': [Duration.hours(1), Duration.minutes(1)],
  'nodeLocalDns.enabled': [true, false],
};

/** The prop that the words of a change begin with. */
export function propOf(words: string): string {
  return words.split(' ')[0];
}

/** The props of a platform before or after a change. */
export function propsOf(words: string, stack: Stack, when: 'before' | 'after'): EksPlatformProps {
  const [before, after, others = {}] = CHANGES[words];
  const value = when === 'before' ? before : after;
  return {
    clusterName: 'shop',
    hostedZones: zoneFixtures(words, stack),
    ...withValue(others, propOf(words).split('.'), typeof value === 'function' ? value(stack) : value),
  } as EksPlatformProps;
}

function zoneFixtures(words: string, stack: Stack) {
  return propOf(words) === 'hostedZones' ? undefined : [zoneFixture(stack)];
}

function withValue(props: any, [name, ...rest]: string[], value: unknown): any {
  const inside = rest.length > 0 ? withValue(props[name] ?? {}, rest, value) : value;
  return inside === undefined ? props : { ...props, [name]: inside };
}

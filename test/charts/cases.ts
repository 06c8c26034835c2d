import { aws_elasticloadbalancingv2 as elbv2, aws_route53 as route53, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import {
  AlbController, AlbFeatureGate, Cilium, CiliumEncryption, ExternalDns, ExternalDnsPolicy, HubbleTls, PlatformProfile, WorkloadIdentity,
  type AlbControllerProps, type CiliumProps, type EksPlatformProps, type ExternalDnsProps,
} from '../../src';
import type { ChartName } from '../support/charts';
import { clusterFixture, platformFixture, zoneFixture } from '../support/fixtures';
import { helmValues } from '../support/read';

/** Configurations by name: the three profiles, and each option at its other setting. */
type Cases = { readonly [name: string]: () => Template };

const cilium = (props: Partial<CiliumProps>) => alone((stack, cluster) => new Cilium(stack, 'Cilium', { cluster, clusterName: 'shop', ...props }));
const alb = (props: Partial<AlbControllerProps>) => alone((stack, cluster) => new AlbController(stack, 'Alb', { cluster, ...props }));
const dns = (props: Partial<ExternalDnsProps>) => alone((stack, cluster) => new ExternalDns(stack, 'Dns', {
  cluster, clusterName: 'shop', hostedZones: [zoneFixture(stack), zoneFixture(stack, 'example.org', 'Z9876543210')], ...props,
}));

/** A registry that has copies of all images. */
export const REGISTRY = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/mirror';

const everyGate = Object.values(AlbFeatureGate);

export const CASES: { readonly [chart in ChartName]: Cases } = {
  'cilium': {
    ...profiles(),
    'a pod CIDR': platform({ network: { podCidr: '100.64.0.0/16' } }),
    'on its own': cilium({}),
    'Pod Identity': cilium({ identity: WorkloadIdentity.POD_IDENTITY }),
    'no encryption': cilium({ encryption: CiliumEncryption.NONE }),
    'encryption of nodes': cilium({ encryption: CiliumEncryption.WIREGUARD_WITH_NODES }),
    'masquerading': cilium({ egressMasqueradeInterfaces: ['eth0', 'ens+'] }),
    'prefix delegation': cilium({ prefixDelegation: true }),
    'one operator': cilium({ operatorReplicas: 1 }),
    'subnets for pods': cilium({ podSubnetTags: { 'example.com/pods': 'true', 'team': 'shop' } }),
    'the ingress controller': cilium({ ingressController: true }),
    'the Gateway API': cilium({ gatewayApi: true }),
    'mutual authentication': cilium({ mutualAuthentication: true }),
    'no Hubble UI': cilium({ hubble: { ui: false } }),
    'metrics of choice': cilium({ hubble: { metrics: ['dns:query;ignoreAAAA', 'sctp'] } }),
    'certificates by Helm': cilium({ hubble: { tls: HubbleTls.HELM } }),
    'Hubble without TLS': cilium({ hubble: { tls: HubbleTls.DISABLED } }),
    'a registry of one\'s own': cilium({ imageRegistry: REGISTRY, ingressController: true, gatewayApi: true, mutualAuthentication: true }),
    'the whole mesh': cilium({ ingressController: true, gatewayApi: true, mutualAuthentication: true, prefixDelegation: true }),
  },
  'aws-load-balancer-controller': {
    ...profiles(),
    'on its own': alb({}),
    'Pod Identity': alb({ identity: WorkloadIdentity.POD_IDENTITY }),
    'one controller': alb({ replicas: 1 }),
    'another TLS policy': alb({ defaultSslPolicy: elbv2.SslPolicy.FIPS_TLS13_12_RES }),
    'default tags': alb({ defaultTags: { 'team': 'shop', 'cost center': 'a+b=c:d/e@f' } }),
    'every gate on': alb({ enableFeatureGates: everyGate }),
    'every gate off': alb({ disableFeatureGates: everyGate }),
    'a registry of one\'s own': alb({ imageRegistry: REGISTRY }),
  },
  'external-dns': {
    ...profiles(),
    'on its own': dns({}),
    'Pod Identity': dns({ identity: WorkloadIdentity.POD_IDENTITY }),
    'upserts only': dns({ policy: ExternalDnsPolicy.UPSERT_ONLY }),
    'creation only': dns({ policy: ExternalDnsPolicy.CREATE_ONLY }),
    'a registry of one\'s own': dns({ imageRegistry: REGISTRY }),
    'record types of choice': dns({ recordTypes: [route53.RecordType.CNAME, route53.RecordType.MX] }),
  },
};

/** What a deployment would put in place of the tokens, by the key that they stand under. */
const DEPLOYED: { readonly [key: string]: string } = {
  'k8sServiceHost': '0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com',
  'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/Shop-PlatformRole-0123456789AB',
  'clusterName': 'shop',
  'region': 'eu-central-1',
  'vpcId': 'vpc-0123456789abcdef0',
  'value': 'eu-central-1', // of the environment variable AWS_REGION
};

const known = new Map<string, any>();

/** The values that a chart gets in a case, as Helm would see them. */
export function valuesOf(chart: ChartName, name: string): any {
  const key = `${chart} ${name}`;
  const values = known.get(key) ?? deployed(helmValues(CASES[chart][name](), chart));
  known.set(key, values);
  return values;
}

function deployed(value: any, key = ''): any {
  if (Array.isArray(value)) {
    return value.map(item => deployed(item, key));
  }
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, deployed(item, name)]));
  }
  if (typeof value === 'string' && value.includes('<token>')) {
    expect(Object.keys(DEPLOYED)).toContain(key);
    return DEPLOYED[key];
  }
  return value;
}

function profiles(): Cases {
  const { DEV, STAGING, PROD } = PlatformProfile;
  return Object.fromEntries([DEV, STAGING, PROD].map(profile => [`the ${profile.profileName} profile`, platform({ profile })]));
}

function platform(props: Partial<EksPlatformProps>): () => Template {
  return () => platformFixture(props).template();
}

function alone(add: (stack: Stack, cluster: eks.ICluster) => void): () => Template {
  return () => {
    const { stack, cluster, template } = clusterFixture();
    add(stack, cluster);
    return template();
  };
}

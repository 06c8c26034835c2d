import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { certificateFixture, nlbFixture, nlbPrefixed } from './fixture';
import { LoadBalancerScheme, Namespace, NlbService, type NlbServiceProps } from '../../src';
import { importedClusterFixture } from '../support/fixtures';

const { HTTP, HTTPS, TCP_UDP, TLS, UDP } = elbv2.Protocol;
const publicSubnets = { scheme: LoadBalancerScheme.INTERNET_FACING, subnets: { subnetType: ec2.SubnetType.PUBLIC } };
const inGroups = { securityGroups: [{ securityGroupId: 'sg-0a' } as ec2.ISecurityGroup] };

test.each<[string, Partial<NlbServiceProps>, string]>([
  ['no labels', { selector: {} }, '`selector` must be one label or more, got: {}; without one the Service has no pods [Shop/Service]'],
  ['a label that Kubernetes refuses', { selector: { 'a b': 'c' } }, '`selector` must be'],
  ['no port', { ports: [] }, '`ports` must be one port or more, got: []; the load balancer listens on each of them [Shop/Service]'],
  ['port 0', { ports: [{ port: 0 }] }, '`ports[0].port` must be a whole number from 1 to 65535, got: 0; there are no other ports [Shop/Service]'],
  ['half a pods\' port', { ports: [{ port: 1, targetPort: 1.5 }] }, '`ports[0].targetPort` must be a whole number from 1 to 65535, got: 1.5'],
  ['HTTPS', { ports: [{ port: 443, protocol: HTTPS }] }, '`ports[0].protocol` must be one of TCP, TLS, UDP, TCP_UDP, got: "HTTPS"; an AlbIngress speaks HTTP and HTTPS [Shop/Service]'],
  ['a port twice', { ports: [{ port: 53 }, { port: 53, protocol: UDP }] }, '`ports[1].port` must be different from the other ports, got: 53; TCP_UDP is both protocols on one port [Shop/Service]'],
  ['an odd name', { serviceName: '1st' }, '`serviceName` must be 1 to 63 lower-case letters, digits and dashes, with a letter first and a letter or digit last, got: "1st"'],
  ['no block of addresses', { inboundCidrs: [] }, '`inboundCidrs` must be one block of addresses or more, got: []; leave it out for every address [Shop/Service]'],
  ['a text that is not a block of addresses', { inboundCidrs: ['192.0.2.0/24', '10.0.0.0/33'] }, '`inboundCidrs[1]` must be blocks of addresses such as 203.0.113.0/24'],
  ['IPv6 in an IPv4 load balancer', { inboundCidrs: ['2001:db8::/32'] }, '`inboundCidrs[0]` must be IPv4, as the load balancer is, got: "2001:db8::/32"'],
  ['addresses beside groups of its own', { ...inGroups, inboundCidrs: ['192.0.2.0/24'] }, '`inboundCidrs` must be left out with `securityGroups`'],
  ['prefix lists beside groups of its own', { ...inGroups, prefixLists: [] }, '`prefixLists` must be left out with `securityGroups`'],
  ['a long name', { loadBalancerName: 'a'.repeat(33) }, '`loadBalancerName` must be 1 to 32 letters'],
])('fails with %s', (_, props, message) => {
  expect(() => nlbFixture(props)).toThrow(message);
});

describe('TLS', () => {
  test('fails without a certificate', () => {
    expect(() => nlbFixture({ ports: [{ port: 443, protocol: TLS }] })).toThrow(
      '`certificates` must be given where a port is TLS, got: nothing; give the certificate of the name that clients ask for [Shop/Service]');
  });

  test('fails with a certificate that no port uses', () => {
    expect(() => nlbFixture(stack => ({ certificates: [certificateFixture(stack)] }))).toThrow('`certificates` must be left out where no port is TLS');
  });

  test('fails with a policy that no port uses', () => {
    expect(() => nlbFixture({ sslPolicy: elbv2.SslPolicy.TLS13_RES })).toThrow('`sslPolicy` must be left out where no port is TLS');
  });

  test('fails with a certificate of another region', () => {
    expect(() => nlbFixture(stack => ({
      ports: [{ port: 443, protocol: TLS }],
      certificates: [certificateFixture(stack, 'arn:aws:acm:us-east-1:123456789012:certificate/0123')],
    }), { env: { region: 'eu-central-1' } })).toThrow('`certificates[0]` must be in the stack\'s region, eu-central-1');
  });

  test('fails with stickiness', () => {
    expect(() => nlbFixture(stack => ({
      ports: [{ port: 443, protocol: TLS }], certificates: [certificateFixture(stack)], targetGroupAttributes: { 'stickiness.enabled': 'true' },
    }))).toThrow('`targetGroupAttributes` must be without stickiness where a port is TLS, got: {"stickiness.enabled":"true"}');
  });
});

test.each<[string, Partial<NlbServiceProps>, string]>([
  ['is internal', { subnets: { subnetType: ec2.SubnetType.PUBLIC }, eipAllocations: ['eipalloc-0a', 'eipalloc-0b'] },
    '`eipAllocations` must be left out unless the load balancer is internet-facing, got: ["eipalloc-0a","eipalloc-0b"]'],
  ['has more subnets', { ...publicSubnets, eipAllocations: ['eipalloc-0a'] }, '`eipAllocations` must be as many as `subnets`, 2, got: ["eipalloc-0a"]; give one for each [Shop/Service]'],
  ['names no subnets', { scheme: LoadBalancerScheme.INTERNET_FACING, eipAllocations: ['eipalloc-0a'] }, '`subnets` must be given where addresses are given, got: nothing'],
  ['has them by address', { ...publicSubnets, eipAllocations: ['192.0.2.1', '192.0.2.2'] }, '`eipAllocations` must be allocation ids of Elastic IP addresses'],
  ['has none', { ...publicSubnets, eipAllocations: [] }, '`eipAllocations` must be one item or more'],
  ['is internet-facing, but has private ones', { ...publicSubnets, privateIpv4Addresses: ['10.0.0.1', '10.0.0.2'] },
    '`privateIpv4Addresses` must be left out unless the load balancer is internal'],
  ['has private ones that are not addresses', { privateIpv4Addresses: ['10.0.0'] }, '`privateIpv4Addresses` must be IPv4 addresses'],
])('fails with addresses of its own where it %s', (_, props, message) => {
  expect(() => nlbFixture(props)).toThrow(message);
});

test.each<[string, Partial<NlbServiceProps>, string]>([
  ['UDP alone', { ports: [{ port: 514, protocol: UDP }] },
    '`healthCheck.port` must be given where a port is UDP, got: nothing; health checks don\'t use UDP: name a port where the pods answer over TCP [Shop/Service]'],
  ['a path over TCP', { healthCheck: { protocol: elbv2.Protocol.TCP, path: '/ready' } }, '`healthCheck.path` must be left out where the protocol of health checks is TCP'],
  ['codes over TCP', { healthCheck: { successCodes: '200' } }, '`healthCheck.successCodes` must be left out where the protocol of health checks is TCP'],
  ['TLS', { healthCheck: { protocol: TLS } }, '`healthCheck.protocol` must be one of TCP, HTTP, HTTPS, got: "TLS"; the controller knows no other [Shop/Service]'],
  ['a path without slash', { healthCheck: { path: 'ready' } }, '`healthCheck.path` must be a path that starts with /'],
  ['an interval that is too short', { healthCheck: { interval: Duration.seconds(4) } }, '`healthCheck.interval` must be a whole number from 5 to 300, got: "4"'],
  ['an interval that ends before the default timeout', { healthCheck: { interval: Duration.seconds(5) } },
    '`healthCheck.timeout` must be no more than the interval of 5 seconds, got: 10; a check must end before the next one [Shop/Service]'],
  ['a threshold that is too high', { healthCheck: { healthyThresholdCount: 11 } }, '`healthCheck.healthyThresholdCount` must be a whole number from 2 to 10'],
  ['codes that HTTP does not have', { healthCheck: { protocol: HTTP, successCodes: '100' } }, '`healthCheck.successCodes` must be codes or ranges from 200 to 599'],
])('fails with health checks by %s', (_, props, message) => {
  expect(() => nlbFixture(props)).toThrow(message);
});

test.each<[string, Partial<NlbServiceProps>, string]>([
  ['without clients\' addresses over UDP', { ports: [{ port: 53, protocol: TCP_UDP }], targetGroupAttributes: { 'preserve_client_ip.enabled': 'false' } },
    '`targetGroupAttributes` must be without preserve_client_ip.enabled=false where a port is UDP'],
  ['with the proxy protocol said twice', { proxyProtocol: false, targetGroupAttributes: { 'proxy_protocol_v2.enabled': 'true' } },
    '`targetGroupAttributes` must be without proxy_protocol_v2.enabled where `proxyProtocol` is given'],
  ['with values that AWS refuses', { loadBalancerAttributes: { 'deletion_protection.enabled': 'yes' } }, '`loadBalancerAttributes` must be with deletion_protection.enabled as true or false'],
])('fails with attributes %s', (_, props, message) => {
  expect(() => nlbFixture(props)).toThrow(message);
});

const annotated = (suffix: string) => `\`annotations['service.beta.kubernetes.io/aws-load-balancer-${suffix}']\` must be`;
test.each<[string, Partial<NlbServiceProps>, string]>([
  ['what a prop says', { loadBalancerName: 'mail', annotations: nlbPrefixed({ name: 'post' }) }, `${annotated('name')} left out where \`loadBalancerName\` is given, got: "post"`],
  ['tags', { annotations: nlbPrefixed({ 'additional-resource-tags': 'a=b' }) }, `${annotated('additional-resource-tags')} left out where \`tags\` is given`],
  ['instances as targets', { annotations: nlbPrefixed({ 'nlb-target-type': 'instance' }) }, `${annotated('nlb-target-type')} ip, got: "instance"`],
  ['the scheme by its old name', { annotations: nlbPrefixed({ internal: 'true' }) }, `${annotated('internal')} left out, got: "true"; use \`scheme\` [Shop/Service]`],
  ['an unknown scheme', { annotations: nlbPrefixed({ scheme: 'public' }) }, `${annotated('scheme')} internal or internet-facing, got: "public"`],
  ['a map that can\'t be read', { annotations: nlbPrefixed({ attributes: 'yes' }) }, `${annotated('attributes')} pairs of key=value with commas between`],
  ['no text', { annotations: nlbPrefixed({ scheme: 1 as any }) }, `${annotated('scheme')} text, got: 1`],
  ['source ranges', { annotations: { 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8' } },
    '`annotations[\'service.beta.kubernetes.io/load-balancer-source-ranges\']` must be left out, got: "10.0.0.0/8"; use `inboundCidrs` [Shop/Service]'],
])('fails with an annotation of %s', (_, props, message) => {
  expect(() => nlbFixture(props)).toThrow(message);
});

test('fails with a namespace of another cluster', () => {
  const { stack, least } = nlbFixture();
  const namespace = Namespace.fromNamespaceName(stack, 'Namespace', importedClusterFixture().cluster, 'shop');
  expect(() => new NlbService(stack, 'Two', { ...least, namespace })).toThrow('`namespace` must be in the cluster of `controller`, got: "Shop/Namespace"');
});

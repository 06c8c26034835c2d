import { CfnOutput, CfnParameter, Duration, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { certificateFixture, CERTIFICATE, controllerFixture, nlbFixture, nlbPrefixed } from './fixture';
import { LoadBalancerScheme, Namespace, NlbService, type INamespace, type LoadBalancerAccess, type NlbServiceProps } from '../../src';
import { MANIFEST } from '../../tools/template';
import { platformFixture } from '../support/fixtures';
import { idsOf, neededBy, resourcesOf, text, theOnly } from '../support/read';

const { TCP_UDP, TLS, UDP } = elbv2.Protocol;

test('makes an internal load balancer that reaches pods by their addresses', () => {
  const { object, annotations } = nlbFixture({ serviceName: 'mail' });
  expect(object('Service')).toMatchObject({ apiVersion: 'v1', metadata: { name: 'mail' } });
  expect(object('Service').spec).toEqual({
    type: 'LoadBalancer',
    loadBalancerClass: 'service.k8s.aws/nlb',
    allocateLoadBalancerNodePorts: false,
    selector: { app: 'mail' },
    ports: [{ name: 'tcp-25', protocol: 'TCP', port: 25, targetPort: 2525 }],
  });
  expect(annotations()).toEqual({ 'scheme': 'internal', 'nlb-target-type': 'ip', 'healthcheck-protocol': 'TCP' });
});

test('is one custom resource', () => {
  expect(Object.keys(nlbFixture().template().toJSON().Resources)).toHaveLength(1);
});

describe('ports', () => {
  test('end TLS with a certificate and a policy of TLS 1.2 or newer, each for itself', () => {
    const { annotations, object } = nlbFixture(stack => ({
      certificates: [certificateFixture(stack)], ports: [{ port: 993, protocol: TLS }, { port: 143 }],
    }));
    expect(annotations()).toMatchObject({
      'ssl-cert': CERTIFICATE, 'ssl-ports': '993', 'ssl-negotiation-policy': 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    });
    expect(object('Service').spec.ports.map((it: any) => it.protocol)).toEqual(['TCP', 'TCP']);
  });

  test('end TLS with another policy', () => {
    const { annotations } = nlbFixture(stack => ({
      certificates: [certificateFixture(stack)], ports: [{ port: 993, protocol: TLS }], sslPolicy: elbv2.SslPolicy.TLS13_RES,
    }));
    expect(annotations()['ssl-negotiation-policy']).toBe(elbv2.SslPolicy.TLS13_RES);
  });

  test('accept both protocols, as one listener', () => {
    const { annotations, object } = nlbFixture({ ports: [{ port: 53, targetPort: 5353, protocol: TCP_UDP }] });
    expect(annotations()['enable-tcp-udp-listener']).toBe('true');
    expect(object('Service').spec.ports).toEqual([
      { name: 'tcp-53', protocol: 'TCP', port: 53, targetPort: 5353 },
      { name: 'udp-53', protocol: 'UDP', port: 53, targetPort: 5353 },
    ]);
  });

  test('are UDP where pods answer health checks over TCP', () => {
    const { annotations, object } = nlbFixture({ ports: [{ port: 514, protocol: UDP }], healthCheck: { port: 8080 } });
    expect(annotations()['healthcheck-port']).toBe('8080');
    expect(object('Service').spec.ports).toEqual([{ name: 'udp-514', protocol: 'UDP', port: 514, targetPort: 514 }]);
  });
});

test('writes what the props say', () => {
  const { annotations, object } = nlbFixture(stack => ({
    scheme: LoadBalancerScheme.INTERNET_FACING,
    loadBalancerName: 'mail',
    inboundCidrs: ['192.0.2.0/24'],
    prefixLists: [ec2.PrefixList.fromPrefixListId(stack, 'Office', 'pl-0123456789abcdef0')],
    subnets: { subnetType: ec2.SubnetType.PUBLIC },
    eipAllocations: ['eipalloc-0a', 'eipalloc-0b'],
    proxyProtocol: true,
    loadBalancerAttributes: { 'load_balancing.cross_zone.enabled': 'true' },
    targetGroupAttributes: { 'deregistration_delay.timeout_seconds': '30' },
    healthCheck: {
      path: '/ready',
      port: 8080,
      interval: Duration.seconds(20),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 4,
      successCodes: '200-299',
    },
  }));
  expect(annotations()).toEqual({
    'scheme': 'internet-facing',
    'nlb-target-type': 'ip',
    'name': 'mail',
    'security-group-prefix-lists': 'pl-0123456789abcdef0',
    'subnets': 'subnet-c,subnet-d',
    'eip-allocations': 'eipalloc-0a,eipalloc-0b',
    'proxy-protocol': '*',
    'attributes': 'load_balancing.cross_zone.enabled=true',
    'target-group-attributes': 'deregistration_delay.timeout_seconds=30',
    'healthcheck-protocol': 'HTTP',
    'healthcheck-path': '/ready',
    'healthcheck-port': '8080',
    'healthcheck-interval': '20',
    'healthcheck-timeout': '5',
    'healthcheck-healthy-threshold': '2',
    'healthcheck-unhealthy-threshold': '4',
    'healthcheck-success-codes': '200-299',
  });
  expect(object('Service').spec.loadBalancerSourceRanges).toEqual(['192.0.2.0/24']);
});

test('has its own groups, which pods still let in', () => {
  const { annotations } = nlbFixture(stack => ({ securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0a')] }));
  expect(annotations()).toMatchObject({ 'security-groups': 'sg-0a', 'manage-backend-security-group-rules': 'true' });
});

test('has its own private addresses', () => {
  const { annotations } = nlbFixture({ subnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }, privateIpv4Addresses: ['10.0.0.10', '10.0.64.10'] });
  expect(annotations()['private-ipv4-addresses']).toBe('10.0.0.10,10.0.64.10');
});

test('accepts annotations that no prop writes, and those that replace a default', () => {
  const { annotations } = nlbFixture({ annotations: nlbPrefixed({ 'ip-address-type': 'dualstack', 'scheme': 'internet-facing' }), inboundCidrs: ['2001:db8::/32'] });
  expect(annotations()).toMatchObject({ 'ip-address-type': 'dualstack', 'scheme': 'internet-facing' });
});

test('warns of annotations that the controller ignores', () => {
  const { stack } = nlbFixture({ annotations: nlbPrefixed({ sheme: 'internal' }) });
  Annotations.fromStack(stack).hasWarning('/Shop/Service', Match.stringLikeRegexp('aws-load-balancer-sheme'));
});

test('warns of a load balancer that the controller can\'t delete', () => {
  const { stack } = nlbFixture({ loadBalancerAttributes: { 'deletion_protection.enabled': 'true' } });
  Annotations.fromStack(stack).hasWarning('/Shop/Service', Match.stringLikeRegexp('deletion_protection.enabled=true'));
});

test('accepts values that only a deployment knows', () => {
  const { template } = nlbFixture(stack => {
    const name = new CfnParameter(stack, 'Name').valueAsString;
    const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
    return {
      serviceName: name,
      ports: [{ port: number }, { port: 443, targetPort: number }],
      inboundCidrs: [name],
      scheme: LoadBalancerScheme.INTERNET_FACING,
      subnets: { subnetType: ec2.SubnetType.PUBLIC },
      eipAllocations: [name, name],
    };
  });
  const manifest = text(theOnly(template(), MANIFEST).Properties.Manifest);
  expect(manifest).toContain('"ports":[{"name":"tcp-<token>","protocol":"TCP","port":<token>,"targetPort":<token>},{"name":"tcp-443"');
  expect(manifest).toContain('eip-allocations":"<token>,<token>"');
});

describe('name', () => {
  test('is made of the path', () => {
    expect(nlbFixture().service.serviceName).toMatch(/^shop-service-?[a-z0-9]*$/);
  });

  test('is another resource when it changes, so that the old Service is deleted', () => {
    const id = (serviceName: string) => Object.keys(resourcesOf(nlbFixture({ serviceName }).template(), MANIFEST))[0];
    expect(id('mail')).not.toBe(id('post'));
  });

  test('fails if two constructs give the same in a namespace', () => {
    const { stack, service, least } = nlbFixture({ serviceName: 'mail' });
    expect(service.serviceName).toBe('mail');
    expect(() => new NlbService(stack, 'Two', { ...least, serviceName: 'mail' }))
      .toThrow('`serviceName` must be a name of its own in the namespace, got: "default/mail"; Shop/Service defines it already [Shop/Two]');
  });
});

test('is made after the controller and ExternalDNS of a platform, and so deleted before them', () => {
  const { stack, platform, template } = platformFixture();
  new NlbService(stack, 'Service', { controller: platform.albController!, selector: { app: 'mail' }, ports: [{ port: 25 }] });
  const [service] = idsOf(template(), MANIFEST, { Manifest: Match.stringLikeRegexp('service.k8s.aws/nlb') });
  for (const release of ['aws-load-balancer-controller', 'external-dns']) {
    expect(neededBy(template(), service)).toContain(idsOf(template(), 'Custom::AWSCDK-EKS-HelmChart', { Release: release })[0]);
  }
});

describe('namespace', () => {
  function asked(props: Partial<NlbServiceProps>) {
    const { stack, controller, cluster, vpc, object } = controllerFixture();
    const calls: LoadBalancerAccess[] = [];
    const namespace: INamespace = Namespace.fromNamespaceName(stack, 'Namespace', cluster, 'shop');
    namespace.allowFromLoadBalancer = access => calls.push(access);
    new NlbService(stack, 'Service', { controller, namespace, selector: { app: 'mail' }, ports: [{ port: 25, targetPort: 2525 }], ...props });
    expect(object('Service').metadata.namespace).toBe('shop');
    expect(calls).toHaveLength(1);
    return { vpc, access: calls[0] };
  }

  test('lets the load balancer in to the ports of the pods', () => {
    const { vpc, access } = asked({ healthCheck: { port: 8080 } });
    expect(access).toEqual({ subnets: vpc.privateSubnets, podLabels: { app: 'mail' }, ports: [2525, 8080], udpPorts: [] });
  });

  test('lets the public subnets in to an internet-facing one', () => {
    const { vpc, access } = asked({ scheme: LoadBalancerScheme.INTERNET_FACING });
    expect(access.subnets).toEqual(vpc.publicSubnets);
  });

  test.each<[string, Partial<NlbServiceProps>, Partial<LoadBalancerAccess>]>([
    ['UDP', { ports: [{ port: 53, protocol: TCP_UDP }] }, { ports: [53], udpPorts: [53], clientCidrs: ['0.0.0.0/0'] }],
    ['UDP from some', { ports: [{ port: 53, protocol: TCP_UDP }], inboundCidrs: ['192.0.2.0/24'] }, { clientCidrs: ['192.0.2.0/24'] }],
    ['TCP on request', { targetGroupAttributes: { 'preserve_client_ip.enabled': 'true' } }, { ports: [2525], clientCidrs: ['0.0.0.0/0'] }],
    ['TCP of a port on request', { annotations: nlbPrefixed({ 'target-group-attributes.25': 'preserve_client_ip.enabled=true' }) }, { clientCidrs: ['0.0.0.0/0'] }],
  ])('lets clients in, whose addresses the load balancer keeps: %s', (_, props, access) => {
    expect(asked(props).access).toMatchObject(access);
  });
});

test('has the tags of the prop and of Tags.of, which wins', () => {
  const { stack, annotations } = nlbFixture({ tags: { Team: 'mail', Cost: '42' } });
  Tags.of(stack).add('Team', 'shop');
  expect(annotations()['additional-resource-tags']).toBe('Cost=42,Team=shop');
});

test('fails late with a tag that the controller keeps for itself', () => {
  const { stack } = nlbFixture();
  Tags.of(stack).add('service.k8s.aws/stack', 'mine');
  expect(() => Template.fromStack(stack)).toThrow('`tags` must be without keys that start with aws:');
});

test('asks the Service for its DNS name once, after it was applied', () => {
  const { stack, service, template } = nlbFixture({ serviceName: 'mail' });
  new CfnOutput(stack, 'Name', { value: service.loadBalancerDnsName });
  new CfnOutput(stack, 'Again', { value: service.loadBalancerDnsName });
  const value = theOnly(template(), 'Custom::AWSCDK-EKS-KubernetesObjectValue');
  expect(value.Properties).toMatchObject({
    ObjectType: 'service', ObjectName: 'mail', ObjectNamespace: 'default', JsonPath: '.status.loadBalancer.ingress[0].hostname',
  });
  expect(value.DependsOn).toEqual(idsOf(template(), MANIFEST));
});

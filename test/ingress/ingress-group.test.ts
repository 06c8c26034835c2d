import { Template } from 'aws-cdk-lib/assertions';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CERTIFICATE, certificateFixture, controllerFixture, ingressFixture, least, prefixed } from './fixture';
import { AlbIngress, type AlbIngressProps } from '../../src';

/** A group of Ingresses, and how it fails when the stack is synthesized. */
function group(...members: Partial<AlbIngressProps>[]) {
  const { stack, controller } = controllerFixture();
  members.forEach((props, index) => new AlbIngress(stack, `Ingress${index}`, {
    ...least(controller), hosts: [`app${index}.example.com`], groupName: 'shop', ingressName: `web${index}`, ...props,
  }));
  return () => Template.fromStack(stack);
}

const paths = (count: number) => Array.from({ length: count }, (_, index) => ({ path: `/${index}`, service: 'web', port: 80 }));

test('shares a load balancer', () => {
  expect(group({ groupOrder: 1 }, { groupOrder: 2, loadBalancerAttributes: { 'routing.http2.enabled': 'true' } })).not.toThrow();
});

test.each<[string, Partial<AlbIngressProps>, Partial<AlbIngressProps>, string]>([
  ['names', { loadBalancerName: 'a' }, { loadBalancerName: 'b' }, '`load-balancer-name` must be the same for all of the group shop, which is one load balancer, '
    + 'got: "a" of default/web0, "b" of default/web1; give it to one of them, or the same to all'],
  ['attributes', { loadBalancerAttributes: { a: '1' } }, { loadBalancerAttributes: { a: '2' } }, '`load-balancer-attributes: a` must be the same'],
  ['tags', { tags: { Team: 'a' } }, { tags: { Team: 'b' } }, '`tags: Team` must be the same'],
  ['TLS policies', {}, { sslPolicy: elbv2.SslPolicy.TLS13_13 }, '`ssl-policy of port 443` must be the same'],
  ['addresses', { inboundCidrs: ['10.0.0.0/8'] }, { inboundCidrs: ['192.168.0.0/16'] }, '`inbound-cidrs of port 443` must be the same'],
  ['protocols of a port', {}, { listeners: [{ port: 443, protocol: elbv2.ApplicationProtocol.HTTP }] }, '`listen-ports of port 443` must be the same'],
  ['default backends', { defaultBackend: { service: 'a', port: 80 } }, { defaultBackend: { service: 'b', port: 80 } },
    '`defaultBackend` must be given to one Ingress of the group shop at most, got: default/web0, default/web1'],
  ['rules, too many', { paths: paths(60) }, { paths: paths(41) }, '`paths` must be 100 rules or fewer for the group shop, got: 101'],
])('fails with different %s', (_, one, other, message) => {
  expect(group(one, other)).toThrow(message);
  expect(group(one)).not.toThrow();
});

test('accepts lists in any order, and no rules on HTTP listeners that redirect', () => {
  expect(group({ inboundCidrs: ['10.0.0.0/8', '192.168.0.0/16'] }, { inboundCidrs: ['192.168.0.0/16', '10.0.0.0/8'] })).not.toThrow();
  expect(group({ paths: paths(60), redirectHttp: true }, { paths: paths(40) })).not.toThrow();
});

test('is the same by an annotation', () => {
  const annotations = prefixed({ 'group.name': 'shop' });
  expect(group({ loadBalancerName: 'a' }, { loadBalancerName: 'b', groupName: undefined, annotations })).toThrow('`load-balancer-name` must be the same');
});

test('does not bind Ingresses of another group', () => {
  expect(group({ loadBalancerName: 'a' }, { loadBalancerName: 'b', groupName: 'other' })).not.toThrow();
});

test.each([[100, 1], [50, 2], [33, 3]])('a load balancer that is not shared has room for %d paths on %d hosts, and no more', (count, hosts) => {
  const names = Array.from({ length: hosts }, (_, index) => `app${index}.example.com`);
  expect(() => ingressFixture({ hosts: names, paths: paths(count) })).not.toThrow();
  expect(() => ingressFixture({ hosts: names, paths: paths(count + 1) })).toThrow('`paths` must be 100 rules or fewer for a load balancer');
});

test('a load balancer has room for 26 certificates, and no more', () => {
  const define = (count: number) => {
    const { stack, controller } = controllerFixture();
    const certificates = Array.from({ length: count }, (_, index) => certificateFixture(stack, `${CERTIFICATE}${index}`, `Certificate${index}`));
    return () => new AlbIngress(stack, 'Ingress', { ...least(controller), certificates });
  };
  expect(define(26)).not.toThrow();
  expect(define(27)).toThrow('`certificates` must be a default and 25 others or fewer for a load balancer, got: 27');
});

import { annotationsOf, CERTIFICATE, certificateFixture, controllerFixture, least, WEB_ACL } from './fixture';
import { AlbIngress, IngressClassParams, LoadBalancerScheme, Namespace, WebAcl, type AlbIngressProps, type IngressClassParamsProps } from '../../src';

function classFixture(props: Partial<IngressClassParamsProps> = {}) {
  const fixture = controllerFixture();
  const ingressClass = new IngressClassParams(fixture.stack, 'Class', { controller: fixture.controller, ingressClassName: 'shared', ...props });
  const addIngress = (more: Partial<AlbIngressProps> = {}) => new AlbIngress(fixture.stack, 'Ingress', { ...least(fixture.controller), ingressClass, ...more });
  return { ...fixture, addIngress };
}

test('defines the class with its parameters', () => {
  const { object } = classFixture();
  expect(object('IngressClass').spec).toEqual({
    controller: 'ingress.k8s.aws/alb', parameters: { apiGroup: 'elbv2.k8s.aws', kind: 'IngressClassParams', name: 'shared' },
  });
  expect(object('IngressClassParams')).toMatchObject({
    metadata: { name: 'shared' }, spec: { scheme: 'internal', targetType: 'ip', sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09' },
  });
});

test('locks a shared load balancer to namespaces', () => {
  const { stack, controller, cluster, object } = controllerFixture();
  new IngressClassParams(stack, 'Class', {
    controller,
    ingressClassName: 'shared',
    groupName: 'shared',
    loadBalancerName: 'shop',
    namespaces: ['shop', 'staging'].map(name => Namespace.fromNamespaceName(stack, name, cluster, name)),
    scheme: LoadBalancerScheme.INTERNET_FACING,
    webAcl: WebAcl.fromWebAclArn(stack, 'WebAcl', WEB_ACL),
    certificates: [certificateFixture(stack)],
    inboundCidrs: ['203.0.113.0/24'],
    loadBalancerAttributes: { 'idle_timeout.timeout_seconds': '30' },
    tags: { Team: 'shop' },
  });
  expect(object('IngressClassParams').spec).toMatchObject({
    namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop', 'staging'] }] },
    group: { name: 'shared' },
    loadBalancerName: 'shop',
    scheme: 'internet-facing',
    wafv2AclArn: WEB_ACL,
    certificateArn: [CERTIFICATE],
    inboundCIDRs: ['203.0.113.0/24'],
    loadBalancerAttributes: [{ key: 'idle_timeout.timeout_seconds', value: '30' }],
    tags: [{ key: 'Team', value: 'shop' }],
  });
});

test('an Ingress of it has its scheme, and needs no own certificate, web ACL or host', () => {
  const { stack, controller, object } = controllerFixture();
  const ingressClass = new IngressClassParams(stack, 'Class', {
    controller,
    ingressClassName: 'shared',
    scheme: LoadBalancerScheme.INTERNET_FACING,
    webAcl: WebAcl.fromWebAclArn(stack, 'WebAcl', WEB_ACL),
    certificates: [certificateFixture(stack)],
  });
  new AlbIngress(stack, 'Ingress', { ...least(controller), hosts: undefined, ingressClass });
  expect(object('Ingress').spec.ingressClassName).toBe('shared');
  expect(annotationsOf(object('Ingress')).scheme).toBe('internet-facing');
});

test('an Ingress may be of a class that something else defines', () => {
  const { stack, controller, object } = controllerFixture();
  new AlbIngress(stack, 'Ingress', {
    ...least(controller), hosts: undefined, ingressClass: IngressClassParams.fromIngressClassName(stack, 'Class', 'theirs'),
  });
  expect(object('Ingress').spec.ingressClassName).toBe('theirs');
});

test.each<[string, Partial<IngressClassParamsProps>, Partial<AlbIngressProps>]>([
  ['`scheme` must be internal, as the class says', {}, { scheme: LoadBalancerScheme.INTERNET_FACING, withoutWaf: true }],
  ['`groupName` must be shared, as the class says', { groupName: 'shared' }, { groupName: 'other' }],
  ['`inboundCidrs` must be left out with a class that sets it', { inboundCidrs: ['10.0.0.0/8'] }, { inboundCidrs: ['0.0.0.0/0'] }],
])('an Ingress fails that the class would win over: %s', (message, ofClass, ofIngress) => {
  expect(() => classFixture(ofClass).addIngress(ofIngress)).toThrow(message);
});

test.each<[string, Partial<IngressClassParamsProps>]>([
  ['`ingressClassName` must be 1 to 253', { ingressClassName: 'Shared' }],
  ['`ingressClassName` must be another name than alb', { ingressClassName: 'alb' }],
  ['`namespaces` must be one or more', { namespaces: [] }],
  ['`namespaceLabels` must be one or more', { namespaceLabels: {} }],
  ['`namespaces` must be left out with `namespaceLabels`', { namespaces: [], namespaceLabels: { a: 'b' } }],
  ['`loadBalancerName` must be given with `groupName`', { loadBalancerName: 'shop' }],
  ['`webAcl` must be given for an internet-facing load balancer', { scheme: LoadBalancerScheme.INTERNET_FACING }],
  ['`groupName` must be 1 to 63', { groupName: 'Shared' }],
  ['`inboundCidrs` must be blocks of addresses', { inboundCidrs: ['10.0.0.0'] }],
  ['`tags` must be without keys that start with aws:', { tags: { 'aws:a': 'b' } }],
])('fails: %s', (message, props) => {
  expect(() => classFixture(props)).toThrow(message);
});

import { Duration } from 'aws-cdk-lib';
import { annotationsOf, certificateFixture, controllerFixture } from './fixture';
import {
  GrpcService, HubbleUiIngress, IngressAuthentication, LoadBalancerScheme, PathBasedMicroservices, PublicWebApplication, WebAcl, WebSocketApplication,
  type HostIngressProps, type ServiceIngressProps,
} from '../../src';

function fixture() {
  const { stack, controller, object } = controllerFixture();
  const host: HostIngressProps = { controller, host: 'app.example.com', certificate: certificateFixture(stack) };
  const service: ServiceIngressProps = { ...host, service: 'web', port: 80 };
  return { stack, controller, host, service, object, annotations: () => annotationsOf(object('Ingress')) };
}

test.each<[string, Partial<ServiceIngressProps>]>([
  ['`host` must be a lower-case domain name', { host: 'App' }],
  ['`service` must be the name of a Service', { service: 'Web' }],
  ['`port` must be a port from 1 to 65535', { port: 0 }],
  ['`path` must be a path that starts with /', { path: 'api' }],
  ['`healthCheck.path` must be a path that starts with /', { healthCheck: { path: 'health' } }],
])('an error names the prop that was given: %s', (message, props) => {
  const { stack, service } = fixture();
  expect(() => new PublicWebApplication(stack, 'Web', { ...service, withoutWaf: true, ...props })).toThrow(message);
});

test('an error of a pattern with paths names the path', () => {
  const { stack, host } = fixture();
  expect(() => new PathBasedMicroservices(stack, 'Api', { ...host, withoutWaf: true, paths: [{ path: '/a', service: 'A', port: 80 }] }))
    .toThrow('`paths[0].service` must be the name of a Service');
});

test('a WebSocket application accepts other times, as props or as attributes', () => {
  const { stack, service, annotations } = fixture();
  new WebSocketApplication(stack, 'Socket', {
    ...service, withoutWaf: true, idleTimeout: Duration.minutes(10), targetGroupAttributes: { 'stickiness.enabled': 'false' },
  });
  expect(annotations()).toMatchObject({
    'load-balancer-attributes': 'idle_timeout.timeout_seconds=600', 'target-group-attributes': 'stickiness.enabled=false',
  });
});

test('a gRPC service may be for the internet, and be asked otherwise for its health', () => {
  const { stack, service, annotations } = fixture();
  new GrpcService(stack, 'Grpc', {
    ...service, scheme: LoadBalancerScheme.INTERNET_FACING, withoutWaf: true, healthCheck: { path: '/AWS.ALB/healthcheck', successCodes: '12' },
  });
  expect(annotations()).toMatchObject({ 'scheme': 'internet-facing', 'healthcheck-path': '/AWS.ALB/healthcheck', 'success-codes': '12' });
});

test('Hubble UI is internal, and lets nobody in without authentication', () => {
  const { stack, host, object, annotations } = fixture();
  new HubbleUiIngress(stack, 'HubbleUi', {
    ...host,
    authentication: IngressAuthentication.oidc({
      issuer: 'https://a', authorizationEndpoint: 'https://a', tokenEndpoint: 'https://a', userInfoEndpoint: 'https://a', secretName: 'hubble-ui',
    }),
  });
  const { metadata, spec } = object('Ingress');
  expect(metadata.namespace).toBe('kube-system');
  expect(spec.rules[0].http.paths).toEqual([{ path: '/', pathType: 'Prefix', backend: { service: { name: 'hubble-ui', port: { number: 80 } } } }]);
  expect(annotations()).toMatchObject({ 'scheme': 'internal', 'auth-type': 'oidc', 'listen-ports': '[{"HTTPS":443}]', 'healthcheck-path': '/healthz' });
  expect(object('Role').metadata.namespace).toBe('kube-system');
});

test.each(['none', 'shop', 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/0123'])('a web ACL fails to be %s', arn => {
  expect(() => WebAcl.fromWebAclArn(fixture().stack, 'Acl', arn)).toThrow('`arn` must be the ARN of a regional web ACL of WAFv2');
});

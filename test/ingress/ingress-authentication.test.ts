import { Duration } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { annotationsOf, controllerFixture, ingressFixture, least, prefixed } from './fixture';
import { AlbIngress, IngressAuthentication, Namespace, type AlbIngressProps, type OidcAuthenticationOptions } from '../../src';

const provider = {
  issuer: 'https://login.example.com',
  authorizationEndpoint: 'https://login.example.com/authorize',
  tokenEndpoint: 'https://login.example.com/token',
  userInfoEndpoint: 'https://login.example.com/userinfo',
  secretName: 'login',
};
const oidc = (options: Partial<OidcAuthenticationOptions> = {}) => IngressAuthentication.oidc({ ...provider, ...options });

test('by OpenID Connect', () => {
  const { stack, controller, object } = controllerFixture();
  new AlbIngress(stack, 'Ingress', {
    ...least(controller),
    authentication: oidc({
      scopes: ['openid', 'email'], sessionCookieName: 'shop', sessionTimeout: Duration.hours(8), onUnauthenticatedRequest: elbv2.UnauthenticatedAction.DENY,
    }),
  });
  const annotations = annotationsOf(object('Ingress'));
  expect(JSON.parse(annotations['auth-idp-oidc'])).toEqual(provider);
  expect(annotations).toMatchObject({
    'auth-type': 'oidc',
    'auth-scope': 'openid email',
    'auth-session-cookie': 'shop',
    'auth-session-timeout': '28800',
    'auth-on-unauthenticated-request': 'deny',
  });
});

test('by OpenID Connect, lets the controller read that Secret and no other', () => {
  const { stack, controller, cluster, object } = controllerFixture();
  const namespace = Namespace.fromNamespaceName(stack, 'Namespace', cluster, 'shop');
  new AlbIngress(stack, 'Ingress', { ...least(controller), namespace, ingressName: 'web', authentication: oidc() });
  const [role, binding] = [object('Role'), object('RoleBinding')];
  expect(role).toMatchObject({
    metadata: { name: 'web-oidc', namespace: 'shop' },
    rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['login'], verbs: ['get', 'list', 'watch'] }],
  });
  expect(binding).toMatchObject({
    metadata: { namespace: 'shop' },
    roleRef: { kind: 'Role', name: 'web-oidc' },
    subjects: [{ kind: 'ServiceAccount', name: 'aws-load-balancer-controller', namespace: 'kube-system' }],
  });
});

test('by a user pool', () => {
  const { stack, controller, object } = controllerFixture();
  new AlbIngress(stack, 'Ingress', {
    ...least(controller),
    authentication: IngressAuthentication.cognito({
      userPool: cognito.UserPool.fromUserPoolArn(stack, 'Pool', 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_shop'),
      userPoolClient: cognito.UserPoolClient.fromUserPoolClientId(stack, 'Client', 'client'),
      userPoolDomain: cognito.UserPoolDomain.fromDomainName(stack, 'Domain', 'shop-login'),
    }),
  });
  const annotations = annotationsOf(object('Ingress'));
  expect(annotations['auth-type']).toBe('cognito');
  expect(JSON.parse(annotations['auth-idp-cognito'])).toEqual({
    userPoolARN: 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_shop', userPoolClientID: 'client', userPoolDomain: 'shop-login',
  });
});

test('by a user pool of the app, whose ids only a deployment knows', () => {
  const { stack, controller, object } = controllerFixture();
  const userPool = new cognito.UserPool(stack, 'Pool');
  new AlbIngress(stack, 'Ingress', {
    ...least(controller),
    authentication: IngressAuthentication.cognito({
      userPool,
      userPoolClient: userPool.addClient('Client', { generateSecret: true }),
      userPoolDomain: userPool.addDomain('Domain', { cognitoDomain: { domainPrefix: 'shop' } }),
    }),
  });
  const annotations = annotationsOf(object('Ingress'));
  expect(JSON.parse(annotations['auth-idp-cognito'])).toEqual({ userPoolARN: '<token>', userPoolClientID: '<token>', userPoolDomain: '<token>' });
});

describe('fails', () => {
  const listeners = [{ port: 80, protocol: elbv2.ApplicationProtocol.HTTP }, { port: 443 }];

  test.each<[string, Partial<AlbIngressProps>, string]>([
    ['where everybody gets in over HTTP', { listeners, authentication: oidc() }, '`authentication` must be given without an HTTP listener, unless that redirects'],
    ['without HTTPS', { listeners: [listeners[0]], authentication: oidc() }, '`authentication` must be given with an HTTPS listener'],
    ['with an address that is not HTTPS', { authentication: oidc({ issuer: 'http://login.example.com' }) },
      '`authentication` must be with an https:// address as issuer'],
    ['without a Secret', { authentication: oidc({ secretName: '' }) },
      '`authentication` must be a JSON object with issuer, authorizationEndpoint, tokenEndpoint, userInfoEndpoint, secretName'],
    ['with a session of more than 7 days', { authentication: oidc({ sessionTimeout: Duration.days(8) }) },
      '`authentication.sessionTimeout` must be a whole number from 1 to 604800'],
    ['with a token too', { authentication: oidc(), annotations: prefixed({ 'jwt-validation': '{"jwksEndpoint":"https://a","issuer":"b"}' }) },
      'jwt-validation\']` must be left out with auth-type oidc'],
    ['without the provider that an annotation names', { annotations: prefixed({ 'auth-type': 'oidc' }) }, 'auth-idp-oidc\']` must be given with auth-type oidc'],
  ])('%s', (_, props, message) => {
    expect(() => ingressFixture(props)).toThrow(message);
  });

  test('nothing where HTTP redirects', () => {
    expect(() => ingressFixture({ listeners, redirectHttp: true, authentication: oidc() })).not.toThrow();
  });
});

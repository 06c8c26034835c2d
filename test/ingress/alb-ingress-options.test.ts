import { Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { annotationsOf, CERTIFICATE, certificateFixture, controllerFixture, ingressFixture, least, prefixed, WEB_ACL } from './fixture';
import { AlbIngress, LoadBalancerScheme, WebAcl, type AlbIngressProps } from '../../src';

const { HTTP, HTTPS } = elbv2.ApplicationProtocol;

/** The annotations of an Ingress with props that need a stack. */
function annotationsWith(props: (stack: Stack) => Partial<AlbIngressProps>) {
  const { stack, controller, object } = controllerFixture();
  new AlbIngress(stack, 'Ingress', { ...least(controller), ...props(stack) });
  return annotationsOf(object('Ingress'));
}

test.each<[keyof AlbIngressProps, Partial<AlbIngressProps>, { [suffix: string]: string }]>([
  ['loadBalancerName', { loadBalancerName: 'shop' }, { 'load-balancer-name': 'shop' }],
  ['groupName', { groupName: 'shop', groupOrder: -5 }, { 'group.name': 'shop', 'group.order': '-5' }],
  ['scheme', { scheme: LoadBalancerScheme.INTERNET_FACING, withoutWaf: true }, { scheme: 'internet-facing' }],
  ['sslPolicy', { sslPolicy: elbv2.SslPolicy.TLS13_13 }, { 'ssl-policy': 'ELBSecurityPolicy-TLS13-1-3-2021-06' }],
  ['idleTimeout', { idleTimeout: Duration.minutes(5) }, { 'load-balancer-attributes': 'idle_timeout.timeout_seconds=300' }],
  ['stickiness', { stickiness: Duration.hours(1) }, { 'target-group-attributes': 'stickiness.enabled=true,stickiness.lb_cookie.duration_seconds=3600' }],
  ['inboundCidrs', { inboundCidrs: ['203.0.113.0/24', '2001:db8::/32'] }, { 'inbound-cidrs': '203.0.113.0/24,2001:db8::/32' }],
  ['redirectHttp', { redirectHttp: true }, { 'listen-ports': '[{"HTTP":80},{"HTTPS":443}]', 'ssl-redirect': '443' }],
  ['listeners', { listeners: [{ port: 8443 }, { port: 8080, protocol: HTTP }], redirectHttp: true },
    { 'listen-ports': '[{"HTTPS":8443},{"HTTP":8080}]', 'ssl-redirect': '8443' }],
  ['backendProtocol', { backendProtocol: HTTPS, backendProtocolVersion: elbv2.ApplicationProtocolVersion.HTTP2 },
    { 'backend-protocol': 'HTTPS', 'backend-protocol-version': 'HTTP2' }],
  ['loadBalancerAttributes', { idleTimeout: Duration.seconds(30), loadBalancerAttributes: { 'access_logs.s3.prefix': 'a,b\\c' } },
    { 'load-balancer-attributes': 'idle_timeout.timeout_seconds=30,access_logs.s3.prefix=a\\,b\\\\c' }],
  ['targetGroupAttributes', { targetGroupAttributes: { 'slow_start.duration_seconds': '30' } }, { 'target-group-attributes': 'slow_start.duration_seconds=30' }],
  ['healthCheck', {
    healthCheck: {
      path: '/live',
      port: 9000,
      protocol: HTTPS,
      interval: Duration.seconds(30),
      timeout: Duration.seconds(10),
      healthyThresholdCount: 4,
      unhealthyThresholdCount: 5,
      successCodes: '200,301',
    },
  }, {
    'healthcheck-path': '/live',
    'healthcheck-port': '9000',
    'healthcheck-protocol': 'HTTPS',
    'healthcheck-interval-seconds': '30',
    'healthcheck-timeout-seconds': '10',
    'healthy-threshold-count': '4',
    'unhealthy-threshold-count': '5',
    'success-codes': '200,301',
  }],
])('%s', (_, props, annotations) => {
  expect(ingressFixture(props).annotations()).toMatchObject(annotations);
});

test('an HTTP listener alone has no TLS policy', () => {
  const { annotations } = ingressFixture({ listeners: [{ port: 80, protocol: HTTP }] });
  expect(annotations()).toMatchObject({ 'listen-ports': '[{"HTTP":80}]' });
  expect(annotations()).not.toHaveProperty('ssl-policy');
});

test('certificates: the first is the default', () => {
  const annotations = annotationsWith(stack => ({
    certificates: [certificateFixture(stack), certificateFixture(stack, `${CERTIFICATE}4`, 'Other')],
  }));
  expect(annotations['certificate-arn']).toBe(`${CERTIFICATE},${CERTIFICATE}4`);
});

describe('webAcl', () => {
  const internetFacing = { scheme: LoadBalancerScheme.INTERNET_FACING };

  test('is one of the app', () => {
    const annotations = annotationsWith(stack => ({
      ...internetFacing,
      webAcl: new wafv2.CfnWebACL(stack, 'Acl', {
        scope: 'REGIONAL', defaultAction: { allow: {} }, visibilityConfig: { metricName: 'a', sampledRequestsEnabled: true, cloudWatchMetricsEnabled: true },
      }),
    }));
    expect(annotations['wafv2-acl-arn']).toBe('<token>');
  });

  test('is one that was made elsewhere', () => {
    const annotations = annotationsWith(stack => ({ ...internetFacing, webAcl: WebAcl.fromWebAclArn(stack, 'Acl', WEB_ACL) }));
    expect(annotations['wafv2-acl-arn']).toBe(WEB_ACL);
  });

  test('fails with its name, which the controller may not look up', () => {
    const message = '`annotations[\'alb.ingress.kubernetes.io/wafv2-acl-name\']` must be left out, got: "shop"; '
      + 'the controller\'s role can\'t look names up: give `webAcl`, or the web ACL\'s ARN [Shop/Ingress]';
    expect(() => ingressFixture({ ...internetFacing, annotations: prefixed({ 'wafv2-acl-name': 'shop' }) })).toThrow(message);
    expect(() => ingressFixture({ annotations: prefixed({ 'wafv2-acl-name': 'shop' }) })).toThrow(message);
  });

  test('fails for CloudFront', () => {
    expect(() => annotationsWith(stack => ({
      webAcl: new wafv2.CfnWebACL(stack, 'Acl', {
        scope: 'CLOUDFRONT', defaultAction: { allow: {} }, visibilityConfig: { metricName: 'a', sampledRequestsEnabled: true, cloudWatchMetricsEnabled: true },
      }),
    }))).toThrow('`webAcl` must be a web ACL of scope REGIONAL, got: "Shop/Acl"; one of scope CLOUDFRONT can\'t be attached to a load balancer [Shop/Ingress]');
  });

  test('fails beside withoutWaf', () => {
    expect(() => annotationsWith(stack => ({ ...internetFacing, withoutWaf: true, webAcl: WebAcl.fromWebAclArn(stack, 'Acl', WEB_ACL) })))
      .toThrow('`withoutWaf` must be left out with `webAcl`');
  });

  test('fails if an annotation says that there is none', () => {
    expect(() => ingressFixture({ ...internetFacing, annotations: prefixed({ 'wafv2-acl-arn': 'none' }) }))
      .toThrow('`annotations[\'alb.ingress.kubernetes.io/wafv2-acl-arn\']` must be given for an internet-facing load balancer, got: "none"');
  });
});

describe('access', () => {
  test('prefix lists, subnets and security groups go by their ids, and the pods let those groups in', () => {
    const annotations = annotationsWith(stack => ({
      subnets: { subnets: ['subnet-a1', 'subnet-b2'].map(id => ec2.Subnet.fromSubnetId(stack, id, id)) },
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123')],
    }));
    expect(annotations).toMatchObject({ 'subnets': 'subnet-a1,subnet-b2', 'security-groups': 'sg-0123', 'manage-backend-security-group-rules': 'true' });
    expect(annotationsWith(stack => ({ prefixLists: [ec2.PrefixList.fromPrefixListId(stack, 'List', 'pl-0123')] })))
      .toMatchObject({ 'security-group-prefix-lists': 'pl-0123' });
  });

  test('fails if the controller would ignore a restriction', () => {
    expect(() => annotationsWith(stack => ({
      inboundCidrs: ['10.0.0.0/8'], securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123')],
    }))).toThrow('`inboundCidrs` must be left out with security-groups, got: "10.0.0.0/8"; groups of your own have rules of their own');
  });
});

describe('mutualAuthentication', () => {
  test('holds for each HTTPS listener', () => {
    const annotations = annotationsWith(stack => ({
      listeners: [{ port: 443 }, { port: 8443 }],
      mutualAuthentication: {
        mutualAuthenticationMode: elbv2.MutualAuthenticationMode.VERIFY,
        trustStore: elbv2.TrustStore.fromTrustStoreArn(stack, 'Store', 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:truststore/shop/0123'),
        advertiseTrustStoreCaNames: true,
      },
    }));
    const trustStore = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:truststore/shop/0123';
    expect(JSON.parse(annotations['mutual-authentication'])).toEqual(
      [443, 8443].map(port => ({ port, mode: 'verify', trustStore, advertiseTrustStoreCaNames: 'on' })));
  });

  test('fails to verify without a trust store', () => {
    expect(() => ingressFixture({ mutualAuthentication: { mutualAuthenticationMode: elbv2.MutualAuthenticationMode.VERIFY } }))
      .toThrow('`mutualAuthentication` must be given a trustStore with mode verify');
  });
});

describe('annotations', () => {
  test('replace defaults, and stand beside props', () => {
    const { annotations } = ingressFixture({ annotations: prefixed({ 'target-type': 'instance', 'shield-advanced-protection': 'true' }) });
    expect(annotations()).toMatchObject({ 'target-type': 'instance', 'shield-advanced-protection': 'true' });
  });

  test('of others are left alone', () => {
    const { object } = ingressFixture({ annotations: { 'external-dns.alpha.kubernetes.io/ttl': '60' } });
    expect(object('Ingress').metadata.annotations['external-dns.alpha.kubernetes.io/ttl']).toBe('60');
  });

  test.each<[string, Partial<AlbIngressProps>, string, string]>([
    ['scheme', { scheme: LoadBalancerScheme.INTERNAL }, 'scheme', 'internal'],
    ['healthCheck.path', { healthCheck: { path: '/live' } }, 'healthcheck-path', '/health'],
    ['idleTimeout', { idleTimeout: Duration.seconds(5) }, 'load-balancer-attributes', 'routing.http2.enabled=true'],
    ['tags', {}, 'tags', 'Team=shop'],
  ])('never replace what the prop %s says', (prop, props, suffix, value) => {
    expect(() => ingressFixture({ ...props, annotations: prefixed({ [suffix]: value }) })).toThrow(
      `\`annotations['alb.ingress.kubernetes.io/${suffix}']\` must be left out where \`${prop}\` is given, got: "${value}"; use \`${prop}\` alone [Shop/Ingress]`);
  });

  test('are checked as props are', () => {
    expect(() => ingressFixture({ annotations: prefixed({ 'healthcheck-interval-seconds': '301' }) })).toThrow(
      '`annotations[\'alb.ingress.kubernetes.io/healthcheck-interval-seconds\']` must be a whole number from 5 to 300, got: "301"; AWS takes no other [Shop/Ingress]');
    expect(() => ingressFixture({ healthCheck: { interval: Duration.seconds(301) } }))
      .toThrow('`healthCheck.interval` must be a whole number from 5 to 300, got: "301"; AWS takes no other [Shop/Ingress]');
  });

  test('warn of a name that the controller does not know', () => {
    const { stack } = ingressFixture({ annotations: prefixed({ 'healthcheck-pth': '/' }) });
    Annotations.fromStack(stack).hasWarning('/Shop/Ingress', Match.stringLikeRegexp('ignores: alb.ingress.kubernetes.io/healthcheck-pth'));
  });
});

test.each<[string, Partial<AlbIngressProps>]>([
  ['loadBalancerAttributes', { idleTimeout: Duration.seconds(5), loadBalancerAttributes: { 'idle_timeout.timeout_seconds': '6' } }],
  ['targetGroupAttributes', { stickiness: Duration.seconds(5), targetGroupAttributes: { 'stickiness.enabled': 'false' } }],
])('%s fail if another prop says the same', (prop, props) => {
  expect(() => ingressFixture(props)).toThrow(`\`${prop}\` must be without`);
});

test.each(['certificates[0]', 'webAcl'])('%s of another region than the stack\'s fails', prop => {
  const { stack, controller } = controllerFixture({ env: { account: '123456789012', region: 'eu-west-1' } });
  const props = prop === 'webAcl' ? { webAcl: WebAcl.fromWebAclArn(stack, 'Acl', WEB_ACL) } : { certificates: [certificateFixture(stack)] };
  expect(() => new AlbIngress(stack, 'Ingress', { ...least(controller), ...props })).toThrow(`\`${prop}\` must be in the stack's region, eu-west-1, got: "arn:aws:`);
});

/** The sections "Ingress Patterns" and "Best Practices" of the architecture document, and the Ingress of "AWS Load Balancer Controller". */
import { readFileSync } from 'fs';
import { join } from 'path';
import { Duration, Tags } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { parseAllDocuments } from 'yaml';
import * as eksplatform from '../../src';
import { importedClusterFixture } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';

/** What the document's Ingresses share. */
interface Common {
  readonly controller: eksplatform.IAlbController;
  readonly certificate: acm.ICertificate;
}

const PREFIX = 'alb.ingress.kubernetes.io/';
const CERTIFICATE = 'arn:aws:acm:region:account:certificate/xxx';
const theDocument: any[] = parseAllDocuments(readFileSync(join(__dirname, '../ingress/architecture.yaml'), 'utf8')).map(it => (it as any).toJS());

/** An Ingress of the document, with differences among its annotations. */
function theirs(name: string, otherwise: { [suffix: string]: string | undefined } = {}) {
  const ingress = theDocument.find(it => it.metadata.name === name);
  const prefixed = Object.fromEntries(Object.entries(otherwise).map(([suffix, value]) => [PREFIX + suffix, value]));
  const annotations = Object.entries({ ...ingress.metadata.annotations, ...prefixed }).filter(([, value]) => value !== undefined);
  return { ...ingress, metadata: { ...ingress.metadata, annotations: Object.fromEntries(annotations) } };
}

/** The Ingress that a construct makes. */
function ours(define: (scope: Construct, common: Common, webAcl: wafv2.IWebACLRef) => Construct, certificate = CERTIFICATE) {
  const { stack, cluster, template } = importedClusterFixture();
  define(stack, {
    controller: eksplatform.AlbController.fromCluster(stack, 'Controller', cluster),
    certificate: acm.Certificate.fromCertificateArn(stack, 'Certificate', certificate),
  }, eksplatform.WebAcl.fromWebAclArn(stack, 'WebAcl', 'arn:aws:wafv2:region:account:regional/webacl/xxx'));
  const [ingress] = kubernetesObjects(template()).filter(it => it.kind === 'Ingress');
  return ingress;
}

/** What the document's best practices ask of every Ingress: "Always specify health check paths and thresholds", "Choose modern TLS policies". */
const healthChecks = {
  'healthcheck-interval-seconds': '15', 'healthcheck-timeout-seconds': '5', 'healthy-threshold-count': '2', 'unhealthy-threshold-count': '3',
};
const tls = { 'ssl-policy': 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09' };

const publicWebApplication = ours((scope, common, webAcl) => new eksplatform.PublicWebApplication(scope, 'Web', {
  ...common,
  webAcl,
  ingressName: 'public-web-app',
  host: 'app.example.com',
  service: 'web-app',
  port: 80,
  sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
}));

const internalApi = ours((scope, common) => new eksplatform.InternalApi(scope, 'Api', {
  ...common,
  ingressName: 'internal-api',
  host: 'api.internal.example.com',
  path: '/v1',
  service: 'api-gateway',
  port: 8080,
  tags: { Environment: 'production', Team: 'platform' },
}));

const grpcService = ours((scope, common) => new eksplatform.GrpcService(scope, 'Grpc', {
  ...common, ingressName: 'grpc-service', host: 'grpc.internal.example.com', service: 'grpc-service', port: 50051,
}));

const pathBasedMicroservices = ours((scope, common, webAcl) => new eksplatform.PathBasedMicroservices(scope, 'Gateway', {
  ...common,
  webAcl,
  ingressName: 'microservices-gateway',
  host: 'api.example.com',
  paths: [
    { path: '/users', service: 'user-service', port: 8080 },
    { path: '/orders', service: 'order-service', port: 8080 },
    { path: '/products', service: 'product-service', port: 8080 },
  ],
}));

const webSocketApplication = ours((scope, common, webAcl) => new eksplatform.WebSocketApplication(scope, 'Socket', {
  ...common, webAcl, ingressName: 'websocket-app', host: 'ws.example.com', path: '/ws', service: 'websocket-server', port: 8080,
}));

const patterns: [string, any][] = [
  ['Pattern 1', publicWebApplication], ['Pattern 2', internalApi], ['Pattern 3', grpcService],
  ['Pattern 4', pathBasedMicroservices], ['Pattern 5', webSocketApplication],
];

describe('"Ingress Patterns": the whole object, equal but for what is named here', () => {
  test('"Pattern 1: Public Web Application"; with the HTTP listener without which ssl-redirect does nothing', () => {
    expect(publicWebApplication).toEqual(theirs('public-web-app', { 'listen-ports': '[{"HTTP":80},{"HTTPS":443}]' }));
  });

  test('"Pattern 2: Internal API Gateway"; with the best practices', () => {
    expect(internalApi).toEqual(theirs('internal-api', { ...tls, ...healthChecks }));
  });

  test('"Pattern 3: gRPC Services"; by the annotation that the controller takes for gRPC, and with the best practices', () => {
    expect(grpcService).toEqual(theirs('grpc-service', {
      ...tls,
      ...healthChecks,
      'backend-protocol': undefined, // "backend protocol must be within [HTTP, HTTPS]: GRPC"
      'backend-protocol-version': 'GRPC',
      'healthcheck-protocol': undefined, // "healthCheckProtocol must be within [HTTP, HTTPS]"
      'success-codes': '0', // AWS's default for gRPC is 12: not implemented
    }));
  });

  test('"Pattern 4: Path-Based Routing (Microservices)"; with the best practices', () => {
    expect(pathBasedMicroservices).toEqual(theirs('microservices-gateway', { ...tls, ...healthChecks, 'healthcheck-path': '/health' }));
  });

  test('"Pattern 5: WebSocket Support"; with the best practices, and a duration of the stickiness', () => {
    expect(webSocketApplication).toEqual(theirs('websocket-app', {
      ...tls,
      ...healthChecks,
      'healthcheck-path': '/health',
      'wafv2-acl-arn': 'arn:aws:wafv2:region:account:regional/webacl/xxx',
      'target-group-attributes': 'stickiness.enabled=true,stickiness.lb_cookie.duration_seconds=86400',
    }));
  });
});

test('"Ingress Example" of the controller: all of its annotations, and the best practices', () => {
  const certificate = 'arn:aws:acm:eu-central-1:123456789012:certificate/0123';
  const ingress = ours((scope, common) => new eksplatform.AlbIngress(scope, 'App', {
    controller: common.controller,
    ingressName: 'my-app',
    scheme: eksplatform.LoadBalancerScheme.INTERNET_FACING,
    withoutWaf: true,
    certificates: [common.certificate],
    hosts: ['app.example.com'],
    paths: [{ service: 'my-app', port: 80 }],
  }), certificate);
  expect(ingress).toEqual(theirs('my-app', {
    ...tls, ...healthChecks, 'certificate-arn': certificate, 'listen-ports': '[{"HTTPS":443}]', 'healthcheck-path': '/health',
  }));
});

describe('"Best Practices", without a word from the user', () => {
  const annotations = (ingress: any) => ingress.metadata.annotations;

  test.each(patterns)('"Always use TLS": %s serves nothing by HTTP, which redirects at most', (_, pattern) => {
    const of = annotations(pattern);
    const http = JSON.parse(of[`${PREFIX}listen-ports`]).some((it: any) => it.HTTP);
    expect(of[`${PREFIX}certificate-arn`]).toBe(CERTIFICATE);
    expect(http ? of[`${PREFIX}ssl-redirect`] : '443').toBe('443');
  });

  test.each(patterns)('"Enable WAF": %s has a web ACL where the internet reaches it', (_, pattern) => {
    const of = annotations(pattern);
    expect(of[`${PREFIX}wafv2-acl-arn`] !== undefined).toBe(of[`${PREFIX}scheme`] === 'internet-facing');
  });

  test('"Enable WAF": an internet-facing one fails without a web ACL', () => {
    expect(() => ours((scope, common) => new eksplatform.PublicWebApplication(scope, 'Web', {
      ...common, host: 'app.example.com', service: 'web-app', port: 80,
    }))).toThrow('`webAcl` must be given for an internet-facing load balancer, got: nothing; give a web ACL, or say `withoutWaf: true` [Shop/Web]');
  });

  test.each(patterns)('"Use IP target type": %s', (_, pattern) => {
    expect(annotations(pattern)[`${PREFIX}target-type`]).toBe('ip');
  });

  test.each(patterns)('"Always specify health check paths and thresholds": %s', (_, pattern) => {
    expect(Object.keys(annotations(pattern))).toEqual(expect.arrayContaining(
      ['healthcheck-path', 'healthy-threshold-count', 'unhealthy-threshold-count'].map(it => PREFIX + it)));
  });

  test('"Set idle timeouts - Adjust for your application\'s needs (default: 60s)"', () => {
    const api = (idleTimeout?: Duration) => annotations(ours((scope, common) => new eksplatform.InternalApi(scope, 'Api', {
      ...common, host: 'api.example.com', service: 'api', port: 80, idleTimeout,
    })));
    expect(api()).not.toHaveProperty([`${PREFIX}load-balancer-attributes`]);
    expect(api(Duration.minutes(2))).toHaveProperty([`${PREFIX}load-balancer-attributes`], 'idle_timeout.timeout_seconds=120');
  });

  test.each(patterns)('"Choose modern TLS policies (TLS 1.3 recommended)": %s', (_, pattern) => {
    expect(annotations(pattern)[`${PREFIX}ssl-policy`]).toMatch(/^ELBSecurityPolicy-TLS13-1-2-/);
  });

  test('"Add environment and team tags for cost allocation": those of the whole stack reach the load balancer', () => {
    const ingress = ours((scope, common) => {
      Tags.of(scope).add('Environment', 'production');
      Tags.of(scope).add('Team', 'platform');
      return new eksplatform.InternalApi(scope, 'Api', { ...common, host: 'api.example.com', service: 'api', port: 80 });
    });
    expect(annotations(ingress)[`${PREFIX}tags`]).toBe('Environment=production,Team=platform');
  });
});

import * as eksplatform from '@org/eks-platform';
import { Stack } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';

/** The shop's namespace, where pods may only talk as the policies below allow, and one Ingress of each pattern. */
export function applications(platform: eksplatform.EksPlatform, certificate: acm.ICertificate): void {
  const stack = Stack.of(platform);
  const controller = platform.albController!;
  const namespace = platform.addNamespace('production', { defaultDeny: true, podSecurity: eksplatform.PodSecurityLevel.RESTRICTED });
  namespace.addPolicy('allow-orders', {
    endpointSelector: eksplatform.EndpointSelector.labels({ app: 'orders' }),
    ingress: [{ peers: [eksplatform.PolicyPeer.pods({ app: 'web' })], ports: [eksplatform.PolicyPort.tcp(8080)] }],
  });
  namespace.addPolicy('allow-web-to-orders', {
    endpointSelector: eksplatform.EndpointSelector.labels({ app: 'web' }),
    egress: [{ peers: [eksplatform.PolicyPeer.pods({ app: 'orders' })], ports: [eksplatform.PolicyPort.tcp(8080)] }],
  });
  const webAcl = createWebAcl(stack);
  const common = { controller, namespace, certificate };

  new eksplatform.PublicWebApplication(stack, 'Web', {
    ...common, webAcl, host: 'www.example.com', service: 'web', port: 80, podPort: 8080, podLabels: { app: 'web' },
  });
  new eksplatform.InternalApi(stack, 'Api', { ...common, host: 'api.example.com', path: '/v1', service: 'api', port: 8080 });
  new eksplatform.GrpcService(stack, 'Grpc', { ...common, host: 'grpc.example.com', service: 'grpc', port: 50051 });
  new eksplatform.PathBasedMicroservices(stack, 'Gateway', {
    ...common,
    webAcl,
    host: 'gateway.example.com',
    paths: [
      { path: '/users', service: 'users', port: 8080 },
      { path: '/orders', service: 'orders', port: 8080 },
    ],
  });
  new eksplatform.WebSocketApplication(stack, 'Live', { ...common, webAcl, host: 'live.example.com', path: '/ws', service: 'live', port: 8080 });
}

/** AWS's managed common rules. */
function createWebAcl(stack: Stack): wafv2.CfnWebACL {
  const visibility = (metricName: string) => ({ cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName });
  return new wafv2.CfnWebACL(stack, 'WebAcl', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visibility('shop'),
    rules: [{
      name: 'common',
      priority: 0,
      overrideAction: { none: {} },
      statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesCommonRuleSet' } },
      visibilityConfig: visibility('common'),
    }],
  });
}

import { App, CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { EksPlatform, GrpcService, InternalApi, PathBasedMicroservices, PlatformProfile, PublicWebApplication, WebSocketApplication } from '@org/eks-platform';

/** The profiles by the names that the command line knows. */
const PROFILES: { [name: string]: PlatformProfile } = { dev: PlatformProfile.DEV, staging: PlatformProfile.STAGING, prod: PlatformProfile.PROD };

/** The services behind the Ingresses, and their ports. */
const SERVICES = { 'web-app': 80, 'api-gateway': 8080, 'grpc-service': 50051, 'user-service': 8080, 'order-service': 8080, 'websocket-server': 8080 };

/** A platform with each pattern of Ingress once, in a stack of the same name as the starter's. */
export function ingresses(app: App, name: string): Stack {
  const stack = new Stack(app, `shop-${name}`, { terminationProtection: PROFILES[name].settings.deletionProtection });
  Tags.of(stack).add('Team', 'shop');
  const platform = new EksPlatform(stack, 'Platform', { clusterName: `shop-${name}`, profile: PROFILES[name], externalDns: { enabled: false } });
  const namespace = platform.addNamespace('shop', { defaultDeny: true });
  const workloads = new eks.KubernetesManifest(stack, 'Workloads', {
    cluster: platform.cluster,
    manifest: Object.entries(SERVICES).flatMap(([service, port]) => workload(namespace.namespaceName, service, port)),
  });
  workloads.node.addDependency(namespace);

  const certificate = new acm.Certificate(stack, 'Certificate', { domainName: '*.example.com', validation: acm.CertificateValidation.fromDns() });
  const webAcl = new wafv2.CfnWebACL(stack, 'WebAcl', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: { cloudWatchMetricsEnabled: true, metricName: 'shop', sampledRequestsEnabled: true },
  });
  const common = { controller: platform.albController!, namespace, certificate };
  const healthCheck = { path: '/health' };
  const made = [
    new PublicWebApplication(stack, 'Web', { ...common, host: 'app.example.com', service: 'web-app', port: 80, webAcl, healthCheck }),
    new InternalApi(stack, 'Api', { ...common, host: 'api.example.com', service: 'api-gateway', port: 8080, path: '/v1', healthCheck }),
    new GrpcService(stack, 'Grpc', { ...common, host: 'grpc.example.com', service: 'grpc-service', port: 50051 }),
    new PathBasedMicroservices(stack, 'Microservices', {
      ...common,
      host: 'shop.example.com',
      paths: [{ path: '/users', service: 'user-service', port: 8080 }, { path: '/orders', service: 'order-service', port: 8080 }],
      webAcl,
      healthCheck,
    }),
    new WebSocketApplication(stack, 'WebSocket', { ...common, host: 'ws.example.com', service: 'websocket-server', port: 8080, path: '/ws', webAcl, healthCheck }),
  ];
  made.forEach(ingress => ingress.node.addDependency(workloads));
  new CfnOutput(stack, 'WebDnsName', { value: made[0].loadBalancerDnsName });
  return stack;
}

function workload(namespace: string, name: string, port: number): any[] {
  const labels = { app: name };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name, image: `example.com/${name}:1` }] } } },
    },
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: labels, ports: [{ port, targetPort: port }] } },
  ];
}

if (require.main === module) {
  const app = new App();
  ingresses(app, process.argv[2]);
  app.synth();
}

// Proves that each of the five patterns of Ingress becomes a load balancer with TLS that serves what it should, from where it should.
//
// Needs a public hosted zone of the account, which the internet asks: INTEG_ZONE_NAME and INTEG_ZONE_ID.
// Cost by AWS's list prices for us-east-1 of November 2026, an hour: cluster $0.10, two t4g.large $0.13, five ALBs $0.11, NAT gateway $0.05,
// ten public addresses $0.05, web ACL $0.01. Time: allow an hour and a half.
import { Duration } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { call, Checks } from './support/checks';
import { checkLoadBalancer } from './support/load-balancers';
import { sandbox } from './support/sandbox';
import { backends } from './support/workloads';
import * as eksplatform from '@org/eks-platform';

const { stack, name, availabilityZones } = sandbox('ingress');
const zoneName = process.env.INTEG_ZONE_NAME || 'integ.example.com';
const hostedZoneId = process.env.INTEG_ZONE_ID || 'Z0123456789ABCDEFGHIJ';
const zone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName, hostedZoneId });
const certificate = new acm.Certificate(stack, 'Certificate', { domainName: `*.${zoneName}`, validation: acm.CertificateValidation.fromDns(zone) });
const webAcl = new wafv2.CfnWebACL(stack, 'WebAcl', {
  scope: 'REGIONAL',
  name,
  defaultAction: { allow: {} },
  visibilityConfig: { cloudWatchMetricsEnabled: false, metricName: name, sampledRequestsEnabled: false },
});
const platform = new eksplatform.EksPlatform(stack, 'Platform', { clusterName: name, network: { availabilityZones }, hostedZones: [zone] });
const pods = backends(stack, 'Backends', { cluster: platform.cluster, names: ['web', 'users', 'orders', 'products'] });
pods.node.addDependency(platform);

const of = (host: string) => ({ controller: platform.albController!, host: `${host}.${zoneName}`, certificate, loadBalancerName: `${name}-${host}` });
const ingresses = [
  new eksplatform.PublicWebApplication(stack, 'Web', { ...of('web'), webAcl, service: 'web', port: 8080 }),
  new eksplatform.InternalApi(stack, 'Api', { ...of('api'), service: 'web', port: 8080, path: '/v1' }),
  new eksplatform.GrpcService(stack, 'Grpc', { ...of('grpc'), service: 'web', port: 50051 }),
  new eksplatform.PathBasedMicroservices(stack, 'Shop', {
    ...of('shop'), webAcl, paths: ['users', 'orders', 'products'].map(service => ({ path: `/${service}`, service, port: 8080 })),
  }),
  new eksplatform.WebSocketApplication(stack, 'WebSocket', { ...of('ws'), webAcl, service: 'web', port: 8080, path: '/ws' }),
];
ingresses.forEach(ingress => ingress.node.addDependency(pods));

const checks = new Checks(stack);
const addresses = Object.fromEntries(['web', 'api', 'grpc', 'shop', 'ws'].map(host => {
  const outside = !['api', 'grpc'].includes(host);
  const webAclOf = outside ? name : undefined;
  const scheme = outside ? 'internet-facing' : 'internal';
  // With HTTP beside it, HTTPS may be the second listener.
  return [host, checkLoadBalancer(checks, { title: host, loadBalancerName: `${name}-${host}`, scheme, https: host !== 'web', webAcl: webAclOf })];
}));
// Only once Route 53 has the record, or its absence is remembered for a quarter of an hour.
const answers = (title: string, host: string, path: string, backend: string) => checks
  .value(`${title}Record`, call('route-53', 'listResourceRecordSets', { HostedZoneId: hostedZoneId, StartRecordName: `${host}.${zoneName}`, StartRecordType: 'A', MaxItems: 1 }),
    'ResourceRecordSets.0.Name', `${host}.${zoneName}.`, Duration.minutes(10))
  .next(checks.url(`${title}Answers`, `https://${host}.${zoneName}${path}`, { backend, path }, Duration.minutes(20)));
answers('Web', 'web', '/', 'web');
answers('Shop', 'shop', '/orders', 'orders');

checks.probe('Patterns', {
  cluster: platform.cluster,
  script: 'ingress',
  environment: {
    ZONE: zoneName, WEB: addresses.web, API_GATEWAY: addresses.api, GRPC: addresses.grpc, MICROSERVICES: addresses.shop, WS: addresses.ws,
  },
});

// Proves that destroying a platform leaves nothing: no record, no interface and no load balancer, not even one that CloudFormation never knew of.
//
// `integ:lifecycle:destroy` ends with a search for what is left. Nor could the hosted zone be deleted if it still had records.
// Cost by AWS's list prices for us-east-1 of November 2026, an hour: cluster $0.10, two t4g.large $0.13, NAT gateway $0.05, address $0.01, two
// ALBs and an NLB $0.07. Time: allow an hour in all. Most of it is EKS making and deleting the cluster and its nodes.
import { ApplicationProtocol } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Checks } from './support/checks';
import { checkLoadBalancer } from './support/load-balancers';
import { sandbox } from './support/sandbox';
import { backends } from './support/workloads';
import * as eksplatform from '@org/eks-platform';

const { stack, name, availabilityZones } = sandbox('lifecycle');
const vpc = new eksplatform.Vpc(stack, 'Vpc', { clusterName: name, availabilityZones });
const zone = new route53.PrivateHostedZone(stack, 'Zone', { vpc, zoneName: `${name}.internal` });
const platform = new eksplatform.EksPlatform(stack, 'Platform', { clusterName: name, vpc, hostedZones: [zone] });
const web = backends(stack, 'Backends', { cluster: platform.cluster, names: ['web'] });
web.node.addDependency(platform);
const ingress = new eksplatform.AlbIngress(stack, 'Ingress', {
  controller: platform.albController!,
  loadBalancerName: name,
  hosts: [`web.${zone.zoneName}`],
  listeners: [{ port: 80, protocol: ApplicationProtocol.HTTP }],
  paths: [{ path: '/', service: 'web', port: 8080 }],
});
ingress.node.addDependency(web);

const checks = new Checks(stack);
checkLoadBalancer(checks, { title: 'Ingress', loadBalancerName: name, scheme: 'internal' });
checks.probe('ByHand', {
  cluster: platform.cluster,
  script: 'lifecycle',
  rules: [
    { apiGroups: [''], resources: ['services'], verbs: ['create', 'get'] },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['create', 'get'] },
  ],
});

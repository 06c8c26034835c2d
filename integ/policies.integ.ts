// Proves that in a namespace with default deny DNS and EKS Pod Identity work and a load balancer reaches the pods, and that all else is cut off.
//
// Cost by AWS's list prices for us-east-1 of November 2026, an hour: cluster $0.10, two t4g.large $0.13, NAT gateway $0.05, address $0.01, ALB $0.02.
// Time: allow an hour in all. Most of it is EKS making and deleting the cluster and its nodes.
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { ApplicationProtocol } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Checks } from './support/checks';
import { checkLoadBalancer } from './support/load-balancers';
import { sandbox } from './support/sandbox';
import { backends } from './support/workloads';
import * as eksplatform from '@org/eks-platform';

const { stack, name, availabilityZones } = sandbox('policies');
const platform = new eksplatform.EksPlatform(stack, 'Platform', {
  clusterName: name,
  network: { availabilityZones },
  identity: eksplatform.WorkloadIdentity.POD_IDENTITY,
});
const { cluster } = platform;

const locked = platform.addNamespace('locked', { defaultDeny: true });
const inside = backends(stack, 'Locked', { cluster, names: ['web'], namespace: locked.namespaceName });
inside.node.addDependency(locked);
const outside = backends(stack, 'Open', { cluster, names: ['open'] });
outside.node.addDependency(platform);
const ingress = new eksplatform.AlbIngress(stack, 'Ingress', {
  controller: platform.albController!,
  namespace: locked,
  loadBalancerName: name,
  listeners: [{ port: 80, protocol: ApplicationProtocol.HTTP }],
  paths: [{ path: '/', service: 'web', port: 8080 }],
});
ingress.node.addDependency(inside);

// A role without rights: its credentials are all that is asked for.
const role = new iam.Role(stack, 'Role', { assumedBy: new iam.SessionTagsPrincipal(new iam.ServicePrincipal('pods.eks.amazonaws.com')) });
const association = new eks.CfnPodIdentityAssociation(stack, 'Association', {
  clusterName: cluster.clusterName, namespace: locked.namespaceName, serviceAccount: 'probe-policies-inside', roleArn: role.roleArn,
});
association.node.addDependency(platform);

const checks = new Checks(stack);
const loadBalancer = checkLoadBalancer(checks, { title: 'Ingress', loadBalancerName: name, scheme: 'internal' });
const elsewhere = 'http://open.default.svc.cluster.local:8080/';
checks.probe('Inside', { cluster, script: 'policies-inside', namespace: locked.namespaceName, environment: { ELSEWHERE: elsewhere } });
checks.probe('Outside', {
  cluster,
  script: 'policies-outside',
  environment: { ELSEWHERE: elsewhere, POD: 'http://web.locked.svc.cluster.local:8080/', LOAD_BALANCER: loadBalancer },
});

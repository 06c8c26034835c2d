// Proves that one `cdk deploy` gives a cluster whose nodes are ready by Cilium alone, with an app behind an ALB and a name, and that destroying it
// leaves neither load balancers nor records: a hosted zone with records of its own can't be deleted.
//
// Cost by the list prices of us-east-1, an hour: cluster $0.10, two t4g.large $0.14, NAT gateway $0.05, ALB $0.03; $0.50 for the zone.
// Time: allow an hour in all. Most of it is EKS making and deleting the cluster and its nodes.
// Run by `npx projen integ:platform:deploy` with credentials of a sandbox account; it destroys what it deployed.
import { App, Stack } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as eksplatform from '@org/eks-platform';

const clusterName = 'eks-platform-integ';
const stack = new Stack(new App(), 'EksPlatformInteg');
const vpc = new eksplatform.Vpc(stack, 'Vpc', { clusterName });
const zone = new route53.PrivateHostedZone(stack, 'Zone', { vpc, zoneName: 'integ.internal' });
const platform = new eksplatform.EksPlatform(stack, 'Platform', { clusterName, vpc, hostedZones: [zone] });

const metadata = { name: 'web', namespace: 'default' };
const labels = { app: 'web' };
const container = { name: 'web', image: 'public.ecr.aws/nginx/nginx:stable', ports: [{ containerPort: 80 }] };
const backend = { service: { name: 'web', port: { number: 80 } } };

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
};
const service = { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 80 }] } };
const ingress = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata,
  spec: { ingressClassName: 'alb', rules: [{ host: 'web.integ.internal', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
};
const web = new eks.KubernetesManifest(stack, 'Web', { cluster: platform.cluster, manifest: [deployment, service, ingress] });
web.node.addDependency(platform);

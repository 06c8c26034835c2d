// Proves that the node-local cache answers on both of its addresses and spares CoreDNS, and that ExternalDNS writes a record and removes it.
//
// Cost by AWS's list prices for us-east-1 of November 2026, an hour: cluster $0.10, two t4g.large $0.13, NAT gateway $0.05, address $0.01; $0.50 for
// the zone if it lives for more than 12 hours. Time: allow an hour in all. Most of it is EKS making and deleting the cluster and its nodes.
import { Duration } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Checks } from './support/checks';
import { sandbox } from './support/sandbox';
import * as eksplatform from '@org/eks-platform';

const { stack, name, availabilityZones } = sandbox('dns');
const vpc = new eksplatform.Vpc(stack, 'Vpc', { clusterName: name, availabilityZones });
const zone = new route53.PrivateHostedZone(stack, 'Zone', { vpc, zoneName: `${name}.internal` });
new route53.ARecord(stack, 'Long', { zone, recordName: 'long', target: route53.RecordTarget.fromIpAddresses('192.0.2.1'), ttl: Duration.minutes(5) });
const platform = new eksplatform.EksPlatform(stack, 'Platform', {
  clusterName: name,
  vpc,
  hostedZones: [zone],
  nodeLocalDns: { cacheTtl: 20, cacheNegativeTtl: 4 }, // shorter than Route 53's 300 and 900 seconds
});

new Checks(stack).probe('Dns', {
  cluster: platform.cluster,
  script: 'dns',
  environment: { CACHES: '169.254.20.10 172.20.0.10', ZONE: zone.zoneName, TTL: '20', NEGATIVE_TTL: '4' },
  rules: [
    { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['create', 'delete'] },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['patch'] },
  ],
});

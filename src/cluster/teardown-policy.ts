import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import { arn } from '../cdk/arn';

/** What the teardown of a cluster deletes, and where. */
export interface TeardownProps {
  readonly clusterName: string;
  readonly vpc: ec2.IVpc;
  /** The zones whose records of this cluster's ExternalDNS are deleted. */
  readonly hostedZones: route53.IHostedZone[];
}

/** What the teardown may do: read, and delete what carries the cluster's tags. */
export function teardownStatements({ clusterName, hostedZones }: TeardownProps): iam.PolicyStatement[] {
  const own = (service: string, resource: string) => arn(`${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`);
  const tagged = (key: string) => ({ StringEquals: { [`aws:ResourceTag/${key}`]: clusterName } });
  const groupActions = ['ec2:DeleteSecurityGroup', 'ec2:RevokeSecurityGroupEgress', 'ec2:RevokeSecurityGroupIngress'];
  const zones = hostedZones.map(zone => arn('route53:::hostedzone/${Zone}', { Zone: zone.hostedZoneId }));
  return [
    new iam.PolicyStatement({ // These actions take no resource.
      actions: [
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'elasticloadbalancing:DescribeLoadBalancers',
        'elasticloadbalancing:DescribeTags',
        'elasticloadbalancing:DescribeTargetGroups',
        'logs:DescribeLogGroups',
      ],
      resources: ['*'],
    }),
    new iam.PolicyStatement({ actions: ['eks:DescribeCluster'], resources: [own('eks', `cluster/${clusterName}`)] }),
    new iam.PolicyStatement({
      actions: ['elasticloadbalancing:DeleteLoadBalancer', 'elasticloadbalancing:DeleteTargetGroup'],
      resources: [own('elasticloadbalancing', 'loadbalancer/*'), own('elasticloadbalancing', 'targetgroup/*')],
      conditions: tagged('elbv2.k8s.aws/cluster'),
    }),
    new iam.PolicyStatement({
      actions: ['ec2:DeleteNetworkInterface'], resources: [own('ec2', 'network-interface/*')], conditions: tagged('io.cilium/cluster-name'),
    }),
    ...['elbv2.k8s.aws/cluster', 'aws:eks:cluster-name'].map(key => new iam.PolicyStatement({
      actions: groupActions, resources: [own('ec2', 'security-group/*')], conditions: tagged(key),
    })),
    new iam.PolicyStatement({ // CloudWatch Logs writes the group's ARN in both ways.
      actions: ['logs:DeleteLogGroup'], resources: ['', ':*'].map(end => own('logs', `log-group:/aws/eks/${clusterName}/cluster${end}`)),
    }),
    ...zones.length === 0 ? [] : [
      new iam.PolicyStatement({ actions: ['route53:ListResourceRecordSets'], resources: zones }),
      new iam.PolicyStatement({
        actions: ['route53:ChangeResourceRecordSets'],
        resources: zones,
        conditions: { 'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsActions': ['DELETE'] } },
      }),
    ],
  ];
}

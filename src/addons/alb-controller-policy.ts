import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { arn } from '../cdk/arn';
import { vpcArn } from '../network/vpc-arn';

/** One statement: actions by service, on resources of a service, under conditions. */
interface Row {
  readonly actions: { readonly [service: string]: readonly string[] };
  readonly resources?: readonly string[];
  readonly conditions?: { [operator: string]: { [key: string]: string | string[] } };
}

const REQUEST_TAG = 'aws:RequestTag/elbv2.k8s.aws/cluster';
const RESOURCE_TAG = 'aws:ResourceTag/elbv2.k8s.aws/cluster';
const CREATED_BY_CONTROLLER = { Null: { [REQUEST_TAG]: 'false' } };
const OWNED_BY_CONTROLLER = { Null: { [RESOURCE_TAG]: 'false' } };
const OWNED_AND_KEPT = { Null: { [REQUEST_TAG]: 'true', [RESOURCE_TAG]: 'false' } };

const SECURITY_GROUPS = ['ec2:*:*:security-group/*'];
const TARGET_GROUPS = ['elasticloadbalancing:*:*:targetgroup/*/*'];
const LOAD_BALANCERS = ['elasticloadbalancing:*:*:loadbalancer/net/*/*', 'elasticloadbalancing:*:*:loadbalancer/app/*/*'];
const LISTENERS = ['net/*/*/*', 'app/*/*/*'].flatMap(kind => [`elasticloadbalancing:*:*:listener/${kind}`, `elasticloadbalancing:*:*:listener-rule/${kind}`]);

/**
 * The controller's policy as its authors publish it, statement by statement and in their order.
 *
 * Wildcards on resources are theirs: conditions on the controller's own tag narrow them.
 *
 * @see https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/docs/install/iam_policy.json
 */
function rows(vpc: ec2.IVpc): Row[] {
  return [
    {
      actions: { iam: ['CreateServiceLinkedRole'] },
      conditions: { StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' } },
    },
    {
      actions: {
        ec2: [
          'DescribeAccountAttributes', 'DescribeAddresses', 'DescribeAvailabilityZones', 'DescribeInternetGateways', 'DescribeVpcs',
          'DescribeVpcPeeringConnections', 'DescribeSubnets', 'DescribeSecurityGroups', 'DescribeInstances', 'DescribeNetworkInterfaces',
          'DescribeTags', 'GetCoipPoolUsage', 'DescribeCoipPools', 'GetSecurityGroupsForVpc', 'DescribeIpamPools', 'DescribeRouteTables',
        ],
        elasticloadbalancing: [
          'DescribeLoadBalancers', 'DescribeLoadBalancerAttributes', 'DescribeListeners', 'DescribeListenerCertificates', 'DescribeSSLPolicies',
          'DescribeRules', 'DescribeTargetGroups', 'DescribeTargetGroupAttributes', 'DescribeTargetHealth', 'DescribeTags',
          'DescribeTrustStores', 'DescribeListenerAttributes', 'DescribeCapacityReservation',
        ],
      },
    },
    {
      actions: {
        'cognito-idp': ['DescribeUserPoolClient'],
        'acm': ['ListCertificates', 'DescribeCertificate'],
        'iam': ['ListServerCertificates', 'GetServerCertificate'],
        'waf-regional': ['GetWebACL', 'GetWebACLForResource', 'AssociateWebACL', 'DisassociateWebACL'],
        'wafv2': ['GetWebACL', 'GetWebACLForResource', 'AssociateWebACL', 'DisassociateWebACL'],
        'shield': ['GetSubscriptionState', 'DescribeProtection', 'CreateProtection', 'DeleteProtection'],
      },
    },
    { // On the nodes' groups, too, which carry no tag of the controller: its authors advise to narrow it to the VPC.
      actions: { ec2: ['AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress'] },
      conditions: { ArnEquals: { 'ec2:Vpc': vpcArn(vpc) } },
    },
    { actions: { ec2: ['CreateSecurityGroup'] } },
    {
      actions: { ec2: ['CreateTags'] },
      resources: SECURITY_GROUPS,
      conditions: { StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup' }, ...CREATED_BY_CONTROLLER },
    },
    { actions: { ec2: ['CreateTags', 'DeleteTags'] }, resources: SECURITY_GROUPS, conditions: OWNED_AND_KEPT },
    {
      actions: { ec2: ['AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress', 'DeleteSecurityGroup'] },
      conditions: OWNED_BY_CONTROLLER,
    },
    { actions: { elasticloadbalancing: ['CreateLoadBalancer', 'CreateTargetGroup'] }, conditions: CREATED_BY_CONTROLLER },
    { actions: { elasticloadbalancing: ['CreateListener', 'DeleteListener', 'CreateRule', 'DeleteRule'] } },
    {
      actions: { elasticloadbalancing: ['AddTags', 'RemoveTags'] },
      resources: [...TARGET_GROUPS, ...LOAD_BALANCERS],
      conditions: OWNED_AND_KEPT,
    },
    { actions: { elasticloadbalancing: ['AddTags', 'RemoveTags'] }, resources: LISTENERS },
    {
      actions: {
        elasticloadbalancing: [
          'ModifyLoadBalancerAttributes', 'SetIpAddressType', 'SetSecurityGroups', 'SetSubnets', 'DeleteLoadBalancer', 'ModifyTargetGroup',
          'ModifyTargetGroupAttributes', 'DeleteTargetGroup', 'ModifyListenerAttributes', 'ModifyCapacityReservation', 'ModifyIpPools',
        ],
      },
      conditions: OWNED_BY_CONTROLLER,
    },
    {
      actions: { elasticloadbalancing: ['AddTags'] },
      resources: [...TARGET_GROUPS, ...LOAD_BALANCERS],
      conditions: { StringEquals: { 'elasticloadbalancing:CreateAction': ['CreateTargetGroup', 'CreateLoadBalancer'] }, ...CREATED_BY_CONTROLLER },
    },
    { actions: { elasticloadbalancing: ['RegisterTargets', 'DeregisterTargets'] }, resources: TARGET_GROUPS },
    {
      actions: {
        elasticloadbalancing: [
          'SetWebAcl', 'ModifyListener', 'AddListenerCertificates', 'RemoveListenerCertificates', 'ModifyRule', 'SetRulePriorities',
        ],
      },
    },
  ];
}

/** The statements of the controller's role, in the partition of the stack. */
export function albControllerStatements(vpc: ec2.IVpc): iam.PolicyStatement[] {
  return rows(vpc).map(row => new iam.PolicyStatement({
    actions: Object.entries(row.actions).flatMap(([service, actions]) => actions.map(action => `${service}:${action}`)),
    resources: row.resources?.map(resource => arn(resource)) ?? ['*'],
    conditions: row.conditions,
  }));
}

import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { arn } from '../cdk/arn';
import { placeOf, vpcArn } from '../network/vpc-arn';

/**
 * The tags of the network interfaces that one cluster's operator makes. It may change and delete only these.
 *
 * Both are needed: with the first alone, its garbage collector would delete other clusters' interfaces.
 */
export function interfaceTags(clusterName: string): { [key: string]: string } {
  return { 'io.cilium/cilium-managed': 'true', 'io.cilium/cluster-name': clusterName };
}

/**
 * What Cilium's operator needs in ENI mode, and no more.
 *
 * @see https://docs.cilium.io/en/v1.20/network/concepts/ipam/eni/#required-privileges
 */
export function ciliumStatements(vpc: ec2.IVpc, clusterName: string): iam.PolicyStatement[] {
  const own = (resource: string) => arn(`ec2:\${AWS::Region}:\${AWS::AccountId}:${resource}/*`);
  const inVpc = { ArnEquals: { 'ec2:Vpc': vpcArn(vpc) } };
  const name = { 'aws:ResourceTag/io.cilium/cluster-name': clusterName };
  return [
    new iam.PolicyStatement({ // These actions take no resource.
      actions: [
        'ec2:DescribeInstanceTypes',
        'ec2:DescribeManagedPrefixLists',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeRouteTables',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
        'ec2:GetManagedPrefixListEntries',
      ],
      resources: ['*'],
    }),
    new iam.PolicyStatement({
      actions: ['ec2:CreateNetworkInterface'],
      resources: [arn(`${placeOf(vpc)}:subnet/*`), own('security-group')],
      conditions: inVpc,
    }),
    new iam.PolicyStatement({
      actions: ['ec2:CreateNetworkInterface'],
      resources: [own('network-interface')],
      conditions: { StringEquals: { 'aws:RequestTag/io.cilium/cluster-name': clusterName } },
    }),
    new iam.PolicyStatement({
      actions: ['ec2:CreateTags'],
      resources: [own('network-interface')],
      conditions: { StringEquals: { 'ec2:CreateAction': 'CreateNetworkInterface' } },
    }),
    new iam.PolicyStatement({
      actions: ['ec2:AttachNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:ModifyNetworkInterfaceAttribute'],
      resources: [own('network-interface')],
      conditions: { StringEquals: name },
    }),
    new iam.PolicyStatement({ // An interface is attached to an instance, and changed with its groups.
      actions: ['ec2:AttachNetworkInterface', 'ec2:ModifyNetworkInterfaceAttribute'],
      resources: [own('instance'), own('security-group')],
    }),
    new iam.PolicyStatement({ // On a node's first interface, too, which carries EC2's tags only.
      actions: ['ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'],
      resources: [own('network-interface')],
      conditions: inVpc,
    }),
  ];
}

import { Aws, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';

/** The account that owns a VPC and its subnets: another than the stack's where the VPC is shared. */
export function vpcOwner(vpc: ec2.IVpc): string {
  return vpc.env.account === Stack.of(vpc).account ? Aws.ACCOUNT_ID : vpc.env.account;
}

/** A VPC's ARN, for policy conditions. */
export function vpcArn(vpc: ec2.IVpc): string {
  return `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${vpcOwner(vpc)}:vpc/${vpc.vpcId}`;
}

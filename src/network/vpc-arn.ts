import { Aws, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';

/** A VPC's ARN for policy conditions, with the account of its owner where the VPC is shared. */
export function vpcArn(vpc: ec2.IVpc): string {
  const owner = vpc.env.account === Stack.of(vpc).account ? Aws.ACCOUNT_ID : vpc.env.account;
  return `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${owner}:vpc/${vpc.vpcId}`;
}

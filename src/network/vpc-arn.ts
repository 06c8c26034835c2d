import { Stack, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { arn } from '../cdk/arn';

/** The start of an ARN of a VPC's resources: region and account. A shared VPC is in another account than the stack: its owner's. */
export function placeOf(vpc: ec2.IVpc): string {
  const { account } = vpc.env;
  const isOwn = Token.isUnresolved(account) || account === Stack.of(vpc).account;
  return `ec2:\${AWS::Region}:${isOwn ? '${AWS::AccountId}' : account}`;
}

/** A VPC's ARN, for policy conditions. */
export function vpcArn(vpc: ec2.IVpc): string {
  return arn(`${placeOf(vpc)}:vpc/\${Vpc}`, { Vpc: vpc.vpcId });
}

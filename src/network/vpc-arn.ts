import { Stack, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { arn } from '../cdk/arn';

/** Where a VPC's resources are, as the part of an ARN before them: in its owner's account, which is another than the stack's if it is shared. */
export function placeOf(vpc: ec2.IVpc): string {
  const { account } = vpc.env;
  const isOwn = Token.isUnresolved(account) || account === Stack.of(vpc).account;
  return `ec2:\${AWS::Region}:${isOwn ? '${AWS::AccountId}' : account}`;
}

/** A VPC's ARN, for policy conditions. */
export function vpcArn(vpc: ec2.IVpc): string {
  return arn(`${placeOf(vpc)}:vpc/\${Vpc}`, { Vpc: vpc.vpcId });
}

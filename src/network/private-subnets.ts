import * as ec2 from 'aws-cdk-lib/aws-ec2';

/** Where nodes, pods and the platform's functions run: in private subnets with a way to the internet, or in isolated ones if the VPC has no others. */
export function privateSubnets(vpc: ec2.IVpc): ec2.SubnetSelection {
  return { subnetType: isIsolated(vpc) ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PRIVATE_WITH_EGRESS };
}

/** Whether the private subnets of a VPC have no way to the internet. */
export function isIsolated(vpc: ec2.IVpc): boolean {
  return vpc.privateSubnets.length === 0 && vpc.isolatedSubnets.length > 0;
}

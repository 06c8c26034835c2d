import { Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { isIsolated } from './private-subnets';

/** The tag that Cilium finds the pod subnets by. */
export const POD_SUBNET_TAG = { key: 'cilium.io/pod-subnet', value: 'true' };

/**
 * Tags a VPC's subnets so that the load balancer controller and Karpenter find them.
 *
 * Subnets that are not defined in this app can't be tagged: CDK's cluster warns of those.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
 */
export function tagSubnets(vpc: ec2.IVpc, clusterName: string): void {
  const tag = (subnets: ec2.ISubnet[], role: string) => subnets.filter(ec2.Subnet.isVpcSubnet).forEach(subnet => {
    const add = (key: string, value: string) => Tags.of(subnet).add(key, value, { includeResourceTypes: [ec2.CfnSubnet.CFN_RESOURCE_TYPE_NAME] });
    add(`kubernetes.io/role/${role}`, '1');
    add(`kubernetes.io/cluster/${clusterName}`, 'shared');
    add('karpenter.sh/discovery', clusterName);
  });
  tag(vpc.publicSubnets, 'elb');
  tag(isIsolated(vpc) ? vpc.isolatedSubnets : vpc.privateSubnets, 'internal-elb');
}

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/**
 * A security group whose new rules are resources of `scope`.
 *
 * Rules inside a group's own resource could make it depend on itself, or on the cluster that depends on it. And what
 * depends on `scope` has them as long as it lives.
 */
export function withRulesIn(scope: Construct, group: ec2.ISecurityGroup): ec2.ISecurityGroup {
  return ec2.SecurityGroup.fromSecurityGroupId(scope, `Group${group.node.addr.slice(-8)}`, group.securityGroupId);
}

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/**
 * A security group whose new rules are resources of `scope`.
 *
 * Rules inside the group's own resource could make it depend on itself, or on a cluster that depends on it. What depends
 * on `scope` can rely on the rules: they are created before it and deleted after it.
 */
export function withRulesIn(scope: Construct, group: ec2.ISecurityGroup): ec2.ISecurityGroup {
  return ec2.SecurityGroup.fromSecurityGroupId(scope, `Group${group.node.addr.slice(-8)}`, group.securityGroupId);
}

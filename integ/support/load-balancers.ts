import { Duration } from 'aws-cdk-lib';
import { call, matching, type Checks } from './checks';

/** What is expected of a load balancer. */
export interface Expected {
  /** Names the checks. */
  readonly title: string;
  readonly loadBalancerName: string;
  readonly scheme: 'internal' | 'internet-facing';
  /** Whether its only listener serves TLS with a current policy. @default - not checked */
  readonly https?: boolean;
  /** The name of its web ACL. @default - not checked */
  readonly webAcl?: string;
}

/**
 * Checks that a load balancer is up, has healthy targets, serves TLS, and has its web ACL.
 *
 * @returns its own DNS name
 */
export function checkLoadBalancer(checks: Checks, { title, loadBalancerName, scheme, https, webAcl }: Expected): string {
  const id = `${title[0].toUpperCase()}${title.slice(1)}`;
  const within = Duration.minutes(10);
  const asked = call('elastic-load-balancing-v2', 'describeLoadBalancers', { Names: [loadBalancerName] });
  const up = checks.value(`${id}IsUp`, asked, 'LoadBalancers.0.State.Code', 'active', within);
  up.next(checks.value(`${id}Is${scheme === 'internal' ? 'Internal' : 'Public'}`, asked, 'LoadBalancers.0.Scheme', scheme));

  const LoadBalancerArn = up.getAttString('LoadBalancers.0.LoadBalancerArn');
  const groups = checks.value(`${id}HasPodsForTargets`, call('elastic-load-balancing-v2', 'describeTargetGroups', { LoadBalancerArn }), 'TargetGroups.0.TargetType', 'ip');
  const TargetGroupArn = groups.getAttString('TargetGroups.0.TargetGroupArn');
  const health = call('elastic-load-balancing-v2', 'describeTargetHealth', { TargetGroupArn });
  checks.value(`${id}HasHealthyTargets`, health, 'TargetHealthDescriptions.1.TargetHealth.State', 'healthy', within); // the second of two
  if (https) {
    const listeners = call('elastic-load-balancing-v2', 'describeListeners', { LoadBalancerArn });
    checks.value(`${id}HasModernTls`, listeners, 'Listeners.0.SslPolicy', matching('^ELBSecurityPolicy-TLS13-1-2'));
  }
  if (webAcl !== undefined) {
    const acl = checks.value(`${id}HasItsWebAcl`, call('wafv2', 'getWebACLForResource', { ResourceArn: LoadBalancerArn }), 'WebACL.Name', webAcl);
    // The answer holds the web ACL itself, which needs another permission.
    acl.provider.addToRolePolicy({ Effect: 'Allow', Action: ['wafv2:GetWebACL'], Resource: ['*'] });
  }
  return up.getAttString('LoadBalancers.0.DNSName');
}

/**
 * Where a load balancer can be reached from.
 */
export enum LoadBalancerScheme {
  /** From the VPC, and from what is connected with it. */
  INTERNAL = 'internal',

  /** From the internet. */
  INTERNET_FACING = 'internet-facing',
}

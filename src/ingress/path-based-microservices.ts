import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { stickinessUnless } from './alb-attributes';
import { AlbIngress } from './alb-ingress';
import type { WebAclOptions } from './alb-ingress-props';
import type { IngressPath } from './ingress-path';
import { LoadBalancerScheme } from './load-balancer-scheme';
import { hostProps, type HostIngressProps } from './service-ingress-props';

/**
 * Properties of PathBasedMicroservices.
 */
export interface PathBasedMicroservicesProps extends HostIngressProps, WebAclOptions {
  /**
   * The paths, and the Services that they lead to.
   */
  readonly paths: IngressPath[];

  /**
   * Where the load balancer can be reached from. A change makes a new load balancer.
   *
   * @default LoadBalancerScheme.INTERNET_FACING
   */
  readonly scheme?: LoadBalancerScheme;
}

/**
 * Several Services behind one host, each with paths of its own.
 *
 * A client's requests to a Service go to the same pod for an hour, unless `stickiness` or `stickiness.enabled=false` among
 * `targetGroupAttributes` says otherwise. Each Service must answer to the path of `healthCheck`.
 */
export class PathBasedMicroservices extends AlbIngress {
  constructor(scope: Construct, id: string, props: PathBasedMicroservicesProps) {
    super(scope, id, {
      ...props,
      ...hostProps(props),
      scheme: props.scheme ?? LoadBalancerScheme.INTERNET_FACING,
      stickiness: props.stickiness ?? stickinessUnless(props.targetGroupAttributes, Duration.hours(1)),
    });
  }
}

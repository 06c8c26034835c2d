import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { idleTimeoutUnless, stickinessUnless } from './alb-attributes';
import { AlbIngress } from './alb-ingress';
import type { WebAclOptions } from './alb-ingress-props';
import { LoadBalancerScheme } from './load-balancer-scheme';
import { serviceProps, type ServiceIngressProps } from './service-ingress-props';

/**
 * Properties of a WebSocketApplication.
 */
export interface WebSocketApplicationProps extends ServiceIngressProps, WebAclOptions {
  /**
   * Where the load balancer can be reached from. A change makes a new load balancer.
   *
   * @default LoadBalancerScheme.INTERNET_FACING
   */
  readonly scheme?: LoadBalancerScheme;
}

/**
 * An application whose clients keep WebSocket connections: they may be idle for an hour, and come back to the same pod for a day.
 *
 * `idleTimeout` and `stickiness`, or the attributes that they stand for, change that.
 */
export class WebSocketApplication extends AlbIngress {
  constructor(scope: Construct, id: string, props: WebSocketApplicationProps) {
    super(scope, id, {
      ...props,
      ...serviceProps(props),
      scheme: props.scheme ?? LoadBalancerScheme.INTERNET_FACING,
      idleTimeout: props.idleTimeout ?? idleTimeoutUnless(props.loadBalancerAttributes, Duration.hours(1)),
      stickiness: props.stickiness ?? stickinessUnless(props.targetGroupAttributes, Duration.days(1)),
    });
  }
}

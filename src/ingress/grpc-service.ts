import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { AlbIngress } from './alb-ingress';
import type { WebAclOptions } from './alb-ingress-props';
import type { LoadBalancerScheme } from './load-balancer-scheme';
import { serviceProps, type ServiceIngressProps } from './service-ingress-props';

/**
 * Properties of a GrpcService.
 */
export interface GrpcServiceProps extends ServiceIngressProps, WebAclOptions {
  /**
   * Where the load balancer can be reached from. A change makes a new load balancer.
   *
   * @default LoadBalancerScheme.INTERNAL
   */
  readonly scheme?: LoadBalancerScheme;
}

/**
 * A gRPC service: TLS ends at the load balancer, which speaks gRPC with the pods and asks their health service.
 *
 * Pods must serve `grpc.health.v1.Health`, unless `healthCheck` says otherwise.
 *
 * @see https://grpc.io/docs/guides/health-checking/
 */
export class GrpcService extends AlbIngress {
  constructor(scope: Construct, id: string, props: GrpcServiceProps) {
    super(scope, id, { ...props, ...serviceProps(props), backendProtocolVersion: elbv2.ApplicationProtocolVersion.GRPC });
  }
}

import type { Construct } from 'constructs';
import { AlbIngress } from './alb-ingress';
import { LoadBalancerScheme } from './load-balancer-scheme';
import { serviceProps, type ServiceIngressProps } from './service-ingress-props';

/**
 * Properties of an InternalApi.
 */
export interface InternalApiProps extends ServiceIngressProps {}

/**
 * An API for the VPC, and for what is connected with it: TLS ends at an internal load balancer.
 */
export class InternalApi extends AlbIngress {
  constructor(scope: Construct, id: string, props: InternalApiProps) {
    super(scope, id, { ...props, ...serviceProps(props), scheme: LoadBalancerScheme.INTERNAL });
  }
}

import type { Construct } from 'constructs';
import { AlbIngress } from './alb-ingress';
import type { WebAclOptions } from './alb-ingress-props';
import { LoadBalancerScheme } from './load-balancer-scheme';
import { serviceProps, type ServiceIngressProps } from './service-ingress-props';

/**
 * Properties of a PublicWebApplication.
 */
export interface PublicWebApplicationProps extends ServiceIngressProps, WebAclOptions {}

/**
 * A web application for the internet: TLS ends at an internet-facing load balancer behind AWS WAF, and HTTP redirects to it.
 */
export class PublicWebApplication extends AlbIngress {
  constructor(scope: Construct, id: string, props: PublicWebApplicationProps) {
    super(scope, id, { ...props, ...serviceProps(props), scheme: LoadBalancerScheme.INTERNET_FACING, redirectHttp: true });
  }
}

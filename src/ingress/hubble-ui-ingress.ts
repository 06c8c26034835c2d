import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import type { IngressAuthentication } from './ingress-authentication';
import { InternalApi } from './internal-api';
import type { IAlbController } from '../addons/alb-controller';
import { Namespace } from '../policy/namespace';

/**
 * Properties of a HubbleUiIngress.
 */
export interface HubbleUiIngressProps {
  /**
   * The controller that makes the load balancer, such as a platform's `albController`.
   */
  readonly controller: IAlbController;

  /**
   * The host.
   */
  readonly host: string;

  /**
   * The certificate of the host.
   */
  readonly certificate: acm.ICertificate;

  /**
   * Who may look: Hubble UI itself lets everybody in, and shows every flow of the cluster.
   *
   * The Secret of an OpenID Connect provider must be in kube-system, where Hubble UI is.
   */
  readonly authentication: IngressAuthentication;

  /**
   * The blocks of addresses that may reach the load balancer.
   *
   * @default - every address that can reach the VPC
   */
  readonly inboundCidrs?: string[];

  /**
   * The name of a group of Ingresses that share one load balancer, across namespaces.
   *
   * @default - a load balancer of its own
   */
  readonly groupName?: string;
}

/**
 * Hubble UI under a host of its own: an internal load balancer with TLS that lets nobody in without authentication.
 *
 * Cilium must run with Hubble UI, which it does by default.
 */
export class HubbleUiIngress extends Construct {
  /**
   * The Ingress.
   */
  public readonly ingress: InternalApi;

  constructor(scope: Construct, id: string, props: HubbleUiIngressProps) {
    super(scope, id);
    this.ingress = new InternalApi(this, 'Ingress', {
      ...props,
      // Named as Cilium's chart names them.
      namespace: Namespace.fromNamespaceName(this, 'Namespace', props.controller.cluster, 'kube-system'),
      service: 'hubble-ui',
      port: 80,
      healthCheck: { path: '/healthz' },
    });
  }
}

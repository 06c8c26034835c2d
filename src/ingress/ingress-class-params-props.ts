import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { WebAclOptions } from './alb-ingress-props';
import type { LoadBalancerScheme } from './load-balancer-scheme';
import type { IAlbController } from '../addons/alb-controller';
import type { INamespace } from '../policy/namespace';

/**
 * Properties of IngressClassParams.
 */
export interface IngressClassParamsProps extends WebAclOptions {
  /**
   * The controller that serves the class, such as a platform's `albController`.
   */
  readonly controller: IAlbController;

  /**
   * The name of the class, as Ingresses write it in `ingressClassName`.
   */
  readonly ingressClassName: string;

  /**
   * The namespaces whose Ingresses may use the class. Give these or `namespaceLabels`.
   *
   * @default - every namespace
   */
  readonly namespaces?: INamespace[];

  /**
   * The labels of the namespaces whose Ingresses may use the class. Give these or `namespaces`.
   *
   * @default - every namespace
   */
  readonly namespaceLabels?: { [key: string]: string };

  /**
   * The name of a group: all Ingresses of the class share one load balancer.
   *
   * @default - each Ingress has a load balancer of its own, or of the group that it names
   */
  readonly groupName?: string;

  /**
   * Where the load balancers can be reached from.
   *
   * @default LoadBalancerScheme.INTERNAL
   */
  readonly scheme?: LoadBalancerScheme;

  /**
   * The certificates of HTTPS listeners: the first is the default, the others are chosen by name.
   *
   * @default - those of each Ingress
   */
  readonly certificates?: acm.ICertificate[];

  /**
   * The TLS policy of HTTPS listeners.
   *
   * @default SslPolicy.TLS13_12_RES_PQ
   */
  readonly sslPolicy?: elbv2.SslPolicy;

  /**
   * The blocks of addresses that may reach the load balancers.
   *
   * @default - those of each Ingress
   */
  readonly inboundCidrs?: string[];

  /**
   * The prefix lists whose addresses may reach the load balancers.
   *
   * @default - those of each Ingress
   */
  readonly prefixLists?: ec2.IPrefixList[];

  /**
   * The subnets of the load balancers, in two zones or more.
   *
   * @default - the VPC's subnets that are tagged for load balancers of the scheme
   */
  readonly subnets?: ec2.SubnetSelection;

  /**
   * The name of the load balancer. Needs `groupName`, as no two load balancers can have one name.
   *
   * @default - a name that the controller makes
   */
  readonly loadBalancerName?: string;

  /**
   * Attributes of the load balancers, as AWS names them.
   *
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
   * @default - AWS's defaults
   */
  readonly loadBalancerAttributes?: { [key: string]: string };

  /**
   * Tags of the load balancers and all that belongs to them.
   *
   * @default - those of each Ingress
   */
  readonly tags?: { [key: string]: string };
}

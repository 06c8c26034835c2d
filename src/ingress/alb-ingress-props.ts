import type { Duration } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { IngressHealthCheck } from './health-check';
import type { IngressAuthentication } from './ingress-authentication';
import type { IIngressClass } from './ingress-class';
import type { IngressBackend, IngressPath } from './ingress-path';
import type { LoadBalancerScheme } from './load-balancer-scheme';
import type { IAlbController } from '../addons/alb-controller';
import type { INamespace } from '../policy/namespace';

/**
 * A listener of a load balancer.
 */
export interface IngressListener {
  /**
   * The port.
   */
  readonly port: number;

  /**
   * The protocol.
   *
   * @default ApplicationProtocol.HTTPS
   */
  readonly protocol?: elbv2.ApplicationProtocol;
}

/**
 * Options of every Ingress.
 */
export interface IngressOptions {
  /**
   * The namespace. One with a default deny lets the load balancer in.
   *
   * @default - the namespace `default`
   */
  readonly namespace?: INamespace;

  /**
   * The name of the Ingress. A new name makes a new load balancer.
   *
   * @default - made of the construct's path
   */
  readonly ingressName?: string;

  /**
   * The class. One of your own can set much of what is here for all its Ingresses, and wins over them.
   *
   * @default - the class `alb`, which the controller brings
   */
  readonly ingressClass?: IIngressClass;

  /**
   * The TLS policy of HTTPS listeners.
   *
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
   * @default SslPolicy.TLS13_12_RES_PQ
   */
  readonly sslPolicy?: elbv2.SslPolicy;

  /**
   * How the load balancer finds out which pods are healthy.
   *
   * @default - path /health every 15 seconds; 2 good answers make a pod healthy, 3 bad ones unhealthy
   */
  readonly healthCheck?: IngressHealthCheck;

  /**
   * How long a connection may be idle: 1 to 4000 seconds.
   *
   * @default - 60 seconds, AWS's default
   */
  readonly idleTimeout?: Duration;

  /**
   * How long a client's requests go to the same pod: 1 second to 7 days.
   *
   * @default - each request goes to any pod
   */
  readonly stickiness?: Duration;

  /**
   * Attributes of the load balancer, as AWS names them.
   *
   * With `deletion_protection.enabled=true` the Ingress can't be deleted, nor the stack.
   *
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
   * @default - AWS's defaults
   */
  readonly loadBalancerAttributes?: { [key: string]: string };

  /**
   * Attributes of the target groups, as AWS names them.
   *
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
   * @default - AWS's defaults
   */
  readonly targetGroupAttributes?: { [key: string]: string };

  /**
   * The name of the load balancer. It can't be changed later.
   *
   * @default - a name that the controller makes
   */
  readonly loadBalancerName?: string;

  /**
   * Tags of the load balancer and all that belongs to it. Those that CDK's Tags adds reach it too.
   *
   * @default - only those that CDK's Tags adds, and the controller's
   */
  readonly tags?: { [key: string]: string };

  /**
   * The name of a group of Ingresses that share one load balancer, across namespaces.
   *
   * Everybody who may create Ingresses can join a group: an IngressClassParams can lock it to namespaces.
   *
   * @default - a load balancer of its own
   */
  readonly groupName?: string;

  /**
   * The place of this Ingress's rules among those of its group: -1000 to 1000, lower ones first.
   *
   * @default 0
   */
  readonly groupOrder?: number;

  /**
   * The blocks of addresses that may reach the load balancer.
   *
   * @default - every address, unless prefix lists or security groups are given
   */
  readonly inboundCidrs?: string[];

  /**
   * The prefix lists whose addresses may reach the load balancer, such as CloudFront's.
   *
   * @default - none
   */
  readonly prefixLists?: ec2.IPrefixList[];

  /**
   * The load balancer's security groups, in place of the one that the controller makes. Pods still let it in.
   *
   * @default - a security group that the controller makes
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The subnets of the load balancer, in two zones or more.
   *
   * @default - the VPC's subnets that are tagged for load balancers of the scheme
   */
  readonly subnets?: ec2.SubnetSelection;

  /**
   * How the load balancer makes sure who a user is, before a request reaches a pod.
   *
   * @default - no authentication
   */
  readonly authentication?: IngressAuthentication;

  /**
   * What HTTPS listeners do with clients' certificates.
   *
   * @default - they ask for none
   */
  readonly mutualAuthentication?: elbv2.MutualAuthentication;

  /**
   * Annotations that no prop writes. They are checked like those that props write.
   *
   * They can replace defaults, and never what a prop says: naming both is an error.
   *
   * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
   * @default - none
   */
  readonly annotations?: { [name: string]: string };
}

/**
 * Options of an Ingress that the internet may reach.
 */
export interface WebAclOptions {
  /**
   * The web ACL of AWS WAF: a CfnWebACL of scope REGIONAL, or one that WebAcl refers to by its ARN.
   *
   * @default - none; needed for an internet-facing load balancer unless `withoutWaf` is true
   */
  readonly webAcl?: wafv2.IWebACLRef;

  /**
   * Lets an internet-facing load balancer go without a web ACL.
   *
   * @default false
   */
  readonly withoutWaf?: boolean;
}

/**
 * Properties of an AlbIngress.
 */
export interface AlbIngressProps extends IngressOptions, WebAclOptions {
  /**
   * The controller that makes the load balancer, such as a platform's `albController`.
   */
  readonly controller: IAlbController;

  /**
   * The hosts. Each serves all `paths`: for other paths on other hosts, define a second AlbIngress of the same group.
   *
   * @default - every host
   */
  readonly hosts?: string[];

  /**
   * The paths, and the Services that they lead to.
   */
  readonly paths: IngressPath[];

  /**
   * The Service that gets requests that match no host and path.
   *
   * @default - such requests get 404
   */
  readonly defaultBackend?: IngressBackend;

  /**
   * Where the load balancer can be reached from. A change makes a new load balancer.
   *
   * @default LoadBalancerScheme.INTERNAL
   */
  readonly scheme?: LoadBalancerScheme;

  /**
   * The certificates of HTTPS listeners: the first is the default, the others are chosen by name.
   *
   * @default - the controller looks in ACM for certificates of the hosts
   */
  readonly certificates?: acm.ICertificate[];

  /**
   * The listeners.
   *
   * @default - HTTPS on port 443; with `redirectHttp` also HTTP on port 80
   */
  readonly listeners?: IngressListener[];

  /**
   * Whether HTTP listeners redirect to HTTPS.
   *
   * @default false
   */
  readonly redirectHttp?: boolean;

  /**
   * The protocol that the pods speak.
   *
   * @default ApplicationProtocol.HTTP
   */
  readonly backendProtocol?: elbv2.ApplicationProtocol;

  /**
   * The version of HTTP that the pods speak, or gRPC.
   *
   * @default ApplicationProtocolVersion.HTTP1
   */
  readonly backendProtocolVersion?: elbv2.ApplicationProtocolVersion;
}

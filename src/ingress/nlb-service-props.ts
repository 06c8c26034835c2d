import type { Duration } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { LoadBalancerScheme } from './load-balancer-scheme';
import type { IAlbController } from '../addons/alb-controller';
import type { INamespace } from '../policy/namespace';

/**
 * A port of a Network Load Balancer.
 */
export interface NlbPort {
  /**
   * The port that clients use.
   */
  readonly port: number;

  /**
   * The port that the pods listen on.
   *
   * @default - the port that clients use
   */
  readonly targetPort?: number;

  /**
   * TCP, UDP, TLS or TCP_UDP. TLS ends at the load balancer, and pods get plain TCP; TCP_UDP is both protocols on one port.
   *
   * With UDP, pods see the addresses of clients, and a namespace with a default deny lets these in.
   *
   * @default Protocol.TCP
   */
  readonly protocol?: elbv2.Protocol;
}

/**
 * How a Network Load Balancer finds out which pods are healthy.
 */
export interface NlbHealthCheck {
  /**
   * The protocol: TCP, HTTP or HTTPS.
   *
   * @default - HTTP where a path is given, TCP otherwise
   */
  readonly protocol?: elbv2.Protocol;

  /**
   * The pods' port that is checked. Give it where a port is UDP, as health checks do not use UDP.
   *
   * @default - the port that gets the traffic
   */
  readonly port?: number;

  /**
   * The path that is asked for with HTTP or HTTPS.
   *
   * @default - / with HTTP and HTTPS
   */
  readonly path?: string;

  /**
   * The time from one check to the next: 5 to 300 seconds.
   *
   * @default Duration.seconds(10)
   */
  readonly interval?: Duration;

  /**
   * The time after which no answer is a failure: 2 to 120 seconds, and no more than the interval.
   *
   * @default Duration.seconds(10)
   */
  readonly timeout?: Duration;

  /**
   * How many good answers in a row make a pod healthy: 2 to 10.
   *
   * @default 3
   */
  readonly healthyThresholdCount?: number;

  /**
   * How many bad answers in a row make a pod unhealthy: 2 to 10.
   *
   * @default 3
   */
  readonly unhealthyThresholdCount?: number;

  /**
   * The codes of a good answer with HTTP or HTTPS, as in 200-399.
   *
   * @default - 200-399, the controller's default
   */
  readonly successCodes?: string;
}

/**
 * Properties of an NlbService.
 */
export interface NlbServiceProps {
  /**
   * The controller that makes the load balancer, such as a platform's `albController`.
   */
  readonly controller: IAlbController;

  /**
   * The labels of the pods that get the traffic.
   */
  readonly selector: { [key: string]: string };

  /**
   * The ports.
   */
  readonly ports: NlbPort[];

  /**
   * The namespace. One with a default deny lets the load balancer in.
   *
   * @default - the namespace `default`
   */
  readonly namespace?: INamespace;

  /**
   * The name of the Service. A new name makes a new load balancer.
   *
   * @default - made of the construct's path
   */
  readonly serviceName?: string;

  /**
   * Where the load balancer can be reached from. A change makes a new load balancer.
   *
   * @default LoadBalancerScheme.INTERNAL
   */
  readonly scheme?: LoadBalancerScheme;

  /**
   * The certificates of TLS ports, which need one: the first is the default, the others are chosen by name.
   *
   * @default - none
   */
  readonly certificates?: acm.ICertificate[];

  /**
   * The TLS policy of TLS ports.
   *
   * @default SslPolicy.TLS13_12_RES_PQ
   */
  readonly sslPolicy?: elbv2.SslPolicy;

  /**
   * How the load balancer finds out which pods are healthy.
   *
   * @default - a TCP connection every 10 seconds; 3 good ones make a pod healthy, 3 bad ones unhealthy
   */
  readonly healthCheck?: NlbHealthCheck;

  /**
   * The blocks of addresses that may reach the load balancer.
   *
   * @default - every address, unless prefix lists or security groups are given
   */
  readonly inboundCidrs?: string[];

  /**
   * The prefix lists whose addresses may reach the load balancer.
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
   * The subnets of the load balancer.
   *
   * @default - the VPC's subnets that are tagged for load balancers of the scheme
   */
  readonly subnets?: ec2.SubnetSelection;

  /**
   * Allocation ids of Elastic IP addresses, one for each of `subnets`, of an internet-facing load balancer.
   *
   * @default - addresses that AWS chooses
   */
  readonly eipAllocations?: string[];

  /**
   * Addresses of an internal load balancer, one in each of `subnets`.
   *
   * @default - addresses that AWS chooses
   */
  readonly privateIpv4Addresses?: string[];

  /**
   * Whether pods get the clients' addresses with the proxy protocol, version 2, which they must speak.
   *
   * @default false
   */
  readonly proxyProtocol?: boolean;

  /**
   * Attributes of the load balancer, as AWS names them.
   *
   * With `deletion_protection.enabled=true` the Service can't be deleted, nor the stack.
   *
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
   * @default - AWS's defaults
   */
  readonly loadBalancerAttributes?: { [key: string]: string };

  /**
   * Attributes of the target groups, as AWS names them.
   *
   * With `preserve_client_ip.enabled=true`, pods see the addresses of clients, and a namespace with a default deny lets these in.
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
   * Annotations that no prop writes. They can replace defaults, and never what a prop says: naming both is an error.
   *
   * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
   * @default - none
   */
  readonly annotations?: { [name: string]: string };
}

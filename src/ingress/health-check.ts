import type { Duration } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/**
 * How a load balancer finds out which pods are healthy.
 */
export interface IngressHealthCheck {
  /**
   * The path that is asked for. It must answer with a success code.
   *
   * @default - /health, or /grpc.health.v1.Health/Check where the pods speak gRPC
   */
  readonly path?: string;

  /**
   * The pods' port that is checked.
   *
   * @default - the port that gets the requests
   */
  readonly port?: number;

  /**
   * The protocol.
   *
   * @default - HTTP, the controller's default
   */
  readonly protocol?: elbv2.ApplicationProtocol;

  /**
   * The time from one check to the next: 5 to 300 seconds.
   *
   * @default Duration.seconds(15)
   */
  readonly interval?: Duration;

  /**
   * The time after which no answer is a failure: 2 to 120 seconds, and less than the interval.
   *
   * @default Duration.seconds(5)
   */
  readonly timeout?: Duration;

  /**
   * How many good answers in a row make a pod healthy: 2 to 10.
   *
   * @default 2
   */
  readonly healthyThresholdCount?: number;

  /**
   * How many bad answers in a row make a pod unhealthy: 2 to 10.
   *
   * @default 3
   */
  readonly unhealthyThresholdCount?: number;

  /**
   * The codes of a good answer, as in 200,301 or 200-299.
   *
   * @default - 200, the controller's default; 0 where the pods speak gRPC
   */
  readonly successCodes?: string;
}

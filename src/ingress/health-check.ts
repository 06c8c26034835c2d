import { Duration, Token, Tokenization } from 'aws-cdk-lib';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/**
 * How a load balancer finds out which pods are well.
 */
export interface IngressHealthCheck {
  /**
   * The path that is asked for. It must answer with a success code.
   *
   * @default - /health, or /grpc.health.v1.Health/Check where the pods speak gRPC
   */
  readonly path?: string;

  /**
   * The pods' port that is asked.
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

/** An annotation, and the prop that it was written from: none where it is a default of ours. */
export interface Written {
  readonly suffix: string;
  readonly value: string | undefined;
  readonly prop: string;
  /** Whether the user gave the prop. */
  readonly given: boolean;
}

/** The annotations of a health check. */
export function healthCheckAnnotations(check: IngressHealthCheck, grpc: boolean): Written[] {
  const write = (suffix: string, prop: keyof IngressHealthCheck, value: string | undefined): Written =>
    ({ suffix, value, prop: `healthCheck.${prop}`, given: check[prop] !== undefined });
  return [
    write('healthcheck-protocol', 'protocol', check.protocol),
    write('healthcheck-port', 'port', check.port === undefined ? undefined : numeral(check.port)),
    write('healthcheck-path', 'path', check.path ?? (grpc ? '/grpc.health.v1.Health/Check' : '/health')),
    write('healthcheck-interval-seconds', 'interval', seconds(check.interval ?? Duration.seconds(15))),
    write('healthcheck-timeout-seconds', 'timeout', seconds(check.timeout ?? Duration.seconds(5))),
    write('healthy-threshold-count', 'healthyThresholdCount', numeral(check.healthyThresholdCount ?? 2)),
    write('unhealthy-threshold-count', 'unhealthyThresholdCount', numeral(check.unhealthyThresholdCount ?? 3)),
    write('success-codes', 'successCodes', check.successCodes ?? (grpc ? '0' : undefined)),
  ];
}

/** Seconds as text, fractions too, so that the check of the annotation can name them. */
export function seconds(duration: Duration): string {
  return duration.isUnresolved() ? numeral(duration.toSeconds()) : `${duration.toMilliseconds({ integral: false }) / 1000}`;
}

/** A number as text, also where it is a token. */
export function numeral(value: number): string {
  return Token.isUnresolved(value) ? Tokenization.stringifyNumber(value) : `${value}`;
}

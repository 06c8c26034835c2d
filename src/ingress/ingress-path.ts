import { Token } from 'aws-cdk-lib';

/**
 * How a path matches.
 */
export enum PathType {
  /** The path and all below it: `/shop` matches `/shop` and `/shop/cart`, and not `/shopping`. */
  PREFIX = 'Prefix',

  /** This path only. */
  EXACT = 'Exact',
}

/**
 * A Service that requests are sent to.
 */
export interface IngressBackend {
  /**
   * The name of the Service, in the Ingress's namespace.
   */
  readonly service: string;

  /**
   * The Service's port. Give this or `portName`.
   *
   * @default - the port of the name `portName`
   */
  readonly port?: number;

  /**
   * The name of the Service's port. Give this or `port`.
   *
   * `use-annotation` sends requests where the annotation `alb.ingress.kubernetes.io/actions.SERVICE` says.
   *
   * @default - the port of the number `port`
   */
  readonly portName?: string;

  /**
   * The port that the pods listen on: what a default-deny namespace opens for the load balancer.
   *
   * @default - every port
   */
  readonly podPort?: number;

  /**
   * The labels of the pods: what a default-deny namespace opens for the load balancer.
   *
   * @default - every pod of the namespace
   */
  readonly podLabels?: { [key: string]: string };
}

/**
 * A path, and the Service that its requests are sent to.
 */
export interface IngressPath extends IngressBackend {
  /**
   * The path. It starts with a slash.
   *
   * @default '/'
   */
  readonly path?: string;

  /**
   * How the path matches.
   *
   * @default PathType.PREFIX
   */
  readonly pathType?: PathType;
}

/** The pods' ports that a load balancer uses, or undefined where they are not known. */
export function podPorts(backend: IngressBackend, healthCheckPort: number | undefined): number[] | undefined {
  const ports = [backend.podPort, healthCheckPort].filter(port => port !== undefined);
  return backend.podPort === undefined || ports.some(port => Token.isUnresolved(port)) ? undefined : [...new Set(ports)];
}

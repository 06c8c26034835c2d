import { Token } from 'aws-cdk-lib';
import type { Json } from '../cdk/merge';

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

/** The `spec` of an Ingress. */
export function ingressSpec(className: string, hosts: string[] | undefined, paths: IngressPath[], defaultBackend?: IngressBackend): Json {
  const http = () => ({
    paths: paths.map(path => ({ path: path.path ?? '/', pathType: path.pathType ?? PathType.PREFIX, backend: backendOf(path) })),
  });
  const rules = paths.length === 0 ? [] : hosts === undefined ? [{ http: http() }] : hosts.map(host => ({ host, http: http() }));
  return {
    ingressClassName: className,
    ...defaultBackend ? { defaultBackend: backendOf(defaultBackend) } : {},
    ...rules.length > 0 ? { rules } : {},
  };
}

function backendOf({ service, port, portName }: IngressBackend): Json {
  return { service: { name: service, port: { ...port === undefined ? {} : { number: port }, ...portName === undefined ? {} : { name: portName } } } };
}

/** The prop that a field of the `spec` was made of, as in `paths[0].service`. */
export function propOfField(field: string): string {
  const [, rule = '', path = '', rest = ''] = field.match(/^spec\.rules(?:\[(\d+)\](?:\.http\.paths(?:\[(\d+)\]\.?(.*))?)?)?/) ?? [];
  const backend = (name: string) => name.replace(/^backend\.?(service)?\.?/, '').replace('port.number', 'port').replace('port.name', 'portName').replace(/^name$/, 'service');
  if (field.startsWith('spec.defaultBackend')) {
    return ['defaultBackend', backend(field.replace('spec.defaultBackend', 'backend'))].filter(it => it !== '').join('.');
  }
  if (field.endsWith('.host')) {
    return `hosts[${rule}]`;
  }
  return path === '' ? 'paths' : `paths[${path}].${rest.startsWith('backend') ? backend(rest) || 'service' : rest || 'path'}`;
}

/** The pods' ports that a load balancer uses, or undefined where they are not known. */
export function podPorts(backend: IngressBackend, healthCheckPort: number | undefined): number[] | undefined {
  const ports = [backend.podPort, healthCheckPort].filter(port => port !== undefined);
  return backend.podPort === undefined || ports.some(port => Token.isUnresolved(port)) ? undefined : [...new Set(ports)];
}

import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type { IngressOptions } from './alb-ingress-props';
import type { IngressPath, PathType } from './ingress-path';
import { GIVEN_AS } from './written';
import type { IAlbController } from '../addons/alb-controller';

/**
 * Properties of an Ingress that serves a host with TLS.
 */
export interface HostIngressProps extends IngressOptions {
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
}

/**
 * Properties of an Ingress that leads a host to one Service.
 */
export interface ServiceIngressProps extends HostIngressProps {
  /**
   * The name of the Service, in the Ingress's namespace.
   */
  readonly service: string;

  /**
   * The Service's port.
   */
  readonly port: number;

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

const HOST_NAMES = { 'hosts': 'host', 'hosts[0]': 'host', 'certificates': 'certificate', 'certificates[0]': 'certificate' };

const SERVICE_NAMES = { ...HOST_NAMES, ...Object.fromEntries(['path', 'pathType', 'service', 'port'].map(prop => [`paths[0].${prop}`, prop])) };

/** A host and a certificate as props of an AlbIngress. */
export function hostProps({ host, certificate }: HostIngressProps) {
  return { hosts: [host], certificates: [certificate], [GIVEN_AS]: HOST_NAMES };
}

/** A host, a certificate, and a Service with its path as props of an AlbIngress. */
export function serviceProps(props: ServiceIngressProps) {
  const { service, port, path, pathType, podPort, podLabels } = props;
  const only: IngressPath = { service, port, path, pathType, podPort, podLabels };
  return { ...hostProps(props), paths: [only], [GIVEN_AS]: SERVICE_NAMES };
}

import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type { IngressOptions } from './alb-ingress-props';
import type { IngressPath, PathType } from './ingress-path';
import type { IAlbController } from '../addons/alb-controller';

/**
 * Properties of an Ingress that serves a host by TLS.
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

/** What an AlbIngress calls a host and a certificate. */
export function hostProps({ host, certificate }: HostIngressProps) {
  return { hosts: [host], certificates: [certificate] };
}

/** What an AlbIngress calls a host, a certificate, and a Service with its path. */
export function serviceProps(props: ServiceIngressProps) {
  const { service, port, path, pathType, podPort, podLabels } = props;
  const only: IngressPath = { service, port, path, pathType, podPort, podLabels };
  return { ...hostProps(props), paths: [only] };
}

/** The name that a user of {@link hostProps} gave to a prop of AlbIngress. */
export function hostPropOf(prop: string): string {
  return prop.replace(/^(host|certificate)s(\[0\])?$/, '$1');
}

/** The name that a user of {@link serviceProps} gave to a prop of AlbIngress. */
export function servicePropOf(prop: string): string {
  return hostPropOf(prop).replace(/^paths\[0\]\./, '');
}

import type { AlbIngressProps } from './alb-ingress-props';
import { PathType, type IngressBackend } from './ingress-path';
import { Written } from './written';

/** The `spec` of an Ingress, each field with the prop that it comes from. */
export function ingressSpec({ ingressClass, hosts, paths, defaultBackend }: AlbIngressProps) {
  const http = () => ({
    paths: paths.map((it, index) => ({
      path: new Written(`paths[${index}].path`, it.path, '/'),
      pathType: new Written(`paths[${index}].pathType`, it.pathType, PathType.PREFIX),
      backend: backendOf(`paths[${index}]`, it),
    })),
  });
  const rules = hosts?.map((host, index) => ({ host: new Written(`hosts[${index}]`, host), http: http() })) ?? [{ http: http() }];
  return {
    ingressClassName: ingressClass?.ingressClassName ?? 'alb',
    defaultBackend: defaultBackend && backendOf('defaultBackend', defaultBackend),
    rules: new Written('paths', paths.length > 0 ? rules : undefined),
  };
}

function backendOf(prop: string, { service, port, portName }: IngressBackend) {
  const portOf = { number: new Written(`${prop}.port`, port), name: new Written(`${prop}.portName`, portName) };
  return { service: { name: new Written(`${prop}.service`, service), port: new Written(`${prop}.port`, portOf) } };
}

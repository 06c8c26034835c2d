import { CfnResource, type Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { AlbIngress, IngressAuthentication, Namespace, WebAcl, type AlbIngressProps, type IAlbController, type IngressBackend, type IngressPath } from '../../src';
import { isObject, parseList, parseListenPorts, parseMap } from '../../src/ingress/annotation';
import { ALB_PREFIX } from '../../src/rules/ingress-rules';
import { text } from '../support/read';

/** How an AlbIngress gets what a manifest describes: from a prop if there is one, or from `annotations` alone. */
export type Way = 'props' | 'annotations';

/** The provider for `auth-type`. The fixtures leave it out, as rules do not read it, but the controller needs it. */
const OIDC = {
  issuer: 'https://id.example.com',
  authorizationEndpoint: 'https://id.example.com/authorize',
  tokenEndpoint: 'https://id.example.com/token',
  userInfoEndpoint: 'https://id.example.com/me',
  secretName: 'oidc',
};
const COGNITO = { userPoolARN: 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_shop', userPoolClientID: 'shop', userPoolDomain: 'shop' };

/**
 * Whether props of an AlbIngress can express a manifest of whatever class.
 *
 * They can't express values of a wrong type, `spec.tls`, paths of one host alone, and a path type that is left to the controller.
 */
export function canBeAskedFor(documents: any[]): boolean {
  const [document] = documents.length === 1 ? documents : [];
  const { apiVersion, kind, metadata, spec }: any = isObject(document) ? { metadata: {}, ...document } : {};
  if (apiVersion !== 'networking.k8s.io/v1' || kind !== 'Ingress' || !isObject(metadata) || !isObject(spec) || spec.tls !== undefined) {
    return false;
  }
  const annotations = metadata.annotations ?? {};
  return [metadata.name, metadata.namespace, spec.ingressClassName].every(it => it === undefined || typeof it === 'string')
    && isObject(annotations) && annotations['kubernetes.io/ingress.class'] === undefined
    && (spec.defaultBackend === undefined || isObject(spec.defaultBackend))
    && areForAllHosts(spec.rules ?? []);
}

/** Whether rules have the same paths, all with hosts or all without. */
function areForAllHosts(rules: any): boolean {
  const shape = (rule: any) => JSON.stringify([rule?.host === undefined, rule?.http]);
  return Array.isArray(rules) && rules.every(it => shape(it) === shape(rules[0]) && Array.isArray(it?.http?.paths)
    && it.http.paths.every(({ path, pathType }: any) => typeof path === 'string' && ['Prefix', 'Exact'].includes(pathType)));
}

/** Makes the AlbIngress that a manifest describes. */
export function ask(scope: Construct, controller: IAlbController, { metadata = {}, spec }: any, way: Way): AlbIngress {
  const given: { [name: string]: any } = { ...metadata.annotations };
  const { [`${ALB_PREFIX}tags`]: tags, ...rest } = given; // tags have only their prop
  return new AlbIngress(scope, 'Ingress', {
    controller,
    namespace: metadata.namespace && Namespace.fromNamespaceName(scope, 'Namespace', controller.cluster, metadata.namespace),
    ingressName: metadata.name,
    hosts: spec.rules?.[0].host === undefined ? undefined : spec.rules.map((it: any) => it.host),
    paths: (spec.rules?.[0].http.paths ?? []).map(({ path, pathType, backend }: any): IngressPath => ({ path, pathType, ...backendOf(backend) })),
    defaultBackend: spec.defaultBackend && backendOf(spec.defaultBackend),
    ...tags === undefined ? {} : { tags: parseMap(tags) },
    ...way === 'props' ? typed(scope, rest) : { annotations: withProvider(rest) },
  });
}

/** The Ingress that was made below a scope. */
export function madeBelow(scope: Construct, stack: Stack, template: Template): any {
  const ids = scope.node.findAll().filter(CfnResource.isCfnResource).map(it => stack.resolve(it.logicalId) as string);
  const manifests = ids.map(id => template.toJSON().Resources[id]).filter(it => it.Type === 'Custom::AWSCDK-EKS-KubernetesResource');
  const [ingress, ...others] = manifests.flatMap(it => JSON.parse(text(it.Properties.Manifest))).filter(it => it.kind === 'Ingress');
  expect([ingress?.kind, ...others]).toEqual(['Ingress']);
  return ingress;
}

function backendOf({ service: { name, port } }: any): IngressBackend {
  return { service: name, port: port.number, portName: port.name };
}

function withProvider(annotations: { [name: string]: string }): { [name: string]: string } {
  const type = annotations[`${ALB_PREFIX}auth-type`];
  const provider = { oidc: OIDC, cognito: COGNITO }[type];
  return { ...annotations, ...provider ? { [`${ALB_PREFIX}auth-idp-${type}`]: JSON.stringify(provider) } : {} };
}

/** Props in place of annotations, as far as there are props, and the other annotations. */
function typed(scope: Construct, annotations: { [name: string]: any }): Partial<AlbIngressProps> {
  const left = { ...annotations };
  /** The value of an annotation for a prop. If the prop cannot have that value, the annotation stays. */
  const take = (suffix: string, read: (value: string) => any): any => {
    const value = left[ALB_PREFIX + suffix];
    const taken = typeof value === 'string' ? read(value) : undefined;
    if (taken !== undefined) {
      delete left[ALB_PREFIX + suffix];
    }
    return taken;
  };
  const asIs = (value: string) => value;
  const listeners = take('listen-ports', parseListenPorts);
  const https = listeners?.find((it: any) => it.protocol === 'HTTPS')?.port;
  const authentication = take('auth-type', type => type === 'oidc' ? 'oidc' : undefined)
    && IngressAuthentication.oidc({ ...OIDC, onUnauthenticatedRequest: take('auth-on-unauthenticated-request', value => value as elbv2.UnauthenticatedAction) });
  return {
    scheme: take('scheme', asIs),
    certificates: take('certificate-arn', arns => parseList(arns).map((arn, index) => acm.Certificate.fromCertificateArn(scope, `Certificate${index}`, arn))),
    listeners,
    redirectHttp: take('ssl-redirect', port => port === `${https}` ? true : undefined),
    sslPolicy: take('ssl-policy', asIs),
    webAcl: take('wafv2-acl-arn', arn => WebAcl.fromWebAclArn(scope, 'WebAcl', arn)),
    healthCheck: { path: take('healthcheck-path', asIs) },
    backendProtocol: take('backend-protocol', asIs),
    loadBalancerAttributes: take('load-balancer-attributes', parseMap),
    targetGroupAttributes: take('target-group-attributes', parseMap),
    authentication,
    annotations: withProvider(left),
  };
}

import type { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { AlbController, AlbIngress, NlbService, type AlbIngressProps, type IAlbController, type NlbServiceProps } from '../../src';
import { importedClusterFixture, type StackOptions } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';

export const CERTIFICATE = 'arn:aws:acm:eu-central-1:123456789012:certificate/0123';
export const WEB_ACL = 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/0123';

const PREFIX = 'alb.ingress.kubernetes.io/';
const NLB_PREFIX = 'service.beta.kubernetes.io/aws-load-balancer-';

/** A controller that runs already, in a cluster that was made elsewhere. */
export function controllerFixture(options: StackOptions = {}) {
  const { stack, cluster, vpc, template } = importedClusterFixture(options);
  const controller = AlbController.fromCluster(stack, 'Controller', cluster);
  return { stack, cluster: cluster as eks.ICluster, vpc, controller, template, object: (kind: string) => theObject(template, kind) };
}

/** The least that an AlbIngress takes, and more. */
export function ingressFixture(props: Partial<AlbIngressProps> = {}, options: StackOptions = {}) {
  const fixture = controllerFixture(options);
  const ingress = new AlbIngress(fixture.stack, 'Ingress', { ...least(fixture.controller), ...props });
  return { ...fixture, ingress, annotations: () => annotationsOf(fixture.object('Ingress')) };
}

/** The least that an NlbService takes, and more, which may be defined in the stack. */
export function nlbFixture(more: Partial<NlbServiceProps> | ((stack: Stack) => Partial<NlbServiceProps>) = {}, options: StackOptions = {}) {
  const fixture = controllerFixture(options);
  const atLeast = { controller: fixture.controller, selector: { app: 'mail' }, ports: [{ port: 25, targetPort: 2525 }] };
  const service = new NlbService(fixture.stack, 'Service', { ...atLeast, ...typeof more === 'function' ? more(fixture.stack) : more });
  return { ...fixture, least: atLeast, service, annotations: () => annotationsOf(fixture.object('Service'), NLB_PREFIX) };
}

/** One host, one Service. */
export function least(controller: IAlbController) {
  return { controller, hosts: ['app.example.com'], paths: [{ service: 'web', port: 80 }] };
}

/** Annotations without the prefix that they share. */
export function annotationsOf(object: any, prefix = PREFIX): { [suffix: string]: string } {
  return Object.fromEntries(Object.entries(object.metadata.annotations as { [name: string]: string }).map(([name, value]) => [name.replace(prefix, ''), value]));
}

/** Annotations with it. */
export function prefixed(annotations: { [suffix: string]: string }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(annotations).map(([suffix, value]) => [PREFIX + suffix, value]));
}

/** The same for a Service. */
export function nlbPrefixed(annotations: { [suffix: string]: string }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(annotations).map(([suffix, value]) => [NLB_PREFIX + suffix, value]));
}

/** A certificate that was made elsewhere. */
export function certificateFixture(stack: Stack, arn = CERTIFICATE, id = 'Certificate'): acm.ICertificate {
  return acm.Certificate.fromCertificateArn(stack, id, arn);
}

function theObject(template: () => Template, kind: string) {
  const found = kubernetesObjects(template()).filter(it => it.kind === kind);
  expect(found).toHaveLength(1);
  return found[0];
}

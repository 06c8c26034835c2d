import type { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { AlbController, AlbIngress, type AlbIngressProps, type IAlbController } from '../../src';
import { importedClusterFixture, type StackOptions } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';

export const CERTIFICATE = 'arn:aws:acm:eu-central-1:123456789012:certificate/0123';
export const WEB_ACL = 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/0123';

const PREFIX = 'alb.ingress.kubernetes.io/';

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

/** One host, one Service. */
export function least(controller: IAlbController) {
  return { controller, hosts: ['app.example.com'], paths: [{ service: 'web', port: 80 }] };
}

/** Annotations without the prefix that they share. */
export function annotationsOf(object: any): { [suffix: string]: string } {
  return Object.fromEntries(Object.entries(object.metadata.annotations as { [name: string]: string }).map(([name, value]) => [name.replace(PREFIX, ''), value]));
}

/** Annotations with it. */
export function prefixed(annotations: { [suffix: string]: string }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(annotations).map(([suffix, value]) => [PREFIX + suffix, value]));
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

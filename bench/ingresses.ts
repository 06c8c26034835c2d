import { Stack, type App } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { define as definePlatform } from './library';
import { InternalApi, Namespace, type EksPlatform } from '@org/eks-platform';

/** The platform of library.ts, with 200 Ingresses in 20 namespaces that deny by default. */
export function define(app: App): void {
  definePlatform(app);
  const stack = app.node.findChild('Shop') as Stack;
  const { albController: controller, cluster } = stack.node.findChild('Platform') as EksPlatform;
  const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-central-1:123456789012:certificate/0123');
  const namespaces = Array.from({ length: 20 }, (_, index) =>
    new Namespace(stack, `Namespace${index}`, { cluster, namespaceName: `team-${index}`, defaultDeny: true }));
  for (let index = 0; index < 200; index++) {
    const namespace = namespaces[index % namespaces.length];
    new InternalApi(stack, `Api${index}`, { controller: controller!, namespace, certificate, host: `api-${index}.example.com`, service: 'api', port: 80 });
  }
}

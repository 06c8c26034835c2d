import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import * as eksplatform from '@org/eks-platform';
import { App, Stack } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';

const ACCOUNT = '123456789012';
const OIDC_PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF`;

/** Defines ExternalDNS alone, on a cluster that is there. Put your cluster, its OIDC provider, a role with access to it and your zone here. */
export function externalDnsAlone(app: App): Stack {
  const stack = new Stack(app, 'external-dns-alone', { description: 'DNS records for the Ingresses of a cluster that was there' });
  // CDK's own functions run helm and kubectl, as a role that has an access entry of the cluster.
  const kubectlProvider = new eks.KubectlProvider(stack, 'Kubectl', {
    cluster: eks.Cluster.fromClusterAttributes(stack, 'ClusterName', { clusterName: 'legacy' }),
    kubectlLayer: new KubectlV36Layer(stack, 'KubectlLayer'),
    role: iam.Role.fromRoleArn(stack, 'KubectlRole', `arn:aws:iam::${ACCOUNT}:role/kubectl`),
  });
  const cluster = eks.Cluster.fromClusterAttributes(stack, 'Cluster', {
    clusterName: 'legacy',
    openIdConnectProvider: iam.OidcProviderNative.fromOidcProviderArn(stack, 'OidcProvider', OIDC_PROVIDER),
    kubectlProvider,
  });
  new eksplatform.ExternalDns(stack, 'ExternalDns', {
    cluster,
    clusterName: 'legacy',
    hostedZones: [route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z0123456789EXAMPLE' })],
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  externalDnsAlone(app);
  app.synth();
}

import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import * as eksplatform from '@org/eks-platform';
import { App, Stack } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';

const ACCOUNT = '123456789012';
const OIDC_PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF`;

/** Defines ExternalDNS alone, on an existing cluster. Put your cluster, its address and certificate, its OIDC provider and your zone here. */
export function externalDnsAlone(app: App): Stack {
  const stack = new Stack(app, 'external-dns-alone', { description: 'DNS records for the Ingresses of a cluster that was there' });
  // Runs Helm: its role gets an access entry of the cluster. With `vpc` and `securityGroups` it reaches a private cluster, too.
  const kubectlProvider = new eksplatform.KubectlProvider(stack, 'Kubectl', {
    clusterName: 'legacy',
    clusterEndpoint: 'https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com',
    clusterCertificateAuthorityData: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t...',
    kubectlLayer: new KubectlV36Layer(stack, 'KubectlLayer'),
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

import type { Libraries } from './libraries';

/** Each part alone, on a cluster that is there. */
export function addons({ cdk, eksplatform, chart }: Libraries, stack: InstanceType<Libraries['cdk']['Stack']>): void {
  const { aws_ec2: ec2, aws_eks_v2: eks, aws_iam: iam, aws_route53: route53, aws_s3_assets: assets } = cdk;
  const vpc = new ec2.Vpc(stack, 'ClusterVpc');
  const group = new ec2.SecurityGroup(stack, 'Group', { vpc });
  const clusterEndpoint = 'https://0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com';
  const kubectl = new eksplatform.KubectlProvider(stack, 'KubectlProvider', {
    clusterName: 'alone',
    clusterEndpoint,
    clusterCertificateAuthorityData: 'LS0tLS1CRUdJTg==',
    kubectlLayer: cdk.aws_lambda.LayerVersion.fromLayerVersionArn(stack, 'Kubectl', 'arn:aws:lambda:us-east-1:123456789012:layer:kubectl:1'),
    vpc,
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    securityGroups: [group],
    environment: { HTTPS_PROXY: 'http://proxy.example.com:3128' },
    logGroup: new cdk.aws_logs.LogGroup(stack, 'Log'),
  });
  const provider = 'arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
  const cluster = eks.Cluster.fromClusterAttributes(stack, 'Cluster', {
    clusterName: 'alone',
    clusterEndpoint,
    vpc,
    clusterSecurityGroupId: 'sg-0123456789abcdef0',
    openIdConnectProvider: iam.OidcProviderNative.fromOidcProviderArn(stack, 'OidcProvider', provider),
    kubectlProvider: kubectl,
  });

  const cilium = new eksplatform.Cilium(stack, 'Cilium', {
    cluster,
    clusterName: 'alone',
    identity: eksplatform.WorkloadIdentity.IRSA,
    nodeSecurityGroups: [group],
    wait: true,
    encryption: eksplatform.CiliumEncryption.NONE,
    chartAsset: new assets.Asset(stack, 'Chart', { path: chart }),
  });
  const controller = new eksplatform.AlbController(stack, 'AlbController', {
    cluster, identity: eksplatform.WorkloadIdentity.IRSA, nodeSecurityGroups: [group], chartVersion: '3.5.0', values: { logLevel: 'debug' },
  });
  new eksplatform.ExternalDns(stack, 'ExternalDns', {
    cluster,
    clusterName: 'alone',
    identity: eksplatform.WorkloadIdentity.IRSA,
    policy: eksplatform.ExternalDnsPolicy.SYNC,
    hostedZones: [route53.HostedZone.fromHostedZoneAttributes(stack, 'AloneZone', { zoneName: 'example.org', hostedZoneId: 'Z0123456789ALONE' })],
  });
  new eksplatform.NodeLocalDns(stack, 'NodeLocalDns', { cluster, clusterDnsIp: '172.20.0.10', mode: eksplatform.NodeLocalDnsMode.LINK_LOCAL });
  const nodes = new eksplatform.NodeGroup(stack, 'Nodes', { cluster });

  // What the constructs give to those who go on from there.
  kubectl.role!.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['ecr:BatchGetImage'], resources: ['*'] }));
  for (const role of [cilium.role, controller.role, nodes.role]) {
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] }));
  }
}

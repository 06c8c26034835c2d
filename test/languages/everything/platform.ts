import type { Libraries } from './libraries';

/** Platforms that set every prop, one with its own network and one in an existing VPC. */
export function platforms({ cdk, eksplatform, layer }: Libraries, stack: InstanceType<Libraries['cdk']['Stack']>): void {
  const { aws_ec2: ec2, aws_eks_v2: eks, aws_iam: iam, aws_kms: kms, aws_logs: logs, aws_route53: route53, aws_s3: s3 } = cdk;
  const zone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z0123456789EXAMPLE' });

  const own = new eksplatform.EksPlatform(stack, 'Own', {
    clusterName: 'own',
    profile: eksplatform.PlatformProfile.STAGING,
    kubernetesVersion: eks.KubernetesVersion.V1_36,
    coreDnsVersion: 'v1.12.1-eksbuild.2',
    kubectlLayer: new layer.KubectlV36Layer(stack, 'Layer'),
    network: {
      cidr: '10.1.0.0/16',
      availabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
      isolated: false,
      natGateways: 3,
      publicSubnetMask: 24,
      privateSubnetMask: 20,
      podCidr: '100.64.0.0/16',
      flowLogs: true,
      flowLogRetention: logs.RetentionDays.ONE_WEEK,
      interfaceEndpoints: [ec2.InterfaceVpcEndpointAwsService.ECR, ec2.InterfaceVpcEndpointAwsService.STS],
    },
    endpointAccess: eks.EndpointAccess.PUBLIC_AND_PRIVATE.onlyFrom('192.0.2.0/24', '198.51.100.0/24'),
    admins: [iam.Role.fromRoleArn(stack, 'Admin', 'arn:aws:iam::123456789012:role/Admin')],
    imageRegistry: 'registry.example.com',
    secretsKey: new kms.Key(stack, 'Key'),
    deletionProtection: true,
    cleanUpRecords: true,
    identity: eksplatform.WorkloadIdentity.POD_IDENTITY,
    hostedZones: [zone],
    nodes: {
      amiType: eks.NodegroupAmiType.AL2023_X86_64_STANDARD,
      capacityType: eks.CapacityType.SPOT,
      instanceTypes: [new ec2.InstanceType('m7i.large')],
      minSize: 2,
      desiredSize: 3,
      maxSize: 5,
      maxPods: 110,
      diskSize: cdk.Size.gibibytes(80),
      labels: { team: 'platform' },
      taints: [{ key: 'team', value: 'platform', effect: eks.TaintEffect.PREFER_NO_SCHEDULE }],
    },
    cilium: {
      chartVersion: '1.20.2',
      chartRepository: 'https://helm.cilium.io/',
      imageRegistry: 'registry.example.com/mirror',
      encryption: eksplatform.CiliumEncryption.WIREGUARD_WITH_NODES,
      egressMasqueradeInterfaces: ['ens5'],
      gatewayApi: false,
      ingressController: false,
      mutualAuthentication: false,
      operatorReplicas: 2,
      podSubnetTags: { pods: 'here' },
      prefixDelegation: true,
      hubble: { ui: false, metrics: ['dns', 'drop'], tls: eksplatform.HubbleTls.CRON_JOB },
      // By name: Go passes maps in the order of their keys, which Helm does not care about.
      values: { agent: { retries: 3 }, debug: { enabled: true }, extraArgs: ['--a=b'] },
    },
    albController: {
      enabled: true,
      replicas: 2,
      defaultTags: { Team: 'platform' },
      defaultSslPolicy: cdk.aws_elasticloadbalancingv2.SslPolicy.TLS13_RES,
      enableFeatureGates: [eksplatform.AlbFeatureGate.LISTENER_RULES_TAGGING],
      disableFeatureGates: [eksplatform.AlbFeatureGate.SUBNETS_CLUSTER_TAG_CHECK],
      crdRemovalPolicy: cdk.RemovalPolicy.DESTROY,
    },
    externalDns: {
      enabled: true,
      policy: eksplatform.ExternalDnsPolicy.UPSERT_ONLY,
      recordTypes: [route53.RecordType.A, route53.RecordType.CNAME],
      crdRemovalPolicy: cdk.RemovalPolicy.RETAIN,
    },
    nodeLocalDns: {
      enabled: true,
      cacheTtl: 60,
      cacheNegativeTtl: 10,
      image: 'registry.example.com/dns/k8s-dns-node-cache:1.26.8',
      metricsEnabled: false,
      mode: eksplatform.NodeLocalDnsMode.CILIUM,
      serveStale: cdk.Duration.hours(1),
    },
  });
  own.addNodeGroup('More', {
    role: iam.Role.fromRoleArn(stack, 'NodeRole', 'arn:aws:iam::123456789012:role/Nodes'),
    securityGroups: [new ec2.SecurityGroup(stack, 'NodeGroup', { vpc: own.vpc })],
    subnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
  });

  new eksplatform.EksPlatform(stack, 'Small', { clusterName: 'small', profile: eksplatform.PlatformProfile.DEV, vpc: own.vpc });

  new eksplatform.EksPlatform(stack, 'Brought', {
    clusterName: 'brought',
    profile: eksplatform.PlatformProfile.PROD.customize({
      controllerReplicas: 3,
      controlPlaneLogs: [eks.ClusterLoggingTypes.AUDIT],
      deletionProtection: false,
      endpointAccess: eks.EndpointAccess.PRIVATE,
      flowLogRetention: logs.RetentionDays.ONE_MONTH,
      flowLogs: false,
      hubbleUi: false,
      interfaceEndpoints: [],
      natGateways: 1,
      nodeInstanceType: new ec2.InstanceType('m7g.large'),
      nodeMinSize: 1,
      nodeMaxSize: 2,
      secretsEncryption: false,
    }),
    vpc: new eksplatform.Vpc(stack, 'Vpc', { clusterName: 'brought', flowLogBucket: new s3.Bucket(stack, 'FlowLogs'), flowLogs: true }),
  });
}

import * as fs from 'fs';
import * as path from 'path';
import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { Fn, RemovalPolicy, Stack, Tags, type App } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { albControllerValues, ciliumValues, externalDnsValues, nodeLocalDns } from './hand-written-values';

/**
 * The platform of library.ts as one writes it with aws-eks-v2 alone: the same parts in the same order, each with
 * CDK's own construct for it, and no others.
 */
export function define(app: App): void {
  const stack = new Stack(app, 'Shop');
  const zone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' });
  const vpc = defineVpc(stack);
  const cluster = defineCluster(stack, vpc);
  const cilium = defineCilium(cluster);

  const nodes = defineNodes(stack, cluster);
  nodes.node.addDependency(cilium);
  const coreDns = new eks.Addon(stack, 'CoreDns', { cluster, addonName: 'coredns' });
  coreDns.node.addDependency(nodes);

  const addons = [
    defineAlbController(stack, cluster, vpc),
    defineExternalDns(stack, cluster, zone),
    cluster.addManifest('NodeLocalDns', ...nodeLocalDns('172.20.0.10')),
  ];
  addons.forEach(addon => addon.node.addDependency(coreDns));
}

function defineVpc(stack: Stack): ec2.Vpc {
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    ipAddresses: ec2.IpAddresses.cidr('10.0.0.0/16'),
    availabilityZones: [0, 1, 2].map(index => Fn.select(index, Fn.getAzs())),
    natGateways: 1,
    subnetConfiguration: [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
      { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 24 },
    ],
    gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    restrictDefaultSecurityGroup: false,
    flowLogs: {
      All: {
        destination: ec2.FlowLogDestination.toCloudWatchLogs(new logs.LogGroup(stack, 'FlowLogs', {
          retention: logs.RetentionDays.ONE_WEEK,
          removalPolicy: RemovalPolicy.DESTROY,
        })),
      },
    },
  });
  for (const subnet of [...vpc.publicSubnets, ...vpc.privateSubnets]) {
    Tags.of(subnet).add(vpc.publicSubnets.includes(subnet) ? 'kubernetes.io/role/elb' : 'kubernetes.io/role/internal-elb', '1');
    Tags.of(subnet).add('kubernetes.io/cluster/shop', 'shared');
    Tags.of(subnet).add('karpenter.sh/discovery', 'shop');
  }
  return vpc;
}

function defineCluster(stack: Stack, vpc: ec2.Vpc): eks.Cluster {
  const cluster = new eks.Cluster(stack, 'Cluster', {
    clusterName: 'shop',
    version: eks.KubernetesVersion.V1_36,
    vpc,
    vpcSubnets: [{ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }],
    serviceIpv4Cidr: '172.20.0.0/16',
    endpointAccess: eks.EndpointAccess.PUBLIC_AND_PRIVATE,
    bootstrapSelfManagedAddons: false,
    bootstrapClusterCreatorAdminPermissions: false,
    defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
    defaultCapacity: 0,
    kubectlProviderOptions: { kubectlLayer: new KubectlV36Layer(stack, 'KubectlLayer') },
  });
  cluster.node.defaultChild!.node.addDependency(vpc); // the routes outlive the cluster
  return cluster;
}

function defineCilium(cluster: eks.Cluster): eks.HelmChart {
  const account = cluster.addServiceAccount('CiliumOperator', { name: 'cilium-operator', namespace: 'kube-system' });
  account.addToPrincipalPolicy(new iam.PolicyStatement({
    actions: [
      'ec2:AssignPrivateIpAddresses', 'ec2:AttachNetworkInterface', 'ec2:CreateNetworkInterface', 'ec2:CreateTags', 'ec2:DeleteNetworkInterface',
      'ec2:DescribeInstanceTypes', 'ec2:DescribeManagedPrefixLists', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeRouteTables',
      'ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs', 'ec2:GetManagedPrefixListEntries',
      'ec2:ModifyNetworkInterfaceAttribute', 'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  }));
  const chart = cluster.addHelmChart('Cilium', {
    chart: 'cilium',
    release: 'cilium',
    repository: 'https://helm.cilium.io',
    version: '1.20.2',
    namespace: 'kube-system',
    values: ciliumValues(cluster),
  });
  chart.node.addDependency(account);
  return chart;
}

function defineNodes(stack: Stack, cluster: eks.Cluster): eks.Nodegroup {
  const template = new ec2.LaunchTemplate(stack, 'NodeTemplate', {
    requireImdsv2: true,
    httpPutResponseHopLimit: 1,
    blockDevices: [{ deviceName: '/dev/xvda', volume: ec2.BlockDeviceVolume.ebs(50, { volumeType: ec2.EbsDeviceVolumeType.GP3, encrypted: true }) }],
  });
  return cluster.addNodegroupCapacity('Nodes', {
    amiType: eks.NodegroupAmiType.AL2023_ARM_64_STANDARD,
    instanceTypes: [new ec2.InstanceType('t4g.large')],
    minSize: 2,
    maxSize: 4,
    subnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    taints: [{ key: 'node.cilium.io/agent-not-ready', value: 'true', effect: eks.TaintEffect.NO_EXECUTE }],
    launchTemplateSpec: { id: template.launchTemplateId!, version: template.latestVersionNumber },
    nodeRole: new iam.Role(stack, 'NodeRole', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly']
        .map(name => iam.ManagedPolicy.fromAwsManagedPolicyName(name)),
    }),
  });
}

function defineAlbController(stack: Stack, cluster: eks.Cluster, vpc: ec2.Vpc): eks.HelmChart {
  const account = cluster.addServiceAccount('AlbControllerAccount', { name: 'aws-load-balancer-controller', namespace: 'kube-system' });
  // The policy that the controller's authors publish, which would lie beside the app: CDK ships the same one.
  const file = path.join(path.dirname(require.resolve('aws-cdk-lib')), 'aws-eks-v2/lib/addons/alb-iam_policy-v3.2.2.json');
  for (const statement of JSON.parse(fs.readFileSync(file, 'utf8')).Statement) {
    account.addToPrincipalPolicy(iam.PolicyStatement.fromJson(statement));
  }
  const chart = cluster.addHelmChart('AlbController', {
    chart: 'aws-load-balancer-controller',
    release: 'aws-load-balancer-controller',
    repository: 'https://aws.github.io/eks-charts',
    version: '3.5.0',
    namespace: 'kube-system',
    wait: true,
    values: albControllerValues(stack.region, vpc),
  });
  chart.node.addDependency(account);
  return chart;
}

function defineExternalDns(stack: Stack, cluster: eks.Cluster, zone: route53.IHostedZone): eks.HelmChart {
  const namespace = cluster.addManifest('ExternalDnsNamespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'external-dns' } });
  const account = cluster.addServiceAccount('ExternalDnsAccount', { name: 'external-dns', namespace: 'external-dns' });
  account.node.addDependency(namespace);
  account.addToPrincipalPolicy(new iam.PolicyStatement({
    actions: ['route53:ChangeResourceRecordSets', 'route53:ListResourceRecordSets'],
    resources: [zone.hostedZoneArn],
  }));
  account.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['route53:ListHostedZones'], resources: ['*'] }));
  const chart = cluster.addHelmChart('ExternalDns', {
    chart: 'external-dns',
    release: 'external-dns',
    repository: 'https://kubernetes-sigs.github.io/external-dns',
    version: '1.21.1',
    namespace: 'external-dns',
    wait: true,
    values: externalDnsValues(stack.region, zone),
  });
  chart.node.addDependency(account);
  return chart;
}

import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import { planAddOns, type AddOns } from './add-ons';
import type { EksPlatformProps } from './eks-platform-props';
import { checkIsolated, endpointsOf } from './isolation';
import { checkCoreDnsVersion, checkKubernetesVersion, checkNodes, checkServiceRange, SERVICE_RANGE, type PodAddresses } from './platform-checks';
import { PlatformProfile } from './platform-profile';
import type { PlatformSettings } from './profile-table';
import { withDefaults } from './with-defaults';
import { ExternalDnsPolicy } from '../addons/external-dns';
import { reject } from '../cdk/reject';
import { maxPodsWithPrefixes } from '../cluster/instance-types';
import type { NodeGroupOptions } from '../cluster/node-group-options';
import { checkClusterName } from '../kubernetes/cluster-name';
import type { VpcProps } from '../network/network-options';
import { isIsolated } from '../network/private-subnets';

/** What a platform will be. */
export type PlatformPlan = ReturnType<typeof planPlatform>;

/** Decides what a platform will be, from its props, its profile and the defaults, and makes every check that needs no construct. */
export function planPlatform(scope: Construct, props: EksPlatformProps) {
  const { settings } = props.profile ?? PlatformProfile.DEV;
  const version = props.kubernetesVersion ?? eks.KubernetesVersion.V1_36;
  checkProps(scope, props, version);

  const isolated = props.vpc ? isIsolated(props.vpc) : props.network?.isolated ?? false;
  const endpointAccess = props.endpointAccess ?? (isolated ? eks.EndpointAccess.PRIVATE : settings.endpointAccess);
  const addOns = planAddOns(scope.node.path, props, settings);
  if (isolated) {
    checkIsolated(scope, { imageRegistry: props.imageRegistry, endpointAccess, addOns });
  }
  return {
    identity: props.identity,
    vpc: props.vpc,
    network: planNetwork(props, settings, addOns),
    cluster: {
      clusterName: props.clusterName,
      version,
      serviceIpv4Cidr: SERVICE_RANGE,
      endpointAccess,
      clusterLogging: settings.controlPlaneLogs,
      deletionProtection: props.deletionProtection ?? settings.deletionProtection,
      admins: props.admins ?? [],
    },
    kubectlLayer: props.kubectlLayer,
    secretsKey: props.secretsKey,
    makesSecretsKey: settings.secretsEncryption && !props.secretsKey,
    nodes: withDefaults({
      instanceTypes: [settings.nodeInstanceType],
      minSize: settings.nodeMinSize,
      maxSize: Math.max(settings.nodeMaxSize, props.nodes?.minSize ?? 0),
    }, props.nodes),
    pods: { prefixDelegation: addOns.cilium.prefixDelegation, podSubnets: addOns.cilium.podSubnetTags !== undefined },
    coreDnsVersion: props.coreDnsVersion,
    addOns,
    zonesToCleanUp: props.cleanUpRecords ?? addOns.externalDns?.policy === ExternalDnsPolicy.SYNC ? props.hostedZones ?? [] : [],
  };
}

/** Decides what a node group of the platform will be, the first one or one that is added. */
export function planNodes(path: string, pods: PodAddresses, options: NodeGroupOptions): NodeGroupOptions {
  checkNodes(path, pods, options);
  return withDefaults({ maxPods: pods.prefixDelegation ? maxPodsWithPrefixes(options.instanceTypes ?? []) : undefined }, options);
}

function checkProps(scope: Construct, props: EksPlatformProps, version: eks.KubernetesVersion) {
  const { path } = scope.node;
  checkClusterName(path, props.clusterName);
  checkKubernetesVersion(scope, version, props.kubectlLayer);
  checkCoreDnsVersion(path, props.coreDnsVersion);
  if (props.vpc && props.network) {
    reject(path, 'network', props.network, 'left out with `vpc`', 'a VPC of your own brings its own network');
  }
  checkServiceRange(path, props);
}

function planNetwork({ clusterName, network, identity }: EksPlatformProps, settings: PlatformSettings, addOns: AddOns): VpcProps {
  const options = withDefaults({
    natGateways: network?.isolated ? undefined : settings.natGateways,
    flowLogs: settings.flowLogs,
    flowLogRetention: network?.flowLogBucket ? undefined : settings.flowLogRetention,
    interfaceEndpoints: settings.interfaceEndpoints,
  }, network);
  const needed = network?.isolated ? endpointsOf(addOns, identity) : [];
  return { clusterName, ...options, interfaceEndpoints: withoutRepetition([...options.interfaceEndpoints, ...needed]) };
}

/** Two endpoints of one service can't both have its name in a VPC. */
function withoutRepetition(services: ec2.InterfaceVpcEndpointAwsService[]): ec2.InterfaceVpcEndpointAwsService[] {
  return services.filter((service, index) => services.findIndex(other => other.shortName === service.shortName) === index);
}

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { EksPlatformProps } from './eks-platform-props';
import { SERVICE_DNS_IP } from './platform-checks';
import type { PlatformSettings } from './profile-table';
import { withDefaults } from './with-defaults';
import { ExternalDnsPolicy } from '../addons/external-dns';
import { reject } from '../cdk/reject';
import { inRegistry } from '../kubernetes/images';
import { VERSIONS } from '../kubernetes/versions';
import { POD_SUBNET_TAG } from '../network/tags';

const { ELASTIC_LOAD_BALANCING } = ec2.InterfaceVpcEndpointAwsService;

/**
 * Route 53's API, which is in us-east-1 for all regions.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html
 */
const ROUTE_53 = new ec2.InterfaceVpcEndpointAwsService('route53', 'com.amazonaws', 443, { global: true });

/** The options of each add-on of a platform; undefined where the add-on is left out. */
export type AddOns = ReturnType<typeof planAddOns>;

/** The AWS services that add-ons call, beside those that every platform calls. */
export const SERVICES: { readonly [addOn in keyof AddOns]?: ec2.InterfaceVpcEndpointAwsService[] } = {
  albController: [ELASTIC_LOAD_BALANCING],
  externalDns: [ROUTE_53],
};

/** The one list of add-ons: what isolation asks of them, and which endpoints they need, follows from it. */
export function planAddOns(path: string, props: EksPlatformProps, settings: PlatformSettings) {
  const { imageRegistry } = props;
  const image = imageRegistry && inRegistry(VERSIONS.images.nodeCache, imageRegistry);
  return {
    cilium: planCilium(props, settings),
    albController: ifEnabled({ replicas: settings.controllerReplicas, imageRegistry }, props.albController),
    externalDns: planExternalDns(path, props),
    nodeLocalDns: ifEnabled({ clusterDnsIp: SERVICE_DNS_IP, image }, props.nodeLocalDns),
  };
}

/** An add-on is deployed unless its options say otherwise. */
function ifEnabled<D extends object, O extends { readonly enabled?: boolean }>(defaults: D, options?: O): D & O | undefined {
  return options?.enabled ?? true ? withDefaults(defaults, options) : undefined;
}

function planCilium({ cilium, network, imageRegistry }: EksPlatformProps, settings: PlatformSettings) {
  const podSubnetTags = cilium?.podSubnetTags ?? (network?.podCidr ? { [POD_SUBNET_TAG.key]: POD_SUBNET_TAG.value } : undefined);
  return {
    ...withDefaults({ operatorReplicas: settings.controllerReplicas, prefixDelegation: podSubnetTags !== undefined, imageRegistry }, cilium),
    podSubnetTags,
    hubble: withDefaults({ ui: settings.hubbleUi }, cilium?.hubble),
  };
}

function planExternalDns(path: string, { externalDns, hostedZones, imageRegistry }: EksPlatformProps) {
  if (hostedZones?.length === 0) {
    reject(path, 'hostedZones', [], 'one zone or more', 'leave it out for no ExternalDNS');
  }
  if (externalDns && externalDns.enabled !== false && !hostedZones) {
    reject(path, 'hostedZones', undefined, 'given with `externalDns`', 'give the zones that ExternalDNS should write to');
  }
  return hostedZones && ifEnabled({ hostedZones, policy: ExternalDnsPolicy.SYNC, imageRegistry }, externalDns);
}

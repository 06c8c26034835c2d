import type { EksPlatformProps } from './eks-platform-props';
import type { PlatformSettings } from './profile-table';
import { withDefaults } from './with-defaults';
import { ExternalDnsPolicy } from '../addons/external-dns';
import { inRegistry } from '../kubernetes/images';
import { VERSIONS } from '../kubernetes/versions';
import { POD_SUBNET_TAG } from '../network/tags';

/** The options of each add-on of a platform; undefined where the add-on is left out. */
export type AddOns = ReturnType<typeof planAddOns>;

/** The one list of add-ons: what is checked, reached and ordered follows from it. */
export function planAddOns(props: EksPlatformProps, settings: PlatformSettings) {
  const { hostedZones, imageRegistry } = props;
  const image = imageRegistry && inRegistry(VERSIONS.images.nodeCache, imageRegistry);
  return {
    cilium: planCilium(props, settings),
    albController: ifEnabled({ replicas: settings.controllerReplicas, imageRegistry }, props.albController),
    externalDns: hostedZones && ifEnabled({ hostedZones, policy: ExternalDnsPolicy.SYNC, imageRegistry }, props.externalDns),
    nodeLocalDns: ifEnabled({ image }, props.nodeLocalDns),
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

import { Fn } from 'aws-cdk-lib';
import { CiliumEncryption, type CiliumProps } from './cilium-options';
import { interfaceTags } from './cilium-policy';
import { DEFAULT_METRICS, HubbleTls, type HubbleOptions } from './hubble';
import { merge, type Json } from '../cdk/merge';
import type { WorkloadRole } from '../cluster/workload-role';
import { inRegistry } from '../kubernetes/images';

/**
 * The values of Cilium's chart.
 *
 * @param operator the operator's role
 * @see https://docs.cilium.io/en/v1.20/helm-reference/
 */
export function ciliumValues(props: CiliumProps, operator: Pick<WorkloadRole, 'annotations' | 'podValues'>): Json {
  const values = { ...networkValues(props), ...hubbleValues(props.hubble ?? {}), ...meshValues(props), ...operatorValues(props, operator) };
  return props.imageRegistry === undefined ? values : merge(values, imageValues(props.imageRegistry, props.mutualAuthentication ?? false));
}

function networkValues(props: CiliumProps): Json {
  const tags = interfaceTags(props.clusterName);
  const encryption = props.encryption ?? CiliumEncryption.WIREGUARD;
  const masquerade = props.egressMasqueradeInterfaces;
  return {
    cluster: { name: props.clusterName },
    eni: {
      enabled: true,
      awsEnablePrefixDelegation: props.prefixDelegation ?? false,
      awsReleaseExcessIPs: true,
      gcInterval: '5m',
      gcTags: tags,
      eniTags: tags, // the operator's policy asks for them even where the collector is off
      ...props.podSubnetTags ? { nodeSpec: podSubnets(props.podSubnetTags) } : {},
    },
    ipam: { mode: 'eni' },
    routingMode: 'native',
    enableIPv4Masquerade: masquerade !== undefined,
    ...masquerade ? { egressMasqueradeInterfaces: Fn.join(',', masquerade) } : {},
    kubeProxyReplacement: true,
    kubeProxyReplacementHealthzBindAddr: '0.0.0.0:10256',
    // Without kube-proxy nothing serves the API server's Service yet, so this is the endpoint itself, without its scheme.
    k8sServiceHost: Fn.select(1, Fn.split('//', props.cluster.clusterEndpoint)),
    k8sServicePort: 443,
    localRedirectPolicies: { enabled: true },
    encryption: {
      enabled: encryption !== CiliumEncryption.NONE,
      type: 'wireguard',
      nodeEncryption: encryption === CiliumEncryption.WIREGUARD_WITH_NODES,
    },
    prometheus: { enabled: true },
    rollOutCiliumPods: true, // agents read their configuration at start only
  };
}

/** Pods get no addresses from a node's first interface, which is in the node's own subnet. */
function podSubnets(tags: Json): Json {
  return { firstInterfaceIndex: 1, subnetTags: Object.entries(tags).map(([key, value]) => `${key}=${value}`) };
}

function hubbleValues(hubble: HubbleOptions): Json {
  const tls = hubble.tls ?? HubbleTls.CRON_JOB;
  return {
    hubble: {
      enabled: true,
      tls: tls === HubbleTls.DISABLED ? { enabled: false } : { enabled: true, auto: { enabled: true, method: tls } },
      relay: { enabled: true, rollOutPods: true },
      ui: { enabled: hubble.ui ?? true, rollOutPods: true },
      metrics: {
        enableOpenMetrics: true, // exemplars are left out otherwise
        enabled: hubble.metrics ?? DEFAULT_METRICS,
      },
    },
  };
}

/**
 * One NLB for all Ingresses, made by the AWS Load Balancer Controller: without a class EKS would make a Classic Load Balancer.
 * It reaches Envoy through node ports, as the Service has no pods that could be its targets.
 */
const INGRESS_CONTROLLER = {
  enabled: true,
  loadbalancerMode: 'shared',
  service: {
    loadBalancerClass: 'service.k8s.aws/nlb',
    annotations: { 'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': 'instance' },
  },
};

function meshValues(props: CiliumProps): Json {
  return {
    envoy: { enabled: true, rollOutPods: true },
    ingressController: props.ingressController ? INGRESS_CONTROLLER : { enabled: false },
    gatewayAPI: { enabled: props.gatewayApi ?? false },
    authentication: props.mutualAuthentication
      ? { enabled: true, mutual: { spire: { enabled: true, install: { server: { dataStorage: { enabled: false } } } } } }
      : { enabled: false },
  };
}

function operatorValues(props: CiliumProps, { annotations, podValues }: Pick<WorkloadRole, 'annotations' | 'podValues'>): Json {
  return {
    operator: {
      replicas: props.operatorReplicas ?? 2,
      rollOutPods: true, // the operator registers Cilium's resource kinds at start only
      ...podValues,
    },
    serviceAccounts: { operator: { annotations } },
  };
}

/** The images of what our options can deploy. The chart adds `-aws` to the operator's. */
function imageValues(registry: string, spire: boolean): Json {
  const image = (repository: string) => ({ image: { repository: inRegistry(repository, registry) } });
  const { image: busybox } = image('docker.io/library/busybox');
  return {
    ...image('quay.io/cilium/cilium'),
    envoy: image('quay.io/cilium/cilium-envoy'),
    operator: image('quay.io/cilium/operator'),
    certgen: image('quay.io/cilium/certgen'),
    hubble: {
      relay: image('quay.io/cilium/hubble-relay'),
      ui: { frontend: image('quay.io/cilium/hubble-ui'), backend: image('quay.io/cilium/hubble-ui-backend') },
    },
    ...spire ? {
      authentication: {
        mutual: { spire: { install: { initImage: busybox, agent: image('ghcr.io/spiffe/spire-agent'), server: image('ghcr.io/spiffe/spire-server') } } },
      },
    } : {},
  };
}

import { Annotations, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { EksPlatformProps } from './eks-platform-props';
import { reject } from '../cdk/reject';
import { isNitro } from '../cluster/instance-types';
import type { NodeGroupOptions } from '../cluster/node-group-options';
import { supportedMinors, VERSIONS } from '../kubernetes/versions';
import { overlaps, parseCidr } from '../network/cidr';

/** The range of the cluster's Services: one of the two that EKS chooses from. It is given, so that the address of DNS is known. */
export const SERVICE_RANGE = '172.20.0.0/16';

/** The address of the Service kube-dns: EKS takes the tenth of the range. */
export const SERVICE_DNS_IP = '172.20.0.10';

/** Refuses a Kubernetes version that a chart does not support, and a kubectl that is more than one minor version away from it. */
export function checkKubernetesVersion(scope: Construct, { version: text }: eks.KubernetesVersion, layer?: lambda.ILayerVersion): void {
  if (Token.isUnresolved(text)) {
    return;
  }
  const minor = Number(/^1\.(\d+)$/.exec(text)?.[1]);
  const { oldest, newest } = supportedMinors();
  if (!(minor >= oldest && minor <= newest)) {
    reject(scope.node.path, 'kubernetesVersion', text, `1.${oldest} to 1.${newest}`, 'the charts support no other version');
  }
  const kubectl = layer ? layerMinor(layer) : VERSIONS.kubernetes;
  if (kubectl === undefined) {
    Annotations.of(scope).addWarningV2('@org/eks-platform:kubectlVersion',
      `the version of kubectl in \`kubectlLayer\` is not known: it must be at most one minor away from Kubernetes ${text}`);
  } else if (Math.abs(kubectl - minor) > 1) {
    reject(scope.node.path, 'kubectlLayer', `kubectl 1.${kubectl}`, `at most one minor away from Kubernetes ${text}`,
      `install @aws-cdk/lambda-layer-kubectl-v${minor} and give a KubectlV${minor}Layer`);
  }
}

/** Refuses anything but a version of the EKS add-on, such as a version of CoreDNS itself. */
export function checkCoreDnsVersion(path: string, version?: string): void {
  if (version !== undefined && !Token.isUnresolved(version) && !/^v\d+\.\d+\.\d+-eksbuild\.\d+$/.test(version)) {
    reject(path, 'coreDnsVersion', version, 'a version of the EKS add-on, such as v1.12.1-eksbuild.2',
      'list them: aws eks describe-addon-versions --addon-name coredns --kubernetes-version 1.36');
  }
}

/** The version is in the name of a layer's class: KubectlV36Layer. */
function layerMinor(layer: lambda.ILayerVersion): number | undefined {
  const [, minor] = /^KubectlV(\d+)Layer$/.exec(layer.constructor.name) ?? [];
  return minor === undefined ? undefined : Number(minor);
}

/** Refuses networks that share addresses with the cluster's Services. */
export function checkServiceRange(path: string, props: EksPlatformProps): void {
  const ranges = { 'network.cidr': props.network?.cidr, 'network.podCidr': props.network?.podCidr, 'vpc': rangeOf(props.vpc) };
  for (const [prop, range] of Object.entries(ranges)) {
    const block = range === undefined || Token.isUnresolved(range) ? undefined : parseCidr(range);
    if (block && overlaps(block, parseCidr(SERVICE_RANGE)!)) {
      reject(path, prop, range, `a range that shares no address with the cluster's Services (${SERVICE_RANGE})`, 'give another, such as 10.0.0.0/16');
    }
  }
}

/** The range of a VPC that was imported without it throws. */
function rangeOf(vpc?: ec2.IVpc): string | undefined {
  try {
    return vpc?.vpcCidrBlock;
  } catch {
    return undefined;
  }
}

/** How pods get their addresses: what node groups must fit. */
export interface PodAddresses {
  readonly prefixDelegation: boolean;
  readonly podSubnets: boolean;
}

/** Refuses nodes whose network interfaces can't take the prefixes that they must take, and nodes that would run more pods than they have addresses. */
export function checkNodes(path: string, { prefixDelegation, podSubnets }: PodAddresses, options: NodeGroupOptions): void {
  const old = prefixDelegation ? (options.instanceTypes ?? []).filter(type => !isNitro(type)).map(type => type.toString()) : [];
  if (old.length > 0) {
    reject(path, 'instanceTypes', old, 'of the Nitro System with `prefixDelegation`', 'choose newer types, such as m7g.large');
  }
  if (podSubnets && !prefixDelegation && options.maxPods === undefined) {
    reject(path, 'maxPods', undefined, 'given with pod subnets and without `prefixDelegation`',
      'pods get no addresses from a node\'s first interface then, so EKS would allow too many: give (interfaces - 1) x (addresses of each - 1)');
  }
}

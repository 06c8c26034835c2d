import { InstanceType, type InstanceArchitecture } from 'aws-cdk-lib/aws-ec2';
import { managedPolicies, PARTITIONS } from './managed-policies';
import { CLUSTER, NODE_GROUP, ofType, type Template } from '../../tools/template';

/** The last Kubernetes for which EKS has images of Amazon Linux 2. @see https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html */
const LAST_OF_AL2 = 32;

/** What EKS takes where a node group names no type of instance. */
const DEFAULT_INSTANCE_TYPE = 't3.medium';

/**
 * Looks for what AWS refuses, or what never works, and what neither the emulator nor cfn-lint sees.
 *
 * @param partitions those to which the stack may go
 * @returns what is wrong; nothing where all is well, or where only the deployment knows
 */
export function wrongFacts(template: Template, partitions: readonly string[] = PARTITIONS): string[] {
  return [
    ...nodeGroups(template).flatMap(group => [...endedImages(group), ...otherArchitecture(group)]),
    ...serviceRange(template),
    ...managedPolicies(template, partitions).problems,
  ];
}

interface Group {
  readonly logicalId: string;
  /** Nothing where the launch template names the image, or where EKS chooses: then it fits. */
  readonly amiType?: string;
  readonly kubernetes?: string;
  readonly instanceTypes: string[];
}

function nodeGroups(template: Template): Group[] {
  const clusters = ofType(template, CLUSTER);
  return ofType(template, NODE_GROUP).map(({ logicalId, Properties }) => {
    const cluster = clusters.find(it => it.logicalId === Properties.ClusterName?.Ref) ?? (clusters.length === 1 ? clusters[0] : undefined);
    const launched = template.Resources[Properties.LaunchTemplate?.Id?.Ref]?.Properties.LaunchTemplateData ?? {};
    const types = Properties.InstanceTypes ?? [launched.InstanceType ?? DEFAULT_INSTANCE_TYPE];
    return {
      logicalId,
      amiType: launched.ImageId === undefined ? Properties.AmiType : undefined,
      kubernetes: [Properties.Version, cluster?.Properties.Version].find(it => typeof it === 'string'),
      instanceTypes: types.filter((it: unknown) => typeof it === 'string'),
    };
  });
}

function endedImages({ logicalId, amiType, kubernetes }: Group): string[] {
  const minor = Number(kubernetes?.split('.')[1]);
  return amiType?.startsWith('AL2_') && minor > LAST_OF_AL2
    ? [`${logicalId} has \`AmiType\` ${amiType} and Kubernetes ${kubernetes}: Amazon Linux 2 ends with 1.${LAST_OF_AL2}`]
    : [];
}

function otherArchitecture({ logicalId, amiType, instanceTypes }: Group): string[] {
  const ofImage = amiType && imageArchitecture(amiType);
  return ofImage ? instanceTypes.flatMap(type => {
    const ofInstance = new InstanceType(type).architecture;
    return ofInstance === ofImage ? [] : [`${logicalId} has \`InstanceTypes\` ${type} (${ofInstance}) and \`AmiType\` ${amiType} (${ofImage})`];
  }) : [];
}

/** Nothing where the node group's images are of one's own. */
function imageArchitecture(amiType: string): `${InstanceArchitecture}` | undefined {
  if (amiType === 'CUSTOM') {
    return undefined;
  }
  return /ARM_64/i.test(amiType) ? 'arm64' : 'x86_64';
}

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html */
function serviceRange(template: Template): string[] {
  return ofType(template, CLUSTER).flatMap(({ logicalId, Properties }) => {
    const services = Properties.KubernetesNetworkConfig?.ServiceIpv4Cidr;
    if (typeof services !== 'string') {
      return []; // EKS then chooses a range that the VPC leaves free
    }
    const [first, last] = range(services);
    const size = Number(services.split('/')[1]);
    const isPrivate = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(range).some(([from, to]) => from <= first && last <= to);
    return [
      ...isPrivate && size >= 12 && size <= 24 ? [] : [`${logicalId} has \`ServiceIpv4Cidr\` ${services}: it must be private, and from /24 to /12`],
      ...networks(template, Properties).filter(block => {
        const [from, to] = range(block);
        return from <= last && first <= to;
      }).map(block => `${logicalId} has \`ServiceIpv4Cidr\` ${services}, which overlaps with ${block} of its VPC`),
    ];
  });
}

/** The ranges of a cluster's VPC, where it is in the same template. */
function networks(template: Template, cluster: any): string[] {
  const ids = (cluster.ResourcesVpcConfig?.SubnetIds ?? []).map((subnet: any) => template.Resources[subnet?.Ref]?.Properties.VpcId?.Ref);
  const blocks = [...new Set<string>(ids)].flatMap(id => [
    template.Resources[id]?.Properties.CidrBlock,
    ...ofType(template, 'AWS::EC2::VPCCidrBlock').filter(({ Properties }) => Properties.VpcId?.Ref === id).map(({ Properties }) => Properties.CidrBlock),
  ]);
  return blocks.filter(block => typeof block === 'string');
}

/** The first and last address of a block, as numbers. */
function range(block: string): [number, number] {
  const [address, size] = block.split('/');
  const count = 2 ** (32 - Number(size));
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = number - number % count;
  return [first, first + count - 1];
}

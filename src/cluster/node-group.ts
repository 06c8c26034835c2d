import { Fn, Size, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { NodeGroupProps } from './node-group-options';
import { pinFeatureFlags } from '../cdk/feature-flags';
import { reject } from '../cdk/reject';
import { privateSubnets } from '../network/private-subnets';

/** The families with accelerators, which need drivers in the AMI. */
const ACCELERATED = /^(dl|g|gr|inf|p|trn|vt)\d/;

/** Keeps pods away until Cilium's operator removes it. */
const AGENT_NOT_READY: eks.TaintSpec = { key: 'node.cilium.io/agent-not-ready', value: 'true', effect: eks.TaintEffect.NO_EXECUTE };

/**
 * A managed node group whose nodes wait for Cilium.
 *
 * Defines the node group (Amazon Linux 2023), its launch template (IMDSv2 with a hop
 * limit of 1, an encrypted gp3 volume) and a role without rights on network interfaces.
 *
 * EKS calls a node group active when its nodes are ready, and without a network they
 * never are: Cilium's release must be there first. `EksPlatform` sees to it; with a
 * cluster of your own, let the node group depend on Cilium.
 *
 * If the cluster is defined in this app, nodes have its Kubernetes version, and are upgraded after the control plane.
 *
 * @see https://docs.cilium.io/en/stable/installation/taints/
 */
export class NodeGroup extends Construct {
  /**
   * The node group itself.
   */
  public readonly nodegroup: eks.Nodegroup;

  /**
   * The role of the nodes.
   */
  public readonly role: iam.IRole;

  constructor(scope: Construct, id: string, props: NodeGroupProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const instanceTypes = props.instanceTypes ?? [ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE)];
    const minSize = props.minSize ?? 2;
    const maxSize = props.maxSize ?? this.twice(minSize);
    this.checkSizes(minSize, maxSize, props.desiredSize ?? minSize);
    this.checkMaxPods(props.maxPods);
    if (instanceTypes.length === 0) {
      reject(this.node.path, 'instanceTypes', [], 'one type or more', 'leave it out for the default');
    }

    if (props.amiType !== undefined && !Token.isUnresolved(props.amiType) && !props.amiType.startsWith('AL2023_')) {
      reject(this.node.path, 'amiType', props.amiType, 'one of Amazon Linux 2023 (AL2023_...)', 'the volume and the user data are written for it: define other nodes with eks.Nodegroup');
    }

    this.role = props.role ?? this.createRole();
    const template = this.createLaunchTemplate(props);
    const typeNames = instanceTypes.map(type => type.toString());
    const typesAreOrdinary = !typeNames.some(name => Token.isUnresolved(name) || ACCELERATED.test(name));
    this.nodegroup = new eks.Nodegroup(this, 'Resource', {
      cluster: props.cluster,
      nodeRole: this.role,
      instanceTypes: typesAreOrdinary ? instanceTypes : undefined,
      amiType: props.amiType ?? this.amiTypeFor(instanceTypes, typeNames),
      capacityType: props.capacityType ?? eks.CapacityType.ON_DEMAND,
      minSize,
      maxSize,
      desiredSize: props.desiredSize ?? minSize,
      subnets: props.subnets ?? privateSubnets(props.cluster.vpc),
      labels: props.labels,
      taints: [AGENT_NOT_READY, ...props.taints ?? []],
      launchTemplateSpec: { id: template.ref, version: template.attrLatestVersionNumber },
    });
    const resource = this.nodegroup.node.defaultChild as eks.CfnNodegroup;
    resource.version = versionOf(props.cluster);
    if (!typesAreOrdinary) { // CDK's construct can't read tokens, and takes newer accelerated types for ordinary ones
      resource.instanceTypes = typeNames;
    }
  }

  private createRole(): iam.Role {
    return new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly']
        .map(name => iam.ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
  }

  private createLaunchTemplate(props: NodeGroupProps): ec2.CfnLaunchTemplate {
    const tags = [{ key: 'Name', value: this.node.path }];
    return new ec2.CfnLaunchTemplate(this, 'LaunchTemplate', {
      launchTemplateData: {
        metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
        blockDeviceMappings: [{
          deviceName: '/dev/xvda',
          ebs: { volumeType: 'gp3', volumeSize: (props.diskSize ?? Size.gibibytes(50)).toGibibytes(), encrypted: true, deleteOnTermination: true },
        }],
        // With groups in the template, EKS no longer adds the cluster's own.
        securityGroupIds: props.securityGroups
          && [props.cluster.clusterSecurityGroupId, ...props.securityGroups.map(group => group.securityGroupId)],
        userData: props.maxPods === undefined ? undefined : nodeConfig(props.maxPods),
        tagSpecifications: ['instance', 'volume'].map(resourceType => ({ resourceType, tags })),
      },
    });
  }

  /** CDK's own default is Amazon Linux 2, which ended with Kubernetes 1.32. */
  private amiTypeFor(instanceTypes: ec2.InstanceType[], names: string[]): eks.NodegroupAmiType {
    if (names.some(name => Token.isUnresolved(name))) {
      return reject(this.node.path, 'amiType', undefined, 'given where `instanceTypes` is a token', 'name the AMI type for its architecture');
    }
    const architectures = [...new Set(instanceTypes.map(type => type.architecture))];
    if (architectures.length > 1) {
      reject(this.node.path, 'instanceTypes', names, 'of one architecture', 'make one node group for each architecture');
    }
    if (names.some(name => ACCELERATED.test(name))) {
      return reject(this.node.path, 'amiType', undefined, 'given with accelerated `instanceTypes`', 'name the AMI type with the right driver');
    }
    return architectures[0] === ec2.InstanceArchitecture.ARM_64
      ? eks.NodegroupAmiType.AL2023_ARM_64_STANDARD
      : eks.NodegroupAmiType.AL2023_X86_64_STANDARD;
  }

  private twice(minSize: number): number {
    if (Token.isUnresolved(minSize)) {
      reject(this.node.path, 'maxSize', undefined, 'given where `minSize` is a token', 'give the largest number of nodes, too');
    }
    return Math.max(2 * minSize, 1);
  }

  private checkSizes(minSize: number, maxSize: number, desiredSize: number) {
    if ([minSize, maxSize, desiredSize].some(Token.isUnresolved)) {
      return;
    }
    const check = (prop: string, given: number, from: number, to?: number) => {
      if (!Number.isInteger(given) || given < from || given > (to ?? Infinity)) {
        reject(this.node.path, prop, given, `a whole number${to === undefined ? `, ${from} or more` : ` from ${from} to ${to}`}`,
          'give sizes in the order `minSize` <= `desiredSize` <= `maxSize`');
      }
    };
    check('minSize', minSize, 0);
    check('maxSize', maxSize, Math.max(minSize, 1));
    check('desiredSize', desiredSize, minSize, maxSize);
  }

  private checkMaxPods(maxPods?: number) {
    if (maxPods !== undefined && !Token.isUnresolved(maxPods) && (!Number.isInteger(maxPods) || maxPods < 1 || maxPods > 250)) {
      reject(this.node.path, 'maxPods', maxPods, 'a whole number from 1 to 250', 'EKS supports no more on a node');
    }
  }
}

/** A node group without a version keeps the one that it was created with when its cluster is upgraded. */
function versionOf(cluster: eks.ICluster): string | undefined {
  const resource = cluster.node.defaultChild;
  return resource instanceof eks.CfnCluster ? resource.version : undefined;
}

/**
 * EKS merges its own NodeConfig into this one and sets `maxPods` there. So the flag, which wins over the file, is set too.
 *
 * @see https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/
 */
function nodeConfig(maxPods: number): string {
  const userData = new ec2.MultipartUserData();
  userData.addPart(ec2.MultipartBody.fromRawBody({
    contentType: 'application/node.eks.aws',
    body: [
      'apiVersion: node.eks.aws/v1alpha1',
      'kind: NodeConfig',
      'spec:',
      '  kubelet:',
      '    config:',
      `      maxPods: ${maxPods}`,
      '    flags:',
      `      - --max-pods=${maxPods}`,
      '',
    ].join('\n'),
  }));
  return Fn.base64(userData.render());
}

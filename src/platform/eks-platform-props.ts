import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import type { PlatformProfile } from './platform-profile';
import type { AlbControllerOptions } from '../addons/alb-controller';
import type { CiliumOptions } from '../addons/cilium-options';
import type { ExternalDnsOptions } from '../addons/external-dns';
import type { NodeLocalDnsOptions } from '../addons/node-local-dns';
import type { NodeGroupOptions } from '../cluster/node-group-options';
import type { WorkloadIdentity } from '../cluster/workload-identity';
import type { NetworkOptions } from '../network/network-options';

/**
 * Properties of an EksPlatform.
 */
export interface EksPlatformProps {
  /**
   * The cluster's name: 1 to 32 lower-case letters, digits and dashes.
   *
   * It is the EKS cluster's name, its name in Cilium, part of the subnets' tags, and the owner of its DNS
   * records. A change makes a new cluster, and deletes the old one with all that runs in it.
   */
  readonly clusterName: string;

  /**
   * What kind of environment this is: the defaults of most other props.
   *
   * PROD can't be given to a living platform, as it encrypts Secrets with a key, unless it is
   * customized with `secretsEncryption` false.
   *
   * @default PlatformProfile.DEV
   */
  readonly profile?: PlatformProfile;

  /**
   * The cluster's Kubernetes version: 1.33 to 1.36.
   *
   * Other versions have no chart in the compatibility table and are refused.
   *
   * @default KubernetesVersion.V1_36
   */
  readonly kubernetesVersion?: eks.KubernetesVersion;

  /**
   * The version of the CoreDNS add-on, such as `v1.12.1-eksbuild.2`.
   *
   * EKS leaves an add-on as it is when Kubernetes is upgraded: name the version that goes with the new one.
   *
   * @see https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html
   * @default - EKS's default when the add-on is made; it stays at that one
   */
  readonly coreDnsVersion?: string;

  /**
   * The Lambda layer with kubectl and Helm, for a Kubernetes version at most one minor away from its own.
   *
   * @default - a KubectlV36Layer
   */
  readonly kubectlLayer?: lambda.ILayerVersion;

  /**
   * A VPC of your own. It must have private subnets: with a way out, or with the endpoints that docs/isolated.md
   * lists. Its subnets are tagged if they are defined in this app.
   *
   * Can't be given with `network`. Can't be changed on a living platform.
   *
   * @default - a new Vpc
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Options of the new VPC.
   *
   * @default - the spec's network, with the profile's NAT gateways, flow logs and endpoints
   */
  readonly network?: NetworkOptions;

  /**
   * From where the Kubernetes API is reached.
   *
   * @default - the profile's: public and private in dev and staging, private only in prod and without internet
   */
  readonly endpointAccess?: eks.EndpointAccess;

  /**
   * Roles that administer the cluster: each gets an access entry with AmazonEKSClusterAdminPolicy.
   *
   * Without any, only this stack's deployments reach the Kubernetes API, until an access entry is added.
   *
   * @see https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
   * @default - none
   */
  readonly admins?: iam.IRole[];

  /**
   * The KMS key that encrypts Kubernetes Secrets.
   *
   * Can't be changed on a living platform, nor given or taken away.
   *
   * @default - a new key with yearly rotation in prod; none, EKS's own encryption, in dev and staging
   */
  readonly secretsKey?: kms.IKey;

  /**
   * Whether EKS refuses to delete the cluster. Switch it off in one deployment and destroy in the next.
   *
   * It protects the cluster alone: stack termination protection keeps CloudFormation from deleting all that
   * stands before it.
   *
   * @default - the profile's: true in prod
   */
  readonly deletionProtection?: boolean;

  /**
   * The registry that has all images of the platform's charts and of the node-local DNS cache, under the paths that
   * they have at their authors': `quay.io/cilium/cilium` becomes `REGISTRY/cilium/cilium`. A path may follow the host.
   *
   * Must be given in a VPC without a way to the internet.
   *
   * @default - the registries of the images' authors
   */
  readonly imageRegistry?: string;

  /**
   * Options of the first node group.
   *
   * @default - the profile's instance type and sizes
   */
  readonly nodes?: NodeGroupOptions;

  /**
   * How controllers get their AWS credentials.
   *
   * @default WorkloadIdentity.IRSA
   */
  readonly identity?: WorkloadIdentity;

  /**
   * The hosted zones that ExternalDNS writes to, one or more.
   *
   * @default - no ExternalDNS
   */
  readonly hostedZones?: route53.IHostedZone[];

  /**
   * Options of Cilium.
   *
   * @default - as in CiliumOptions
   */
  readonly cilium?: CiliumOptions;

  /**
   * Options of the AWS Load Balancer Controller.
   *
   * @default - as in AlbControllerOptions
   */
  readonly albController?: AlbControllerOptions;

  /**
   * Options of ExternalDNS. Needs `hostedZones`.
   *
   * @default - as in ExternalDnsOptions
   */
  readonly externalDns?: ExternalDnsOptions;

  /**
   * Options of the node-local DNS cache.
   *
   * @default - as in NodeLocalDnsOptions
   */
  readonly nodeLocalDns?: NodeLocalDnsOptions;

  /**
   * Whether the destruction of the platform deletes the records in `hostedZones` that its ExternalDNS left.
   *
   * Only records whose owner is `clusterName`, after the cluster is gone.
   *
   * @default - true where ExternalDNS has the policy SYNC, which deletes records itself while it runs
   */
  readonly cleanUpRecords?: boolean;
}

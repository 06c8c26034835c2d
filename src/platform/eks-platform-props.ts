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
   * EKS, Cilium, the subnets' tags and the owners of DNS records carry this name. A change makes a new cluster, and
   * deletes the old one with everything that runs in it.
   */
  readonly clusterName: string;

  /**
   * The kind of environment, which gives most other props their defaults.
   *
   * A living platform can't be changed to PROD, which encrypts Secrets with a key of the cluster's own, unless PROD is
   * customized with `secretsEncryption` false.
   *
   * @default PlatformProfile.DEV
   */
  readonly profile?: PlatformProfile;

  /**
   * The cluster's Kubernetes version: 1.33 to 1.36.
   *
   * Any other version is refused, as not all charts of the compatibility table support it.
   *
   * @default KubernetesVersion.V1_36
   */
  readonly kubernetesVersion?: eks.KubernetesVersion;

  /**
   * The version of the CoreDNS add-on, such as `v1.12.1-eksbuild.2`.
   *
   * EKS does not upgrade its add-ons with Kubernetes: give the version that fits the new one.
   *
   * @see https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html
   * @default - EKS's default at the time when the add-on is created, and no other later
   */
  readonly coreDnsVersion?: string;

  /**
   * The Lambda layer with kubectl and Helm: a kubectl at most one minor version away from `kubernetesVersion`.
   *
   * @default - a KubectlV36Layer
   */
  readonly kubectlLayer?: lambda.ILayerVersion;

  /**
   * A VPC of your own. Its private subnets must reach the internet, or the endpoints that docs/isolated.md lists.
   *
   * Its subnets are tagged if they are defined in this app.
   *
   * Can't be given with `network`. Can't be changed on a living platform.
   *
   * @default - a new Vpc
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Options of the new VPC.
   *
   * @default - three zones in 10.0.0.0/16, with the profile's NAT gateways, flow logs and endpoints
   */
  readonly network?: NetworkOptions;

  /**
   * Where the Kubernetes API can be reached from.
   *
   * @default - the profile's: public and private in dev and staging, private only in prod, and in a VPC without a way to the internet
   */
  readonly endpointAccess?: eks.EndpointAccess;

  /**
   * Roles that administer the cluster: each gets an access entry with AmazonEKSClusterAdminPolicy.
   *
   * Without any, only this stack's deployments have access to the Kubernetes API, until you add an access entry.
   *
   * @see https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
   * @default - none
   */
  readonly admins?: iam.IRole[];

  /**
   * The KMS key that encrypts Kubernetes Secrets.
   *
   * Can't be added, changed or removed on a living platform.
   *
   * @default - a new key with yearly rotation in prod; none, EKS's own encryption, in dev and staging
   */
  readonly secretsKey?: kms.IKey;

  /**
   * Whether EKS refuses to delete the cluster. Switch it off in one deployment and destroy in the next.
   *
   * While it is on, the stack's deletion is refused before anything in the stack is deleted. Turn on the stack's
   * termination protection, too: docs/operations.md says why.
   *
   * @default - the profile's: true in prod
   */
  readonly deletionProtection?: boolean;

  /**
   * The registry that holds copies of all images of the platform's charts and of the node-local DNS cache.
   *
   * Images keep the paths that their authors gave them: `quay.io/cilium/cilium` becomes `REGISTRY/cilium/cilium`.
   * REGISTRY is a host, or a host and a path.
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
   * Whether destroying the platform also deletes the records that its ExternalDNS left in `hostedZones`.
   *
   * It deletes only records whose owner is `clusterName`, after the cluster is gone.
   *
   * @default - true where ExternalDNS has the policy SYNC, which deletes records itself while it runs
   */
  readonly cleanUpRecords?: boolean;
}

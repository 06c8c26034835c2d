import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { KubectlProvider } from './kubectl-provider';
import { privateSubnets } from '../network/private-subnets';

type ClusterProps = Pick<eks.ClusterProps, 'clusterName' | 'version' | 'serviceIpv4Cidr' | 'endpointAccess' | 'clusterLogging' | 'secretsEncryptionKey'>;

export interface PlatformClusterProps extends ClusterProps {
  /** The control plane and, with access from inside the VPC, the functions have their interfaces in its private subnets. */
  readonly vpc: ec2.IVpc;
  readonly deletionProtection: boolean;
  readonly admins: iam.IRole[];
  readonly kubectlLayer: lambda.ILayerVersion;
  readonly logGroup: logs.ILogGroup;
}

/** A cluster without EKS's own network. Our own kubectl provider serves its charts and manifests, whichever construct defines them. */
export class PlatformCluster extends eks.Cluster {
  private readonly provider: KubectlProvider;

  constructor(scope: Construct, id: string, { vpc, deletionProtection, admins, kubectlLayer, logGroup, ...props }: PlatformClusterProps) {
    const vpcSubnets = privateSubnets(vpc);
    super(scope, id, {
      ...props,
      vpc,
      vpcSubnets: [vpcSubnets],
      // Neither the VPC CNI nor kube-proxy may ever run: Cilium takes the place of both.
      bootstrapSelfManagedAddons: false,
      bootstrapClusterCreatorAdminPermissions: false,
      defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
      defaultCapacity: 0,
      outputConfigCommand: false,
    });
    const resource = this.node.defaultChild as eks.CfnCluster;
    resource.deletionProtection = deletionProtection;
    const { endpointPrivateAccess } = resource.resourcesVpcConfig as eks.CfnCluster.ResourcesVpcConfigProperty;
    this.provider = new KubectlProvider(this, 'Kubectl', {
      clusterName: this.clusterName,
      clusterEndpoint: this.clusterEndpoint,
      clusterCertificateAuthorityData: this.clusterCertificateAuthorityData,
      kubectlLayer,
      logGroup,
      ...endpointPrivateAccess ? { vpc, vpcSubnets, securityGroups: [this.clusterSecurityGroup] } : {},
    });
    for (const admin of admins) {
      this.grantAccess(`Admin${admin.node.addr.slice(-8)}`, admin.roleArn, [
        eks.AccessPolicy.fromAccessPolicyName('AmazonEKSClusterAdminPolicy', { accessScopeType: eks.AccessScopeType.CLUSTER }),
      ]);
    }
  }

  public override get kubectlProvider(): eks.IKubectlProvider | undefined {
    return this.provider;
  }
}

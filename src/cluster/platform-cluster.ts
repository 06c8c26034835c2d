import * as eks from 'aws-cdk-lib/aws-eks-v2';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { KubectlProvider } from './kubectl-provider';

export interface PlatformClusterProps extends Omit<eks.ClusterProps, 'kubectlProvider' | 'kubectlProviderOptions' | 'vpc' | 'vpcSubnets'> {
  readonly vpc: NonNullable<eks.ClusterProps['vpc']>;
  /** Where the control plane and, with access from inside the VPC, the functions have their interfaces. */
  readonly subnets: NonNullable<eks.ClusterProps['vpcSubnets']>[0];
  readonly kubectlLayer: lambda.ILayerVersion;
  readonly logGroup: logs.ILogGroup;
}

/** A cluster whose charts and manifests, of whichever construct, are served by our own kubectl provider. */
export class PlatformCluster extends eks.Cluster {
  private readonly provider: KubectlProvider;

  constructor(scope: Construct, id: string, { vpc, subnets, kubectlLayer, logGroup, ...props }: PlatformClusterProps) {
    super(scope, id, { ...props, vpc, vpcSubnets: [subnets] });
    const { endpointPrivateAccess } = (this.node.defaultChild as eks.CfnCluster).resourcesVpcConfig as eks.CfnCluster.ResourcesVpcConfigProperty;
    this.provider = new KubectlProvider(this, 'Kubectl', {
      clusterName: this.clusterName,
      clusterEndpoint: this.clusterEndpoint,
      clusterCertificateAuthorityData: this.clusterCertificateAuthorityData,
      kubectlLayer,
      logGroup,
      ...endpointPrivateAccess ? { vpc, vpcSubnets: subnets, securityGroups: [this.clusterSecurityGroup] } : {},
    });
  }

  public override get kubectlProvider(): eks.IKubectlProvider | undefined {
    return this.provider;
  }
}

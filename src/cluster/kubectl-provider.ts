import { Aws, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { functionLogs, HandlerFunction } from './handler-function';
import { arn } from '../cdk/arn';
import { pinFeatureFlags } from '../cdk/feature-flags';
import { reject } from '../cdk/reject';

/** What tells the function its cluster. */
const OWN_VARIABLES = ['CLUSTER_NAME', 'CLUSTER_ENDPOINT', 'CLUSTER_CA'];

/**
 * Properties of a KubectlProvider.
 */
export interface KubectlProviderProps {
  /**
   * The cluster's name.
   */
  readonly clusterName: string;

  /**
   * The address of the cluster's API: https://...
   */
  readonly clusterEndpoint: string;

  /**
   * The certificate of the cluster's API, in base64, as EKS returns it.
   */
  readonly clusterCertificateAuthorityData: string;

  /**
   * The Lambda layer with kubectl and Helm, for a Kubernetes version at most one minor away from the cluster's.
   */
  readonly kubectlLayer: lambda.ILayerVersion;

  /**
   * The VPC to run in, if the cluster's API is reached from inside only. Needs `securityGroups`.
   *
   * @default - outside of any VPC: the API must be public
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets to run in. They must also reach the charts' repositories.
   *
   * @default - all private subnets of `vpc`
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups that the cluster's API lets in, such as its own.
   *
   * @default - none, without `vpc`
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Variables of the function's environment, which Helm and kubectl take, such as HTTPS_PROXY and NO_PROXY for a way to the charts.
   *
   * The function's own calls to AWS and its answer to CloudFormation take no proxy: let them have a NAT gateway or interface endpoints, and
   * name the cluster's API in NO_PROXY where the proxy does not reach it.
   *
   * @default - none but the function's own
   */
  readonly environment?: { [name: string]: string };

  /**
   * Where the function logs.
   *
   * @default - a new log group, kept for a month and deleted with the stack
   */
  readonly logGroup?: logs.ILogGroup;
}

/**
 * Runs Helm and kubectl for the charts and manifests of a stack: one Lambda function, in the place of CDK's `eks.KubectlProvider`.
 *
 * It recovers releases that were interrupted, upgrades the CRDs of charts, deletes exactly what it applied, and reports what failed
 * in the words of Helm and Kubernetes. `EksPlatform` has one; another cluster gets
 * its own where it is imported by its attributes, as `kubectlProvider`.
 *
 * Its role gets an access entry as the cluster's administrator, so the cluster's authentication mode must allow access entries. Who may
 * invoke the function is the cluster's administrator, too: only the role that deploys stacks needs `lambda:InvokeFunction` on it.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
 */
export class KubectlProvider extends Construct implements eks.IKubectlProvider {
  /** The service token of custom resources. */
  public readonly serviceToken: string;

  /** The function's role, which may read charts from ECR in this account and region. Grant it more for charts from elsewhere. */
  public readonly role?: iam.IRole;

  constructor(scope: Construct, id: string, props: KubectlProviderProps) {
    super(scope, id);
    pinFeatureFlags(this);
    this.check(props);
    const { clusterName, vpc, vpcSubnets, securityGroups = [] } = props;
    const handler = new HandlerFunction(this, 'Handler', {
      description: `Runs Helm and kubectl in ${Token.isUnresolved(clusterName) ? 'a cluster' : clusterName}`,
      handler: 'kubernetes/index.handler',
      memorySize: 1024,
      logGroup: props.logGroup ?? functionLogs(this),
      statements: statements(clusterName),
      environment: {
        ...props.environment, CLUSTER_NAME: clusterName, CLUSTER_ENDPOINT: props.clusterEndpoint, CLUSTER_CA: props.clusterCertificateAuthorityData,
      },
      layers: [props.kubectlLayer],
      network: vpc && { vpc, vpcSubnets, securityGroups },
    });
    const entry = new eks.CfnAccessEntry(this, 'Access', {
      clusterName,
      principalArn: handler.role.roleArn,
      accessPolicies: [{ accessScope: { type: 'cluster' }, policyArn: arn('eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy') }],
    });
    // The function is only called while it has access: not before, and not afterwards.
    handler.function.node.addDependency(entry);
    this.serviceToken = handler.serviceToken;
    this.role = handler.role;
  }

  private check({ clusterName, environment = {}, vpc, vpcSubnets, securityGroups = [] }: KubectlProviderProps) {
    // The function's rights name the cluster: with a wildcard they would name others.
    if (!Token.isUnresolved(clusterName) && !/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/.test(clusterName)) {
      reject(this.node.path, 'clusterName', clusterName, '1 to 100 letters, digits, dashes and underscores, the first a letter or digit', 'give the name of one cluster');
    }
    if (OWN_VARIABLES.some(it => it in environment)) {
      reject(this.node.path, 'environment', environment, 'without CLUSTER_NAME, CLUSTER_ENDPOINT and CLUSTER_CA', 'name the cluster with the props for it');
    }
    if (vpc && securityGroups.length === 0) {
      reject(this.node.path, 'securityGroups', securityGroups, 'one or more with `vpc`', 'give one that the cluster\'s API lets in, such as the cluster\'s own');
    }
    if (!vpc && (vpcSubnets || securityGroups.length > 0)) {
      reject(this.node.path, 'vpc', undefined, 'given with `vpcSubnets` and `securityGroups`', 'give the VPC to run in, or leave out the others');
    }
  }
}

/** What Helm and kubectl need from AWS. Inside the cluster, the access entry gives them their rights. */
function statements(clusterName: string): iam.PolicyStatement[] {
  const own = (service: string, resource: string, variables?: { [name: string]: string }) =>
    arn(`${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`, variables);
  return [
    // To see whether there is still a cluster to delete something from.
    new iam.PolicyStatement({ actions: ['eks:DescribeCluster'], resources: [own('eks', 'cluster/${Cluster}', { Cluster: clusterName })] }),
    // To see whether the whole stack is deleted, or only some of its resources.
    new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Aws.STACK_ID] }),
    // For charts from oci://.
    new iam.PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
    new iam.PolicyStatement({
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], resources: [own('ecr', 'repository/*')],
    }),
  ];
}

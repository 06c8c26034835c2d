import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as logs from 'aws-cdk-lib/aws-logs';

/**
 * What differs between environments.
 */
export interface PlatformSettings {
  /** How many NAT gateways: 1 up to the number of zones. */
  readonly natGateways: number;

  /** Whether VPC Flow Logs are captured. */
  readonly flowLogs: boolean;

  /** How long flow logs are kept in CloudWatch Logs. */
  readonly flowLogRetention: logs.RetentionDays;

  /** AWS services that are reached through interface endpoints. */
  readonly interfaceEndpoints: ec2.InterfaceVpcEndpointAwsService[];

  /** Where the Kubernetes API can be reached from. */
  readonly endpointAccess: eks.EndpointAccess;

  /** The control plane's logs that EKS writes to CloudWatch Logs. */
  readonly controlPlaneLogs: eks.ClusterLoggingTypes[];

  /** Whether Kubernetes Secrets are encrypted with a KMS key of the cluster's own. Can't be changed on a living platform. */
  readonly secretsEncryption: boolean;

  /** Whether EKS refuses to delete the cluster. */
  readonly deletionProtection: boolean;

  /** The instance type of the first node group. */
  readonly nodeInstanceType: ec2.InstanceType;

  /** The smallest number of nodes in the first node group. */
  readonly nodeMinSize: number;

  /** The largest number of nodes in the first node group. */
  readonly nodeMaxSize: number;

  /** How many replicas run of Cilium's operator and of the AWS Load Balancer Controller. */
  readonly controllerReplicas: number;

  /** Whether Hubble's web interface is deployed. */
  readonly hubbleUi: boolean;
}

const { PUBLIC_AND_PRIVATE, PRIVATE } = eks.EndpointAccess;
const { EC2, ECR, ECR_DOCKER, ELASTIC_LOAD_BALANCING, STS } = ec2.InterfaceVpcEndpointAwsService;
const Log = eks.ClusterLoggingTypes;
const { RetentionDays } = logs;
const ALL_LOGS = [Log.API, Log.AUDIT, Log.AUTHENTICATOR, Log.CONTROLLER_MANAGER, Log.SCHEDULER];
const type = (name: string) => new ec2.InstanceType(name);

/** A value for each environment. */
type Row<T> = readonly [dev: T, staging: T, prod: T];

/** What differs between environments, as the README shows it. */
export const TABLE: { readonly [S in keyof PlatformSettings]: Row<PlatformSettings[S]> } = {
  //                   dev                     staging                         prod
  natGateways:        [1,                      2,                              3],
  flowLogs:           [true,                   true,                           true],
  flowLogRetention:   [RetentionDays.ONE_WEEK, RetentionDays.ONE_MONTH,        RetentionDays.ONE_YEAR],
  interfaceEndpoints: [[],                     [],                             [EC2, ECR, ECR_DOCKER, ELASTIC_LOAD_BALANCING, STS]],
  endpointAccess:     [PUBLIC_AND_PRIVATE,     PUBLIC_AND_PRIVATE,             PRIVATE],
  controlPlaneLogs:   [[],                     [Log.AUDIT, Log.AUTHENTICATOR], ALL_LOGS],
  secretsEncryption:  [false,                  false,                          true],
  deletionProtection: [false,                  false,                          true],
  nodeInstanceType:   [type('t4g.large'),      type('m7g.large'),              type('m7g.xlarge')],
  nodeMinSize:        [2,                      3,                              3],
  nodeMaxSize:        [4,                      6,                              12],
  controllerReplicas: [1,                      2,                              2],
  hubbleUi:           [true,                   true,                           true],
};

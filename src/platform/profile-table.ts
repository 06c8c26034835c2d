import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ClusterLoggingTypes as Log, EndpointAccess } from 'aws-cdk-lib/aws-eks-v2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { PlatformSettings } from './platform-profile';

const { PUBLIC_AND_PRIVATE, PRIVATE } = EndpointAccess;
const { EC2, ECR, ECR_DOCKER, ELASTIC_LOAD_BALANCING, STS } = ec2.InterfaceVpcEndpointAwsService;
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

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { TABLE } from './profile-table';

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

  /** From where the Kubernetes API is reached. */
  readonly endpointAccess: eks.EndpointAccess;

  /** The control plane's logs that EKS writes to CloudWatch Logs. */
  readonly controlPlaneLogs: eks.ClusterLoggingTypes[];

  /** Whether Kubernetes Secrets are encrypted with a KMS key of the cluster's own. Can't be changed on a living platform. */
  readonly secretsEncryption: boolean;

  /** Whether EKS refuses to delete the cluster. */
  readonly deletionProtection: boolean;

  /** The instance type of the first node group. */
  readonly nodeInstanceType: ec2.InstanceType;

  /** The least number of nodes of the first node group. */
  readonly nodeMinSize: number;

  /** The largest number of nodes of the first node group. */
  readonly nodeMaxSize: number;

  /** How many of each controller run: Cilium's operator and the AWS Load Balancer Controller. */
  readonly controllerReplicas: number;

  /** Whether Hubble's web interface is deployed. */
  readonly hubbleUi: boolean;
}

/**
 * Settings to change in a profile: each as in PlatformSettings.
 */
export interface PlatformSettingsOverrides {
  /**
   * How many NAT gateways: 1 up to the number of zones.
   * @default - as in the profile
   */
  readonly natGateways?: number;

  /**
   * Whether VPC Flow Logs are captured.
   * @default - as in the profile
   */
  readonly flowLogs?: boolean;

  /**
   * How long flow logs are kept in CloudWatch Logs.
   * @default - as in the profile
   */
  readonly flowLogRetention?: logs.RetentionDays;

  /**
   * AWS services that are reached through interface endpoints.
   * @default - as in the profile
   */
  readonly interfaceEndpoints?: ec2.InterfaceVpcEndpointAwsService[];

  /**
   * From where the Kubernetes API is reached.
   * @default - as in the profile
   */
  readonly endpointAccess?: eks.EndpointAccess;

  /**
   * The control plane's logs that EKS writes to CloudWatch Logs.
   * @default - as in the profile
   */
  readonly controlPlaneLogs?: eks.ClusterLoggingTypes[];

  /**
   * Whether Kubernetes Secrets are encrypted with a KMS key of the cluster's own. Can't be changed on a living platform.
   * @default - as in the profile
   */
  readonly secretsEncryption?: boolean;

  /**
   * Whether EKS refuses to delete the cluster.
   * @default - as in the profile
   */
  readonly deletionProtection?: boolean;

  /**
   * The instance type of the first node group.
   * @default - as in the profile
   */
  readonly nodeInstanceType?: ec2.InstanceType;

  /**
   * The least number of nodes of the first node group.
   * @default - as in the profile
   */
  readonly nodeMinSize?: number;

  /**
   * The largest number of nodes of the first node group.
   * @default - as in the profile
   */
  readonly nodeMaxSize?: number;

  /**
   * How many of each controller run: Cilium's operator and the AWS Load Balancer Controller.
   * @default - as in the profile
   */
  readonly controllerReplicas?: number;

  /**
   * Whether Hubble's web interface is deployed.
   * @default - as in the profile
   */
  readonly hubbleUi?: boolean;
}

/**
 * The settings of an environment: a column of the README's table.
 *
 * Props of EksPlatform win over the profile's settings.
 */
export class PlatformProfile {
  /** Small and cheap: one NAT gateway, single controllers. */
  public static readonly DEV = new PlatformProfile('dev', column(0));

  /** Like production, smaller: two NAT gateways, no deletion protection. */
  public static readonly STAGING = new PlatformProfile('staging', column(1));

  /** A NAT gateway in each zone, a private endpoint, encrypted Secrets, deletion protection. */
  public static readonly PROD = new PlatformProfile('prod', column(2));

  private constructor(
    /** The name of the profile that this one is, or was made from. */
    public readonly profileName: string,
    /** The settings. */
    public readonly settings: PlatformSettings,
  ) {
  }

  /**
   * A copy of this profile with some settings changed.
   *
   * @param overrides the settings to change
   */
  public customize(overrides: PlatformSettingsOverrides): PlatformProfile {
    const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
    return new PlatformProfile(this.profileName, { ...this.settings, ...given });
  }
}

function column(index: 0 | 1 | 2): PlatformSettings {
  return Object.fromEntries(Object.entries(TABLE).map(([setting, values]) => [setting, values[index]])) as unknown as PlatformSettings;
}

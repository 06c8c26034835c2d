import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/**
 * What EksPlatform is compared with: the part of aws-cdk-lib that it needs before anything is defined, and nothing else.
 *
 * To require a module of aws-cdk-lib loads next to nothing, as does requiring the library: a class is loaded when it is
 * first named. So this module names what the library's modules name while they are loaded: the superclasses of its
 * constructs, and the classes whose values stand in the profile table. Were EksPlatform to load more of aws-cdk-lib
 * than these, or much of its own, the ratio would show it.
 */
export const NEEDED_AT_ONCE = [
  Construct,
  Duration,
  ec2.InstanceType,
  ec2.InterfaceVpcEndpointAwsService,
  ec2.Vpc,
  eks.ClusterLoggingTypes,
  eks.EndpointAccess,
  eks.TaintEffect,
  logs.RetentionDays,
  KubectlV36Layer,
];

import type * as layer from '@aws-cdk/lambda-layer-kubectl-v36';
import type * as cdk from 'aws-cdk-lib';
import type * as eksplatform from '@org/eks-platform';

/** What a program may use: real modules, or stand-ins that write down what it does. */
export interface Libraries {
  readonly cdk: typeof cdk;
  readonly eksplatform: typeof eksplatform;
  readonly layer: typeof layer;
  /** A folder with a chart. */
  readonly chart: string;
}

import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { arn } from '../cdk/arn';

/** The KMS key of a cluster's Kubernetes Secrets. It is deleted with the cluster, without which it is worth nothing. */
export class SecretsKey extends kms.Key {
  constructor(scope: Construct, id: string, clusterName: string) {
    super(scope, id, {
      description: `Kubernetes Secrets of ${clusterName}`,
      enableKeyRotation: true,
      policy: new iam.PolicyDocument({ // CDK's default, with the stack's own pseudo parameters
        minimize: false,
        statements: [new iam.PolicyStatement({
          actions: ['kms:*'],
          principals: [new iam.ArnPrincipal(arn('iam::${AWS::AccountId}:root'))],
          resources: ['*'],
        })],
      }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

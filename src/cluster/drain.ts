import { CustomResource, Duration } from 'aws-cdk-lib';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';

export interface DrainProps {
  /** With our own kubectl provider. */
  readonly cluster: eks.Cluster;
}

/** CloudFormation's longest, and its default. It is written here because the function answers just before it ends. */
const SERVICE_TIMEOUT = Duration.hours(1);

/**
 * When it is deleted, deletes the Ingresses and Services of load balancers that CloudFormation knows nothing of, and waits until
 * their controllers have cleaned up.
 *
 * It must depend on those controllers and on everything that they need; what CloudFormation deletes itself must depend on it.
 * It acts only when the whole stack is deleted: if an update deletes it, it deletes nothing.
 */
export class Drain extends Construct {
  constructor(scope: Construct, id: string, { cluster }: DrainProps) {
    super(scope, id);
    new CustomResource(this, 'Resource', {
      resourceType: 'Custom::EksPlatformDrain',
      serviceToken: cluster.kubectlProvider!.serviceToken,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: { ClusterName: cluster.clusterName },
    });
  }
}

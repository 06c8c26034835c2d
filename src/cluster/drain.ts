import { CustomResource, Duration } from 'aws-cdk-lib';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';

export interface DrainProps {
  /** With our own kubectl provider. */
  readonly cluster: eks.Cluster;
}

/** CloudFormation's longest, and its default; said here as the function answers just before. */
const SERVICE_TIMEOUT = Duration.hours(1);

/**
 * Deletes, on its own deletion, the Ingresses and Services of load balancers that CloudFormation knows nothing of, and waits until
 * their controllers have cleaned up.
 *
 * It must depend on those controllers and on all that they need, and be depended on by what CloudFormation deletes itself.
 * It deletes nothing where an update deletes it: only with the whole stack.
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

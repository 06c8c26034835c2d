import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';
import { copy, type Json } from '../cdk/merge';

export interface ManifestProps {
  readonly cluster: eks.ICluster;
  /** Kubernetes objects, in the order in which they are applied. */
  readonly objects: Json[];
}

/**
 * Kubernetes objects that are applied together: the only place that knows how manifests are made.
 *
 * Applied over what a failed deployment may have left, so that a retry works; never pruned, as
 * kubectl's pruning knows few kinds and none of Cilium's.
 */
export class Manifest extends Construct {
  constructor(scope: Construct, id: string, props: ManifestProps) {
    super(scope, id);
    new eks.KubernetesManifest(this, 'Resource', {
      cluster: props.cluster,
      manifest: copy(props.objects), // CDK's construct writes labels into what it is given
      overwrite: true,
      prune: false,
    });
  }
}

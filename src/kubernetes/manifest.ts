import type { CfnResource, IResolvable } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';
import { copy, type Json } from '../cdk/merge';

export interface ManifestProps {
  readonly cluster: eks.ICluster;
  /** Kubernetes objects, in the order in which they are applied, or a token that resolves to them. */
  readonly objects: Json[] | IResolvable;
  /** Whether to wait until workloads have rolled out and definitions are served. @default false */
  readonly wait?: boolean;
}

/**
 * Kubernetes objects that are applied together: the only place that knows how manifests are made.
 *
 * They are applied over what a failed deployment may have left, so that a retry works. Our own kubectl provider deletes
 * objects that a new version no longer has. With CDK's provider they stay, as its pruning knows few kinds and not
 * Cilium's; nor does it wait.
 */
export class Manifest extends Construct {
  constructor(scope: Construct, id: string, props: ManifestProps) {
    super(scope, id);
    const manifest = new eks.KubernetesManifest(this, 'Resource', {
      cluster: props.cluster,
      manifest: copy(props.objects) as Json[], // CDK's construct writes labels into what it is given
      overwrite: true,
      prune: false,
    });
    if (props.wait) {
      (manifest.node.defaultChild as CfnResource).addPropertyOverride('Wait', true);
    }
  }
}

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
  /**
   * Whether to adopt objects that exist and that this stack did not make: they get what is written here, and keep it when the stack
   * gives them back instead of deleting them.
   * @default false - such an object is refused, by its name, before anything is changed
   */
  readonly adopt?: boolean;
}

/**
 * Kubernetes objects that are applied together: the only place that knows how manifests are made.
 *
 * Our own kubectl provider applies them over what a failed deployment of this stack has left, so that a retry works, and
 * deletes objects that a new version no longer has. With CDK's provider they stay, as its pruning knows few kinds and not
 * Cilium's; nor does it wait.
 */
export class Manifest extends Construct {
  constructor(scope: Construct, id: string, props: ManifestProps) {
    super(scope, id);
    const manifest = new eks.KubernetesManifest(this, 'Resource', {
      cluster: props.cluster,
      manifest: copy(props.objects) as Json[], // CDK's construct writes labels into what it is given
      ...props.adopt ? { overwrite: true } : {},
      prune: false,
    });
    if (props.wait) {
      (manifest.node.defaultChild as CfnResource).addPropertyOverride('Wait', true);
    }
  }
}

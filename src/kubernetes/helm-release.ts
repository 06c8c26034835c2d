import { Annotations, Duration, RemovalPolicy, Token, type CfnResource } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { CHART_VALUES } from './chart-values';
import type { Chart } from './versions';
import { merge, type Json } from '../cdk/merge';
import { reject } from '../cdk/reject';

export interface HelmReleaseProps {
  readonly cluster: eks.ICluster;
  readonly chart: Chart;
  readonly chartVersion?: string;
  readonly chartRepository?: string;
  readonly chartAsset?: Asset;
  readonly namespace: string;
  /** Our values, and the user's, which win. */
  readonly values: Json;
  readonly userValues?: Json;
  /** Whether to wait until all is ready, and to roll back if it does not get there. */
  readonly wait: boolean;
  /** What happens to the chart's CRDs when the release is deleted. Only our own kubectl provider deletes them. */
  readonly crdRemovalPolicy?: RemovalPolicy;
  /**
   * Whether to adopt a release that exists and that this stack did not install: it is upgraded, and given back when the stack goes.
   * Only our own kubectl provider asks for the word.
   * @default false - such a release is refused, before anything is changed
   */
  readonly adopt?: boolean;
}

/** Below the 15 minutes of the function that runs Helm: CDK's function leaves a release locked when it ends before Helm. */
const TIMEOUT = Duration.minutes(12);

/** The releases of each cluster: Helm would take a second release of the same name for an upgrade of the first. */
const RELEASES = new WeakMap<eks.ICluster, Map<string, string>>();

/**
 * A Helm release: the only place that knows how releases are made.
 *
 * Its name and namespace are fixed, as neither Helm nor these charts can move a release.
 */
export class HelmRelease extends Construct {
  constructor(scope: Construct, id: string, props: HelmReleaseProps) {
    super(scope, id);
    const { chart, cluster, namespace, wait, crdRemovalPolicy } = props;
    this.checkSource(props);
    this.checkValues(props);
    this.claimName(cluster, `${namespace}/${chart.name}`);
    const repository = props.chartRepository ?? chart.repository;

    const release = new eks.HelmChart(this, 'Resource', {
      cluster,
      release: chart.name,
      namespace,
      ...props.chartAsset ? { chartAsset: props.chartAsset } : {
        chart: chart.name,
        // For an OCI chart Helm wants its whole address, for any other that of the repository.
        repository: repository.startsWith('oci://') ? `${repository.replace(/\/$/, '')}/${chart.name}` : repository,
        version: props.chartVersion ?? chart.version,
      },
      values: merge(props.values, props.userValues ?? {}),
      createNamespace: namespace !== 'kube-system',
      // `atomic` implies `wait`: both, or neither.
      wait,
      atomic: wait,
      timeout: TIMEOUT,
    });
    const resource = release.node.tryFindChild('Resource')!.node.defaultChild as CfnResource;
    if (props.adopt) {
      resource.addPropertyOverride('Adopt', true);
    }
    if (crdRemovalPolicy === RemovalPolicy.DESTROY) {
      resource.addPropertyOverride('DeleteCrds', true);
    } else if (crdRemovalPolicy !== undefined && crdRemovalPolicy !== RemovalPolicy.RETAIN) {
      reject(this.node.path, 'crdRemovalPolicy', crdRemovalPolicy, 'RETAIN or DESTROY', 'definitions are kept or deleted, without a snapshot');
    }
  }

  private checkSource(props: HelmReleaseProps) {
    const { chart, chartVersion, chartRepository, chartAsset } = props;
    const path = this.node.path;
    if (chartAsset && (chartVersion !== undefined || chartRepository !== undefined)) {
      reject(path, 'chartAsset', 'an asset', 'given without `chartVersion` and `chartRepository`', 'the asset is the chart, at the version that it holds');
    }
    if (chartRepository !== undefined && !Token.isUnresolved(chartRepository) && !/^(https|oci):\/\/\S+$/.test(chartRepository)) {
      reject(path, 'chartRepository', chartRepository, 'a URL that starts with https:// or oci://', 'give the address that `helm pull` takes');
    }
    if (chartVersion !== undefined && !Token.isUnresolved(chartVersion) && chartVersion !== chart.version) {
      Annotations.of(this).addWarningV2('@org/eks-platform:chartVersion',
        `${chart.name} ${chartVersion} is not the version that this library is tested with (${chart.version}): check its values and its Kubernetes versions`);
    }
  }

  private checkValues({ chart, userValues }: HelmReleaseProps) {
    const unknown = Object.keys(userValues ?? {}).filter(key => !CHART_VALUES[chart.name].includes(key));
    if (unknown.length > 0) {
      Annotations.of(this).addWarningV2('@org/eks-platform:chartValues',
        `\`values\` has names that ${chart.name} ${chart.version} does not know and Helm ignores: ${unknown.join(', ')}`);
    }
  }

  private claimName(cluster: eks.ICluster, name: string) {
    const releases = RELEASES.get(cluster) ?? new Map<string, string>();
    const owner = releases.get(name);
    if (owner !== undefined) {
      reject(this.node.path, 'cluster', name, `a cluster without the Helm release ${name}`, `${owner} defines it already: keep one of the two`);
    }
    RELEASES.set(cluster, releases.set(name, this.node.path));
  }
}

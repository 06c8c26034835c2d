import type { Asset } from 'aws-cdk-lib/aws-s3-assets';

/**
 * Where a Helm chart comes from, and its values.
 */
export interface ChartOptions {
  /**
   * The version of the chart.
   *
   * Any version but the default gives a warning, as the values that this library writes are checked
   * against the default only.
   *
   * @default - the version in the README's compatibility table
   */
  readonly chartVersion?: string;

  /**
   * Another repository that has the chart: a URL that starts with `https://`, or with `oci://`
   * for a registry, to which the chart's name is added.
   *
   * @default - the repository of the chart's authors
   */
  readonly chartRepository?: string;

  /**
   * The chart itself, as a folder or a zip file, for clusters that can't reach a repository.
   *
   * Can't be given with `chartVersion` or `chartRepository`.
   *
   * @default - the chart comes from `chartRepository`
   */
  readonly chartAsset?: Asset;

  /**
   * The registry that holds copies of the chart's images.
   *
   * Images keep the paths that their authors gave them: `quay.io/cilium/cilium` becomes `REGISTRY/cilium/cilium`.
   * REGISTRY is a host, or a host and a path. Copy images with all their architectures, as Cilium's are pulled by digest.
   *
   * @default - the platform's `imageRegistry`, if it is given; otherwise the registries of the chart's authors
   */
  readonly imageRegistry?: string;

  /**
   * Values for the chart, merged deeply into those that this library writes: yours win.
   *
   * Lists are replaced as a whole. Write numbers of a million or more as strings, as Helm
   * prints them as 1e+06. A key that the chart does not know on the top level gives a warning,
   * as Helm ignores it silently.
   *
   * @default - only the values that this library writes
   */
  readonly values?: { [key: string]: any };
}

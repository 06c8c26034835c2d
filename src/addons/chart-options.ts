import type { Asset } from 'aws-cdk-lib/aws-s3-assets';

/**
 * Where a Helm chart comes from, and what goes into it.
 */
export interface ChartOptions {
  /**
   * The version of the chart.
   *
   * Any other than the default gives a warning: the values that this library writes are checked
   * against the default only.
   *
   * @default - the version in the README's compatibility table
   */
  readonly chartVersion?: string;

  /**
   * Another repository that has the chart: a URL that starts with `https://`, or with `oci://`
   * for a registry (the chart's name is added to it).
   *
   * @default - the repository of the chart's authors
   */
  readonly chartRepository?: string;

  /**
   * The chart itself, a folder or a zip file, for clusters that reach no repository.
   *
   * Can't be given with `chartVersion` or `chartRepository`.
   *
   * @default - the chart comes from `chartRepository`
   */
  readonly chartAsset?: Asset;

  /**
   * The registry that has the chart's images, under the paths that they have at their authors':
   * `quay.io/cilium/cilium` becomes `REGISTRY/cilium/cilium`. A path may follow the host.
   *
   * Copy images with all of their architectures, as Cilium's are pulled by their digests.
   *
   * @default - the platform's `imageRegistry`; else the registries of the chart's authors
   */
  readonly imageRegistry?: string;

  /**
   * Values for the chart, merged deeply into those that this library writes: yours win.
   *
   * Lists are replaced as a whole. Write numbers from a million up as strings, as Helm
   * prints them as 1e+06. A key that the chart does not have on its top level gives a warning,
   * as Helm ignores it silently.
   *
   * @default - only the values that this library writes
   */
  readonly values?: { [key: string]: any };
}

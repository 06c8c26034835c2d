/** The newest versions that are known to work together: the one place that holds them. */

/** A chart as its authors publish it. */
export interface Chart {
  /** The chart's name, which is also its release's. */
  readonly name: string;
  /** Where it is published. */
  readonly repository: string;
  /** The version that we test with. */
  readonly version: string;
  /** The Kubernetes minors that its authors test with, oldest and newest. */
  readonly kubernetes: readonly [oldest: number, newest: number];
}

/**
 * Cilium 1.20.2 is pinned for its fixes; the schema and values that ours are checked against are 1.20.0's.
 *
 * @see https://docs.cilium.io/en/v1.20/network/kubernetes/compatibility/
 */
const cilium: Chart = { name: 'cilium', repository: 'https://helm.cilium.io', version: '1.20.2', kubernetes: [33, 36] };

/** @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/v3.5/deploy/installation/ */
const albController: Chart = {
  name: 'aws-load-balancer-controller', repository: 'https://aws.github.io/eks-charts', version: '3.5.0', kubernetes: [22, 36],
};

/** @see https://github.com/kubernetes-sigs/external-dns/tree/external-dns-helm-chart-1.21.1/charts/external-dns */
const externalDns: Chart = {
  name: 'external-dns', repository: 'https://kubernetes-sigs.github.io/external-dns', version: '1.21.1', kubernetes: [22, 36],
};

export const VERSIONS = {
  /** The Kubernetes minor that the default kubectl layer fits, as in 1.36. */
  kubernetes: 36,
  charts: { cilium, albController, externalDns },
  images: {
    /** @see https://github.com/kubernetes/dns */
    nodeCache: 'registry.k8s.io/dns/k8s-dns-node-cache:1.26.8',
  },
} as const;

/** The Kubernetes minors that every chart works with. */
export function supportedMinors(): { oldest: number; newest: number } {
  const ranges = Object.values(VERSIONS.charts).map(chart => chart.kubernetes);
  return { oldest: Math.max(...ranges.map(([oldest]) => oldest)), newest: Math.min(...ranges.map(([, newest]) => newest)) };
}

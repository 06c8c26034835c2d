import { Token } from 'aws-cdk-lib';
import { reject } from '../cdk/reject';

/**
 * Checks a name against everything that will carry it: EKS, Cilium's `cluster.name`, the owner of DNS records, tag keys.
 *
 * Cilium's rules are the strictest.
 *
 * @see https://docs.cilium.io/en/stable/network/clustermesh/clustermesh/#prepare-the-clusters
 */
export function checkClusterName(path: string, name: string): void {
  if (!Token.isUnresolved(name) && !/^[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?$/.test(name)) {
    reject(path, 'clusterName', name, '1 to 32 lower-case letters, digits and dashes, with no dash at either end',
      'EKS allows more, but Cilium, tag keys and DNS owners carry this name too');
  }
}

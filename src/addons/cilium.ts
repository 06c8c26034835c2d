import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { CiliumProps } from './cilium-options';
import { ciliumStatements } from './cilium-policy';
import { ciliumValues } from './cilium-values';
import { HUBBLE_METRICS } from './hubble';
import { pinFeatureFlags } from '../cdk/feature-flags';
import { reject } from '../cdk/reject';
import { WorkloadRole } from '../cluster/workload-role';
import { checkClusterName } from '../kubernetes/cluster-name';
import { HelmRelease } from '../kubernetes/helm-release';
import { VERSIONS } from '../kubernetes/versions';
import { withRulesIn } from '../network/group-rules';

/**
 * Cilium as the whole network of a cluster: pod network, load balancing of Services, policies, encryption, observation.
 *
 * Defines a role for Cilium's operator, which attaches network interfaces to nodes and gives their addresses to
 * pods, and the Helm release: ENI mode with native routing, in place of kube-proxy and of the VPC CNI, WireGuard,
 * Hubble, and Envoy for the service mesh.
 *
 * The cluster must have neither `aws-node` nor `kube-proxy` (`bootstrapSelfManagedAddons` is false). Cilium's own
 * resource kinds, such as CiliumNetworkPolicy, exist as soon as the operator runs, which takes a node.
 *
 * @see https://docs.cilium.io/en/stable/network/concepts/ipam/eni/
 */
export class Cilium extends Construct {
  /**
   * The role of Cilium's operator.
   */
  public readonly role: iam.IRole;

  constructor(scope: Construct, id: string, props: CiliumProps) {
    super(scope, id);
    pinFeatureFlags(this);
    this.check(props);
    const workload = new WorkloadRole(this, 'Role', {
      cluster: props.cluster,
      identity: props.identity,
      namespace: 'kube-system',
      serviceAccount: 'cilium-operator',
      statements: ciliumStatements(props.cluster.vpc, props.clusterName),
    });
    this.role = workload.role;
    this.connectNodes(props);

    const release = new HelmRelease(this, 'Release', {
      ...props,
      chart: VERSIONS.charts.cilium,
      namespace: 'kube-system',
      values: ciliumValues(props, workload),
      userValues: props.values,
      wait: props.wait ?? false,
    });
    release.node.addDependency(workload);
  }

  private connectNodes({ cluster, nodeSecurityGroups = [] }: CiliumProps) {
    const nodes = nodeSecurityGroups.map(group => withRulesIn(this, group));
    if (nodes.length === 0) {
      return;
    }
    const shared = withRulesIn(this, cluster.clusterSecurityGroup);
    const connect = (to: ec2.ISecurityGroup, from: ec2.ISecurityGroup) =>
      to.addIngressRule(from, ec2.Port.allTraffic(), 'Nodes and pods reach each other');
    for (const node of nodes) {
      connect(shared, node);
      [shared, ...nodes].forEach(from => connect(node, from));
    }
  }

  private check(props: CiliumProps) {
    const path = this.node.path;
    checkClusterName(path, props.clusterName);
    const replicas = props.operatorReplicas;
    if (replicas !== undefined && !Token.isUnresolved(replicas) && (!Number.isInteger(replicas) || replicas < 1)) {
      reject(path, 'operatorReplicas', replicas, 'a whole number, 1 or more', 'each operator needs a node of its own');
    }
    const metrics = props.hubble?.metrics ?? [];
    for (const metric of Token.isUnresolved(metrics) ? [] : metrics) {
      if (!Token.isUnresolved(metric) && !HUBBLE_METRICS.includes(metric.split(':')[0])) {
        reject(path, 'hubble.metrics', metric, `one of ${HUBBLE_METRICS.join(', ')}, or one of them with options after a colon`, 'check the name: agents do not start with an unknown one');
      }
    }
    if (props.egressMasqueradeInterfaces?.length === 0) {
      reject(path, 'egressMasqueradeInterfaces', [], 'one interface or more', 'leave it out to keep masquerading off');
    }
  }
}

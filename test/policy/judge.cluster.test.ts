import { POLICIES } from './policies';
import { judgeObjects } from '../../rehearsal/judge/cilium-objects';
import { missingOf, programIn } from '../../rehearsal/setup/toolchain';
import { cacheFolder } from '../../rehearsal/support/paths';
import { CiliumClusterwideNetworkPolicy, CiliumNetworkPolicy, EndpointSelector, Namespace } from '../../src';
import { clusterFixture, importedClusterFixture } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';
import { describeUnless } from '../support/run';

const judge = programIn(cacheFolder(), 'judge');

describeUnless(missingOf(['judge']))('Cilium\'s own code', () => {
  test.each(POLICIES)('accepts a policy with $name', ({ policy }) => {
    const { stack, cluster, template } = importedClusterFixture();
    const namespace = Namespace.fromNamespaceName(stack, 'Production', cluster, 'production');
    new CiliumNetworkPolicy(stack, 'Policy', { cluster, namespace, policyName: 'shop', ...policy });
    new CiliumClusterwideNetworkPolicy(stack, 'Clusterwide', { cluster, policyName: 'shop', endpointSelector: EndpointSelector.all(), ...policy });
    expect(judgeObjects(judge, kubernetesObjects(template()))).toEqual({
      judged: { CiliumNetworkPolicy: 1, CiliumClusterwideNetworkPolicy: 1 }, findings: [],
    });
  });

  test.each([
    ['denies all', {}],
    ['denies all but Pod Identity', { allowPodIdentity: false }],
    ['lets its own pods and instance metadata through', { allowWithinNamespace: true, allowInstanceMetadata: true }],
  ])('accepts a namespace that %s', (_, options) => {
    const { stack, cluster, template } = clusterFixture();
    const namespace = new Namespace(stack, 'Namespace', { cluster, namespaceName: 'production', defaultDeny: true, ...options });
    namespace.allowFromLoadBalancer({ subnets: cluster.vpc.publicSubnets, podLabels: { app: 'web' }, ports: [8080] });
    namespace.allowFromLoadBalancer({ subnets: cluster.vpc.privateSubnets });
    namespace.addPolicy('shop', POLICIES[0].policy);
    expect(judgeObjects(judge, kubernetesObjects(template()))).toEqual({ judged: { CiliumNetworkPolicy: 2 }, findings: [] });
  });
});

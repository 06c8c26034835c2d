/** A real Kubernetes API server takes the objects of namespaces and policies, applied and deleted as the deployment's kubectl does it. */
import { writeFileSync } from 'fs';
import { join } from 'path';
import { POLICIES } from './policies';
import { registerDefinitions } from '../../rehearsal/judge/cilium-objects';
import { CONTROL_PLANE, missingOf, programIn } from '../../rehearsal/setup/toolchain';
import { cacheFolder } from '../../rehearsal/support/paths';
import { CiliumClusterwideNetworkPolicy, EndpointSelector, Namespace, PodSecurityLevel } from '../../src';
import { runControlPlane, type RunningControlPlane } from '../support/control-plane';
import { clusterFixture } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';
import { describeUnless } from '../support/run';

const missing = missingOf([...CONTROL_PLANE, 'judge']);

/** A namespace that denies all, with every kind of allowance and policy, and a policy for the whole cluster. */
function objects(allowInstanceMetadata: boolean): any[] {
  const { stack, cluster, template } = clusterFixture();
  const namespace = new Namespace(stack, 'Namespace', {
    cluster,
    namespaceName: 'production',
    podSecurity: PodSecurityLevel.BASELINE,
    defaultDeny: true,
    allowWithinNamespace: true,
    allowInstanceMetadata,
  });
  namespace.allowFromLoadBalancer({ subnets: cluster.vpc.publicSubnets, podLabels: { app: 'web' }, ports: [8080] });
  POLICIES.forEach(({ policy }, index) => namespace.addPolicy(`shop-${index}`, policy));
  new CiliumClusterwideNetworkPolicy(stack, 'Policy', { cluster, policyName: 'shop', endpointSelector: EndpointSelector.all(), ...POLICIES[0].policy });
  return kubernetesObjects(template());
}

describeUnless(missing)('the API server', () => {
  let cluster: RunningControlPlane;

  beforeAll(async () => {
    cluster = await runControlPlane();
    await registerDefinitions(programIn(cacheFolder(), 'judge'), cluster);
  }, 120_000);

  afterAll(() => cluster.stop());

  /** What kubectl prints for each object, in their order. */
  const kubectl = async (verb: string, all: any[], ...options: string[]) => {
    const file = join(cluster.folder, 'manifest.yaml');
    writeFileSync(file, all.map(object => JSON.stringify(object)).join('')); // one after another, as CDK's handler writes them
    return (await cluster.kubectl(verb, '-f', file, ...options)).trim().split('\n');
  };
  const ends = (lines: string[]) => [...new Set(lines.map(line => line.split(' ').at(-1)))];

  test('accepts every object, and knows all of their fields', async () => {
    const all = objects(false);
    const said = await kubectl('apply', all, '--validate=strict');
    expect(said).toHaveLength(all.length);
    expect(ends(said)).toEqual(['created']);
  });

  test('sees no change when they are applied again', async () => {
    expect(ends(await kubectl('apply', objects(false)))).toEqual(['unchanged']);
  });

  test('changes allowances in place, and removes a denial that is lifted', async () => {
    const said = await kubectl('apply', objects(true));
    expect(said.filter(line => !line.endsWith(' unchanged'))).toEqual(['ciliumnetworkpolicy.cilium.io/allowances configured']);
    const rules = await cluster.kubectl('get', 'ciliumnetworkpolicy', 'allowances', '--namespace', 'production', '-o', 'json');
    expect(rules).not.toContain('egressDeny"');
  });

  test('deletes all of them, and with the namespace whatever else is in it', async () => {
    await cluster.kubectl('create', 'configmap', 'by-hand', '--namespace', 'production');
    expect(ends((await kubectl('delete', objects(true))).filter(line => !line.endsWith('namespace')))).toEqual(['deleted']);
    await expect(cluster.kubectl('get', 'namespace', 'production')).rejects.toThrow('NotFound');
    expect(await cluster.kubectl('get', 'ciliumclusterwidenetworkpolicies', '-o', 'name')).toBe('');
  }, 60_000);
});

/** Probes and a real API server: it takes their objects, lets them do what they do and no more, and their reports are read as a deployment does. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ofType, synthesize } from './apps';
import { probe, probesMissing } from './probes';
import { Layer } from '../../handlers/kubernetes/programs';
import { registerDefinitions } from '../../rehearsal/judge/cilium-objects';
import { CONTROL_PLANE, missingOf, programIn } from '../../rehearsal/setup/toolchain';
import { cacheFolder } from '../../rehearsal/support/paths';
import { Engine, VALUE } from '../handlers/kubernetes/engine';
import { runControlPlane, type RunningControlPlane } from '../support/control-plane';
import { text } from '../support/read';
import { describeUnless } from '../support/run';

const missing = probesMissing ?? missingOf([...CONTROL_PLANE, 'judge']);

describeUnless(missing)('probes and a real API server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'in-cluster-'));
  let plane: RunningControlPlane;
  let engine: Engine;

  beforeAll(async () => {
    plane = await runControlPlane();
    await registerDefinitions(programIn(cacheFolder(), 'judge'), plane);
    engine = new Engine(own => new Layer({ ...own, KUBECONFIG: plane.adminKubeconfig }, plane.opt));
    await plane.kubectl('create', 'namespace', 'locked');
  }, 120_000);

  afterAll(async () => {
    await plane?.stop();
    rmSync(folder, { recursive: true });
  }, 30_000);

  beforeEach(() => { jest.spyOn(console, 'log').mockReturnValue(undefined); });
  afterEach(() => jest.restoreAllMocks());

  /** Applies a probe's objects as a deployment does. @returns what runs the script with the probe's own rights */
  async function deployed(subject: string, script: string) {
    const { checks } = synthesize(subject);
    const manifest = ofType(checks, 'Custom::AWSCDK-EKS-KubernetesResource').find(it => text(it.Properties.Manifest).includes(`"probe-${script}"`))!;
    const objects = JSON.parse(text(manifest.Properties.Manifest));
    const job = objects.at(-1).metadata;
    expect(await engine.create({ Manifest: JSON.stringify(objects), Overwrite: 'true' }, script)).toMatchObject({ Status: 'SUCCESS' });
    const token = await plane.kubectl('create', 'token', `probe-${script}`, '--namespace', job.namespace);
    const run = (environment: { [name: string]: string } = {}) =>
      probe(script, { API: plane.endpoint, ...environment }, { 'ca.crt': readFileSync(plane.caFile, 'utf8'), 'token': token.trim() });
    const values = ofType(checks, VALUE).find(it => it.Properties.ObjectName.endsWith(job.name))!;
    return { run, job, value: values.Properties };
  }

  test('a report is read out of the pod of its Job', async () => {
    const { job, value } = await deployed('policies', 'policies-inside');
    const selector = `--selector=batch.kubernetes.io/job-name=${job.name}`;
    await plane.kubectl('wait', 'pods', selector, '--namespace', 'locked', '--for=create', '--timeout=30s');
    const pod = (await plane.kubectl('get', 'pods', selector, '--namespace', 'locked', '--output', 'name')).trim();
    const report = 'FAILED 1 of 2 checks\nFAILED dns-works: no address\nok pod-identity-works: credentials\n';
    const status = {
      phase: 'Failed',
      containerStatuses: [{ name: 'probe', image: 'probe', imageID: '', ready: false, restartCount: 0, state: { terminated: { exitCode: 1, message: report } } }],
    };
    await plane.kubectl('patch', pod, '--namespace', 'locked', '--subresource=status', '--type=merge', '--patch', JSON.stringify({ status }));
    engine.type = VALUE;
    const answer = await engine.create({ ...value, ClusterName: 'shop', TimeoutSeconds: '60' }, 'Report');
    engine.type = 'Custom::AWSCDK-EKS-KubernetesResource';
    expect(answer).toMatchObject({ Status: 'SUCCESS', Data: { Value: report } });
  }, 60_000);

  test('the probe of DNS may make and delete its Ingress, and write its address', async () => {
    const { run } = await deployed('dns', 'dns');
    const { ok, failed } = await run({ CACHES: '', ZONE: 'integ.internal', TTL: '1', NEGATIVE_TTL: '1', RESOLVER: '127.0.0.1', PORT: '1' });
    expect(ok['ingress-is-made']).toBe('probe-dns  with 192.0.2.10');
    expect(ok).toHaveProperty('ingress-is-deleted');
    expect(JSON.stringify(failed)).not.toMatch(/403/);
    expect(await plane.kubectl('get', 'ingresses', '--namespace', 'default', '--output', 'name')).toBe('');
  }, 60_000);

  test('the probe of the life cycle makes load balancers by hand, also if they are there', async () => {
    const { run } = await deployed('lifecycle', 'lifecycle');
    const { failed, ok } = await run();
    expect(failed).toEqual({ 'service-has-a-load-balancer': 'no load balancer yet', 'ingress-has-a-load-balancer': 'no load balancer yet' });
    expect(ok).toMatchObject({ 'service-is-made': 'by-hand', 'ingress-is-made': 'by-hand' });
    const status = { loadBalancer: { ingress: [{ hostname: 'made.elb.amazonaws.com' }] } };
    for (const object of ['service/by-hand', 'ingress/by-hand']) {
      await plane.kubectl('patch', object, '--namespace', 'default', '--subresource=status', '--type=merge', '--patch', JSON.stringify({ status }));
    }
    expect(await run()).toMatchObject({ code: 0, ok: { 'service-is-made': 'there already', 'ingress-has-a-load-balancer': 'made.elb.amazonaws.com' } });
  }, 60_000);

  test('the probe of Cilium may read what it judges, in the form of Cilium\'s own definitions', async () => {
    const { run } = await deployed('cilium', 'cilium');
    const ciliumNode = (name: string) => ({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNode',
      metadata: { name, annotations: { 'network.cilium.io/wg-pub-key': `key-of-${name}` } },
      spec: {},
    });
    const interfaces = { eni: { enis: { 'eni-1': { id: 'eni-1', subnet: { id: 'subnet-1', cidr: '10.0.3.0/24' }, addresses: ['10.0.3.9'] } } } };
    const objects = ['a', 'b'].flatMap(name => [{ apiVersion: 'v1', kind: 'Node', metadata: { name } }, ciliumNode(name)]);
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'locked' }, spec: { nodeName: 'a', containers: [{ name: 'web', image: 'web' }] } };
    const file = join(folder, 'objects.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...objects, pod] }));
    await plane.kubectl('apply', '--validate=strict', '--filename', file);
    const patch = (object: string, status: object, ...more: string[]) => plane.kubectl('patch', object, ...more, '--subresource=status', '--type=merge', '--patch', JSON.stringify({ status }));
    await patch('pod/web', { phase: 'Running', podIP: '10.0.3.9', podIPs: [{ ip: '10.0.3.9' }] }, '--namespace', 'locked');
    await patch('ciliumnode/a', interfaces);
    await patch('node/a', { conditions: [{ type: 'Ready', status: 'True' }] });
    await patch('node/b', { conditions: [{ type: 'Ready', status: 'True' }] });

    const { ok, failed } = await run({ NAMESPACE: 'network', NODE: 'a', PRIVATE_CIDRS: '10.0.3.0/24 10.0.4.0/24', FAMILIES: '', SERVICE: 'http://127.0.0.1:1', RELAY: 'http://127.0.0.1:1' });
    expect(failed['pods-have-addresses-of-private-interfaces']).toBeUndefined();
    expect(ok).toMatchObject({
      'nodes-are-ready': '2 nodes',
      'no-aws-node': 'none',
      'wireguard-keys-on-every-node': '2 keys',
      'pods-have-addresses-of-private-interfaces': '1 pods',
    });
    expect(JSON.stringify(failed)).not.toMatch(/403/);
  }, 60_000);
});

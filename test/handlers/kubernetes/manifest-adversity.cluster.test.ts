import { readFileSync, writeFileSync } from 'fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'net';
import { join } from 'path';
import { setTimeout } from 'timers/promises';
import { Engine, manifest, PATCH, VALUE } from './engine';
import { Layer, type Programs } from '../../../handlers/kubernetes/programs';
import { FAKE_NODE, READY_NODE } from '../../../rehearsal/cluster/kwok';
import { CONTROL_PLANE, missingOf } from '../../../rehearsal/setup/toolchain';
import { runControlPlane, type RunningControlPlane } from '../../support/control-plane';
import { describeUnless } from '../../support/run';

const NODE = {
  apiVersion: 'v1', kind: 'Node', metadata: { name: 'node', annotations: FAKE_NODE, labels: READY_NODE }, status: { capacity: { cpu: '8', memory: '32Gi', pods: '110' } },
};

function config(name: string, namespace = 'default'): any {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { color: 'green-as-grass' } };
}

function definition(plural: string, kind: string): any {
  const schema = { openAPIV3Schema: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.example.com` },
    spec: { group: 'example.com', names: { plural, kind }, scope: 'Namespaced', versions: [{ name: 'v1', served: true, storage: true, schema }] },
  };
}

function deployment(name: string, nodeSelector: object = {}): any {
  const labels = { app: name };
  const spec = { containers: [{ name: 'app', image: 'app', resources: { requests: { cpu: '100m' } } }], nodeSelector };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'default' }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } } };
}

describeUnless(missingOf(CONTROL_PLANE))('what goes wrong with manifests in a real cluster', () => {
  let plane: RunningControlPlane;
  let engine: Engine;

  beforeAll(async () => {
    plane = await runControlPlane();
    const file = join(plane.folder, 'node.json');
    writeFileSync(file, JSON.stringify(NODE));
    await plane.kubectl('apply', '--filename', file);
  }, 60_000);

  beforeEach(() => {
    jest.spyOn(console, 'log').mockImplementation(() => {});
    engine = new Engine(own => real(own));
  });

  afterEach(() => jest.restoreAllMocks());

  afterAll(() => plane?.stop(), 30_000);

  function real(own: NodeJS.ProcessEnv, kubeconfig = plane.adminKubeconfig): Programs {
    return new Layer({ ...own, KUBECONFIG: kubeconfig }, plane.opt);
  }

  /** An invocation with little time left for its work. */
  function hasty(seconds: number) {
    engine.invocation = { functionName: 'kubernetes', getRemainingTimeInMillis: () => 60_000 + seconds * 1000 };
  }

  test('a definition and an object of its kind are applied in one manifest, and deleted in reverse order', async () => {
    const objects = [definition('widgets', 'Widget'), { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'one', namespace: 'default' }, spec: { a: 1 } }];
    expect(await engine.create(manifest(objects, { Wait: 'true' }))).toMatchObject({ Status: 'SUCCESS' });
    expect(await plane.kubectl('get', 'widget/one', '--output', 'jsonpath={.spec.a}')).toBe('1');
    expect(await engine.delete(manifest(objects))).toMatchObject({ Status: 'SUCCESS', Reason: '2 deleted' });
  }, 30_000);

  test('a deletion does not mind that the kind is gone', async () => {
    const objects = [config('beside'), { apiVersion: 'example.com/v1', kind: 'Never', metadata: { name: 'one', namespace: 'default' } }];
    expect(await engine.delete(manifest(objects), 'Manifest', 'manifest-x')).toMatchObject({ Status: 'SUCCESS' });
  }, 20_000);

  test('a namespace that can\'t be deleted is named, with what holds it', async () => {
    const held = { ...config('held', 'stuck'), metadata: { name: 'held', namespace: 'stuck', finalizers: ['example.com/hold'] } };
    const properties = manifest([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'stuck' } }]);
    await engine.create(properties);
    const file = join(plane.folder, 'held.json');
    writeFileSync(file, JSON.stringify(held));
    await plane.kubectl('apply', '--filename', file);
    hasty(34); // Kubernetes looks into a namespace five seconds after it was deleted
    const { Status, Reason } = await engine.delete(properties);
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/^Namespace stuck is still there: [^]*ConfigMap held is still in it: [^]*example\.com\/hold[^]*Then delete the stack again\.$/);
    await plane.kubectl('patch', 'configmap/held', '--namespace', 'stuck', '--type', 'merge', '--patch', '{"metadata":{"finalizers":null}}');
    hasty(600);
    expect(await engine.delete(properties)).toMatchObject({ Status: 'SUCCESS' });
  }, 90_000);

  test('waits for a rollout if it is asked to', async () => {
    const { Reason, Status } = await engine.create(manifest([deployment('web')], { Wait: 'true' }));
    expect([Status, Reason]).toEqual(['SUCCESS', '1 applied. 0 deleted']);
    expect(await plane.kubectl('get', 'deployment/web', '--output', 'jsonpath={.status.availableReplicas}')).toBe('1');
    await engine.delete(manifest([deployment('web')]));
  }, 30_000);

  test('a rollout that never ends is reported, with what its pods wait for', async () => {
    const stuck = manifest([deployment('nowhere', { place: 'nowhere' })], { Wait: 'true' });
    hasty(8);
    Object.assign(engine.aws, { invoke: () => { throw new Error('nothing can be invoked here'); } });
    const { Status, Reason } = await engine.create(stuck);
    expect([Status, Reason]).toEqual(['FAILED', expect.stringMatching(/^Deployment default\/nowhere is not ready: [^]*Unschedulable: 0\/1 nodes are available/)]);
    await engine.delete(stuck);
  }, 30_000);

  test('the API server is away for some seconds: everything continues when it is back', async () => {
    const port = Number(new URL(plane.endpoint).port);
    const way = await proxyTo(port);
    const kubeconfig = join(plane.folder, 'by-proxy.kubeconfig');
    writeFileSync(kubeconfig, readFileSync(plane.adminKubeconfig, 'utf8').replace(plane.endpoint, `https://127.0.0.1:${way.port}`));
    engine.layer = own => real(own, kubeconfig);
    await way.cut();
    const created = engine.create(manifest([config('patient')]));
    await setTimeout(3_000);
    await way.restore();
    expect(await created).toMatchObject({ Status: 'SUCCESS' });
    await way.cut();
    engine.aws.cluster = undefined;
    expect(await engine.delete(manifest([config('patient')]))).toMatchObject({ Status: 'SUCCESS', Reason: expect.stringContaining('the cluster shop is gone') });
    await plane.kubectl('delete', 'configmap/patient');
  }, 40_000);

  test('a creation that was killed at any moment continues when it is sent again', async () => {
    const objects = Array.from({ length: 30 }, (_, index) => config(`killed-${index}`));
    const left: number[] = [];
    const graves: (() => void)[] = [];
    const killed: Promise<unknown>[] = [];
    let later = 0;
    engine.clock = { ...engine.clock, now: () => Date.now() + later };
    for (const milliseconds of [60, 120, 250]) {
      engine.layer = own => {
        const programs = real(own);
        const dying: Programs['kubectl'] = async (args, options) => {
          await programs.kubectl(args, { ...options, deadline: args[0] === 'apply' ? Date.now() + milliseconds : options.deadline });
          return new Promise((_, reject) => { graves.push(() => reject(new Error('killed'))); }); // as a function that is not there any more
        };
        return { helm: dying, kubectl: (args, options) => args[0] === 'apply' ? dying(args, options) : programs.kubectl(args, options) };
      };
      killed.push(engine.create(manifest(objects)));
      await setTimeout(1_200);
      left.push((await plane.kubectl('get', 'configmaps', '--output', 'name')).split('\n').filter(it => it.includes('killed-')).length);
      engine.layer = own => real(own);
      later += 16 * 60_000; // Lambda has ended the function by then
      expect(await engine.create(manifest(objects))).toMatchObject({ Status: 'SUCCESS' });
      expect(await engine.delete(manifest(objects))).toMatchObject({ Status: 'SUCCESS', Reason: '30 deleted' });
    }
    expect(left.some(it => it < 30)).toBe(true); // else nothing was killed
    graves.forEach(it => it());
    await Promise.all(killed);
  }, 60_000);

  test('what an admission policy denies is reported in its words', async () => {
    const name = 'no-such-names';
    const policy = {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }] },
      validations: [{ expression: 'object.metadata.name != "unwanted"', message: 'nobody may be called unwanted' }],
    };
    const binding = { policyName: name, validationActions: ['Deny'] };
    const objects = [
      { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec: policy },
      { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name }, spec: binding },
    ];
    await engine.create(manifest(objects), 'Policy');
    await setTimeout(3_000); // API servers read policies now and then
    const { Status, Reason } = await engine.create(manifest([config('unwanted')]));
    expect([Status, Reason]).toEqual(['FAILED', expect.stringMatching(/ValidatingAdmissionPolicy '\S+' with binding '\S+' denied request: nobody may be called unwanted/)]);
    await engine.delete(manifest(objects), 'Policy');
  }, 30_000);

  test('a real object is patched, taken back, and read', async () => {
    await plane.kubectl('create', 'configmap', 'patched', '--from-literal', 'size=small');
    engine.type = PATCH;
    const patched = (size: string) => JSON.stringify({ data: { size } });
    const properties = {
      ResourceName: 'configmap/patched', ResourceNamespace: 'default', ApplyPatchJson: patched('large'), RestorePatchJson: patched('small'), PatchType: 'strategic',
    };
    expect(await engine.create(properties, 'Patch')).toMatchObject({ Status: 'SUCCESS' });
    engine.type = VALUE;
    const asked = { ObjectType: 'configmap', ObjectName: 'patched', ObjectNamespace: 'default', JsonPath: '.data.size', TimeoutSeconds: '5' };
    expect((await engine.create(asked, 'Value')).Data).toEqual({ Value: 'large' });
    engine.type = PATCH;
    await engine.delete(properties, 'Patch');
    expect(await plane.kubectl('get', 'configmap/patched', '--output', 'jsonpath={.data.size}')).toBe('small');
    await plane.kubectl('delete', 'configmap/patched');
    expect(await engine.delete(properties, 'Patch')).toMatchObject({ Status: 'SUCCESS', Reason: expect.stringContaining('nothing to revert') });
  }, 30_000);
});

/** A way to a port that can be cut: whoever takes it then is refused. */
async function proxyTo(target: number): Promise<{ port: number; cut(): Promise<void>; restore(): Promise<void> }> {
  let sockets: Socket[] = [];
  let server: Server;
  let port = 0;
  const restore = async () => {
    server = createServer(socket => {
      const onward = connect(target, '127.0.0.1');
      sockets.push(socket, onward);
      [socket, onward].forEach(it => it.on('error', () => {}));
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  };
  const cut = async () => {
    sockets.forEach(it => it.destroy());
    sockets = [];
    await new Promise(resolve => server.close(resolve));
  };
  await restore();
  return { port, cut, restore };
}

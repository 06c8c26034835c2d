import { readFileSync, statSync } from 'fs';
import { Engine, PATCH } from './engine';
import { FakePrograms } from './fake-programs';
import type { Ran } from '../../../handlers/kubernetes/programs';

const PROPERTIES = {
  ResourceName: 'deployment/coredns',
  ResourceNamespace: 'kube-system',
  ApplyPatchJson: '{"spec":{"replicas":3}}',
  RestorePatchJson: '{"spec":{"replicas":2}}',
  PatchType: 'merge',
};

let logged: string;
beforeEach(() => {
  logged = '';
  jest.spyOn(console, 'log').mockImplementation((...words) => { logged += words.join(' '); });
});
afterEach(() => jest.restoreAllMocks());

/** What kubectl read as the patch, and the rights of that file. */
function engineWith(...answers: Partial<Ran>[]) {
  const programs = new FakePrograms([[/^patch/, ...answers]]);
  const read: { patch: string; mode: number }[] = [];
  const engine = new Engine(() => ({
    helm: () => { throw new Error('nobody asks Helm'); },
    kubectl: (args, options) => {
      const file = args[args.indexOf('--patch-file') + 1];
      read.push({ patch: readFileSync(file, 'utf8'), mode: statSync(file).mode % 0o1000 });
      return programs.kubectl(args, options);
    },
  }));
  engine.type = PATCH;
  return { engine, programs, read };
}

test('applies one patch, and reverts it with the other', async () => {
  const { engine, programs, read } = engineWith({});
  expect(await engine.create(PROPERTIES)).toMatchObject({ Status: 'SUCCESS' });
  expect(await engine.delete(PROPERTIES)).toMatchObject({ Status: 'SUCCESS', Reason: 'Reverted' });
  expect(programs.commands[0].args.slice(0, 6)).toEqual(['patch', 'deployment/coredns', '--namespace', 'kube-system', '--type', 'merge']);
  expect(read).toEqual([{ patch: PROPERTIES.ApplyPatchJson, mode: 0o600 }, { patch: PROPERTIES.RestorePatchJson, mode: 0o600 }]);
});

test('another object gets another id, so that CloudFormation removes the patch from the first one', async () => {
  const { engine } = engineWith({});
  const { PhysicalResourceId } = await engine.create(PROPERTIES);
  const other = { ...PROPERTIES, ResourceName: 'deployment/other' };
  expect((await engine.update({ ...PROPERTIES, ApplyPatchJson: '{}' }, PROPERTIES)).PhysicalResourceId).toBe(PhysicalResourceId);
  expect((await engine.update(other, PROPERTIES)).PhysicalResourceId).not.toBe(PhysicalResourceId);
});

test('an object that is missing fails in kubectl\'s words', async () => {
  const { engine } = engineWith({ stderr: 'Error from server (NotFound): deployments.apps "coredns" not found' });
  expect(await engine.create(PROPERTIES)).toMatchObject({ Status: 'FAILED', Reason: 'Error from server (NotFound): deployments.apps "coredns" not found' });
});

test.each([
  'Error from server (NotFound): deployments.apps "coredns" not found',
  'Error from server (NotFound): namespaces "kube-system" not found',
  'error: the server doesn\'t have a resource type "foos"',
])('nothing is to be taken back where all is gone: %s', async stderr => {
  const { engine } = engineWith({}, { stderr });
  await engine.create(PROPERTIES);
  expect(await engine.delete(PROPERTIES)).toMatchObject({ Status: 'SUCCESS', Reason: `There is nothing to revert: ${stderr}` });
});

test('a patch that can\'t be taken back is told', async () => {
  const { engine } = engineWith({}, { stderr: 'The Deployment "coredns" is invalid' });
  await engine.create(PROPERTIES);
  expect(await engine.delete(PROPERTIES)).toMatchObject({ Status: 'FAILED', Reason: 'The Deployment "coredns" is invalid' });
});

test('a patch that was wrong from the start does not keep the stack from being rolled back', async () => {
  const { engine } = engineWith({ stderr: 'error: unable to parse' });
  expect(await engine.create(PROPERTIES)).toMatchObject({ Status: 'FAILED' });
  expect(await engine.delete(PROPERTIES)).toMatchObject({ Status: 'SUCCESS' });
});

test('what is patched into a Secret is not reported', async () => {
  const { engine } = engineWith({ stderr: 'Error: cannot convert "swordfish-1" to type []byte' });
  const answer = await engine.create({ ...PROPERTIES, ResourceName: 'secret/mine', ApplyPatchJson: '{"data":{"a":"swordfish-1"}}' });
  expect(answer.Reason).toBe('Error: cannot convert "***" to type []byte');
  expect(logged).not.toContain('swordfish');
});

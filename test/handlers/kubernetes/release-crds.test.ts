import { FakeHelm } from './fake-helm';

let helm: FakeHelm;
beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => {});
  helm = new FakeHelm();
  helm.revisions = [{ status: 'deployed', owner: 'mine' }];
});
afterEach(() => jest.restoreAllMocks());

describe('the CRDs of a chart', () => {
  test.each(['', '\n---\n', '# Source: none\n'])('are not asked for if it has none: %j', async crds => {
    helm.crds = crds;
    await helm.serve('Update');
    expect(helm.changes.filter(it => it.startsWith('apply'))).toEqual([]);
  });

  test('may be JSON', async () => {
    helm.crds = '---\n{"kind":"CustomResourceDefinition"}\n';
    await helm.serve('Update');
    expect(helm.changes[0]).toMatch(/^apply --server-side /);
  });

  test('fail the request in kubectl\'s words, before the release is touched', async () => {
    helm.crds = 'kind: CustomResourceDefinition\n';
    helm.failures.push({ command: /^apply/, stderr: 'The CustomResourceDefinition "a.example.com" is invalid: spec.versions: Required value' });
    await expect(helm.serve('Update')).rejects.toThrow('kubectl apply of the chart\'s CRDs failed: The CustomResourceDefinition "a.example.com" is invalid');
    expect(helm.changes).toHaveLength(1);
  });

  test('fail the request if the API server does not serve them', async () => {
    helm.crds = 'kind: CustomResourceDefinition\n';
    helm.failures.push({ command: /^wait/, stderr: 'error: timed out waiting for the condition on customresourcedefinitions/a.example.com' });
    await expect(helm.serve('Update')).rejects.toThrow('kubectl wait of the chart\'s CRDs failed: error: timed out');
  });

  test('stay when the release is deleted', async () => {
    helm.applied = { 'a.example.com': ['eks-platform-mine'] };
    await helm.serve('Delete');
    expect(helm.changes.filter(it => it.startsWith('delete'))).toEqual([]);
  });

  test('are deleted after it if that is asked for, except those that others applied', async () => {
    helm.applied = {
      'a.example.com': ['eks-platform-mine'],
      'b.example.com': ['kubectl'],
      'c.example.com': ['eks-platform-mine', 'eks-platform-theirs'],
      'd.example.com': ['helm', 'eks-platform-mine'],
      'e.example.com': [],
    };
    expect(await helm.serve('Delete', { DeleteCrds: 'true' })).toMatchObject({ reason: 'Release shop/web is uninstalled, and 2 CRDs are deleted' });
    expect(helm.changes.at(-1)).toBe('delete customresourcedefinitions a.example.com d.example.com --ignore-not-found --timeout 120s');
  });

  test('fail the delete if they can\'t be deleted, and say what holds them', async () => {
    helm.applied = { 'a.example.com': ['eks-platform-mine'] };
    helm.failures.push({ command: /^delete/, stderr: 'error: timed out waiting for the condition on customresourcedefinitions/a.example.com' });
    helm.left = [{
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'a.example.com', deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['customresourcecleanup.apiextensions.k8s.io'] },
    }];
    await expect(helm.serve('Delete', { DeleteCrds: 'true' }))
      .rejects.toThrow(/^CRDs cannot be deleted: error: timed out.* a\.example\.com: it has the finalizer customresourcecleanup\.apiextensions\.k8s\.io/);
  });
});

test.each([
  ['revisions', /^get secrets/, 'Update', 'the revisions of shop/web cannot be read: Error from server: no'],
  ['owner', /^label/, 'Update', 'the revisions of shop/web cannot be handed over: Error from server: no'],
  ['record', /^uninstall web --namespace shop$/, 'Delete', 'helm uninstall shop/web failed: Error from server: no'],
  ['chart', /^show/, 'Update', 'helm show crds failed: Error from server: no'],
] as const)('what the API server refuses fails the request in its words: the %s', async (_, command, type, message) => {
  helm.failures.push({ command, stderr: 'Error from server: no' });
  await expect(helm.serve(type)).rejects.toThrow(message);
});

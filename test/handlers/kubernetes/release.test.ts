import { FakeHelm } from './fake-helm';
import { NOTHING, Unfinished } from '../../../handlers/shared/custom-resource';

let helm: FakeHelm;
beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => {});
  helm = new FakeHelm();
});
afterEach(() => jest.restoreAllMocks());

/** The upgrade that was run, with neutral paths. */
function upgrade(): string {
  return helm.commands.find(it => it.startsWith('upgrade'))!.replace(/\S+\/(eks-platform-\w+)/g, 'FOLDER');
}

describe('an install or upgrade', () => {
  test('pulls the chart, applies its CRDs, and then upgrades without them', async () => {
    helm.crds = 'kind: CustomResourceDefinition\n';
    expect(await helm.serve('Create', { Version: '1.0.0' })).toMatchObject({ id: 'shop/web', reason: 'Release shop/web is deployed' });
    expect(helm.commands.map(it => it.split(' ').slice(0, 2).join(' '))).toEqual([
      'pull chart', 'show crds', 'apply --server-side', 'wait --for', 'get secrets', 'upgrade web',
    ]);
    expect(helm.commands[0]).toMatch(/^pull chart --repo https:\/\/charts\.example\.com --version 1\.0\.0 --destination /);
    expect(helm.commands[2]).toMatch(/^apply --server-side --force-conflicts --field-manager eks-platform-mine --filename /);
    expect(upgrade()).toBe('upgrade web FOLDER/chart/chart-1.0.0.tgz --install --namespace shop --reset-values --values FOLDER/values.json'
      + ' --server-side true --force-conflicts --skip-crds --hide-notes --labels eks-platform-owner=mine --timeout 300s');
  });

  test.each([
    ['Wait', '--wait'], ['Atomic', '--rollback-on-failure'], ['CreateNamespace', '--create-namespace'],
  ])('passes %s on as %s, if it is true', async (property, option) => {
    await helm.serve('Create', { [property]: 'true' });
    await helm.serve('Update', { [property]: 'false' });
    expect(helm.commands.filter(it => it.startsWith('upgrade')).map(it => it.split(' ').includes(option))).toEqual([true, false]);
  });

  test('uses the timeout that was given, but no longer than the invocation lasts', async () => {
    await helm.serve('Create', { Timeout: '720s' });
    await helm.serve('Update', { Timeout: '900s' });
    expect(helm.commands.filter(it => it.startsWith('upgrade')).map(it => /--timeout (\S+)/.exec(it)![1])).toEqual(['720s', '820s']);
  });

  test('gives values in a file that only the function can read, and that is gone afterwards', async () => {
    await helm.serve('Create', { Values: '{"password":"hunter22"}' });
    expect(helm.values).toMatchObject({ text: '{"password":"hunter22"}', mode: 0o600 });
    helm.failures.push({ command: /^upgrade/, stderr: 'Error: no' });
    await expect(helm.serve('Update', { Values: '{"password":"hunter22"}' })).rejects.toThrow('helm upgrade shop/web failed: Error: no');
    expect(console.log).not.toHaveBeenCalledWith(expect.stringContaining('hunter22'));
  });

  test('gives values as they are, also numbers that JavaScript would round', async () => {
    await helm.serve('Create', { Values: '{"id": 12345678901234567890}' });
    expect(helm.values!.text).toBe('{"id": 12345678901234567890}');
  });

  test('does not quote values that are not JSON', async () => {
    await expect(helm.serve('Create', { Values: '{"password":"hunter22"' })).rejects.toThrow(/^`Values` \(22 characters\) must be JSON$/);
  });

  test('leaves CRDs alone if it is told to', async () => {
    helm.crds = 'kind: CustomResourceDefinition\n';
    await helm.serve('Create', { SkipCrds: 'true' });
    expect(helm.changes).toEqual([expect.stringMatching(/^upgrade .* --skip-crds /)]);
  });

  test('ends with another id where name or namespace changes, so that CloudFormation deletes the former release', async () => {
    expect(await helm.serve('Update', { Release: 'other' })).toMatchObject({ id: 'shop/other' });
    expect(await helm.serve('Update', { Namespace: undefined })).toMatchObject({ id: 'default/web' });
  });

  test('is unfinished if Helm was interrupted', async () => {
    helm.failures.push({ command: /^upgrade/, stderr: 'Error: context canceled', interrupted: true });
    await expect(helm.serve('Create')).rejects.toBeInstanceOf(Unfinished);
  });

  test('waits while the API server is away, and then recovers what Helm had left', async () => {
    helm.revisions = [{ status: 'deployed', owner: 'mine' }];
    helm.failures.push({
      command: /^upgrade/,
      stderr: 'Error: Kubernetes cluster unreachable: Get "https://127.0.0.1/version": dial tcp 127.0.0.1:443: connect: connection refused',
      before: () => helm.revisions.push({ status: 'pending-upgrade', owner: 'mine' }),
    });
    await helm.serve('Update');
    expect(helm.changes.map(it => it.split(' ').slice(0, 3).join(' '))).toEqual([
      expect.stringMatching('upgrade web'), 'rollback web 1', expect.stringMatching('upgrade web'), 'label secrets --namespace',
    ]);
    expect(helm.now).toBeGreaterThan(0);
  });
});

describe('what a killed Helm left', () => {
  const good = { status: 'deployed', owner: 'mine' };

  test.each([
    ['pending-install', [], ['uninstall web', 'uninstall web', 'upgrade web']],
    ['pending-upgrade', [good], ['rollback web 1', 'upgrade web']],
    ['pending-upgrade', [good, { status: 'failed', owner: 'mine' }], ['rollback web 1', 'upgrade web']],
    ['pending-upgrade', [{ status: 'superseded', owner: 'mine' }, { status: 'superseded', owner: 'mine' }], ['rollback web 2', 'upgrade web']],
    ['pending-upgrade', [{ status: 'failed', owner: 'mine' }], ['uninstall web', 'uninstall web', 'upgrade web']],
    ['pending-rollback', [good, { status: 'failed', owner: 'mine' }], ['rollback web 1', 'upgrade web']],
    ['uninstalling', [good], ['uninstall web', 'uninstall web', 'upgrade web']],
    ['failed', [good], ['upgrade web']],
  ])('is recovered: %s after %j', async (status, before, expected) => {
    helm.revisions = [...before.map(it => ({ ...it })), { status, owner: 'mine' }];
    await helm.serve('Create');
    expect(helm.changes.map(it => /^rollback/.test(it) ? it.split(' ').slice(0, 3).join(' ') : it.split(' ').slice(0, 2).join(' '))).toEqual(expected);
    expect(helm.revisions.at(-1)).toEqual({ status: 'deployed', owner: 'mine' });
  });

  test('runs no hooks for what was never installed', async () => {
    helm.revisions = [{ status: 'pending-install', owner: 'mine' }];
    await helm.serve('Create');
    expect(helm.changes[0]).toMatch(/^uninstall web --namespace shop --keep-history --wait --timeout \d+s --no-hooks$/);
  });

  test('is upgraded also if the rollback fails, as the release is not locked then', async () => {
    helm.revisions = [{ ...good }, { status: 'pending-upgrade', owner: 'mine' }];
    helm.failures.push({ command: /^rollback/, stderr: 'Error: no', before: () => helm.revisions.push({ status: 'failed', owner: 'mine' }) });
    await helm.serve('Update');
    expect(helm.revisions.at(-1)).toEqual(good);
  });

  test('is an error that says how to look at it, if it stays so', async () => {
    helm.revisions = [{ ...good }, { status: 'pending-upgrade', owner: 'mine' }];
    [1, 2, 3].forEach(() => helm.failures.push({ command: /^rollback/, stderr: 'Error: no' }));
    await expect(helm.serve('Update')).rejects.toThrow('shop/web cannot be recovered: see its revisions with helm history web --namespace shop');
  });

  test('is upgraded by another invocation if recovery took too long', async () => {
    helm.revisions = [{ ...good }, { status: 'pending-upgrade', owner: 'mine' }];
    const rollBack = helm.helm.bind(helm);
    helm.helm = async (args, options) => {
      helm.now += args[0] === 'rollback' ? 200_000 : 0;
      return rollBack(args, options);
    };
    await expect(helm.serve('Update', { Timeout: '720s' })).rejects.toThrow(new Unfinished('shop/web was recovered, and is upgraded next'));
    await helm.serve('Update', { Timeout: '720s' });
    expect(helm.revisions.at(-1)!.status).toBe('deployed');
  });
});

describe('a delete', () => {
  test('uninstalls, keeps the record until all is gone, and leaves CRDs', async () => {
    helm.revisions = [{ status: 'deployed', owner: 'mine' }];
    helm.manifest = 'kind: ConfigMap';
    helm.left = [{ items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' } }] }];
    expect(await helm.serve('Delete')).toMatchObject({ id: 'shop/web', reason: 'Release shop/web is uninstalled' });
    expect(helm.changes).toEqual(['uninstall web --namespace shop --keep-history --wait --timeout 300s', 'uninstall web --namespace shop']);
    expect(helm.now).toBe(2_000);
  });

  test.each(['shop/web', NOTHING])('of something that is not there succeeds: %s', async PhysicalResourceId => {
    expect(await helm.serve('Delete', {}, { PhysicalResourceId })).toMatchObject({ id: PhysicalResourceId });
    expect(helm.changes).toEqual([]);
  });

  test('fails with Helm\'s words, and again as long as objects stay', async () => {
    helm.revisions = [{ status: 'deployed', owner: 'mine' }];
    helm.failures.push({ command: /^uninstall/, stderr: 'Error: uninstallation completed with 1 error(s)', before: () => { helm.revisions[0].status = 'uninstalled'; } });
    await expect(helm.serve('Delete')).rejects.toThrow('helm uninstall shop/web failed: Error: uninstallation completed with 1 error(s)');
    helm.manifest = 'kind: ConfigMap';
    const held = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    helm.left = Array.from({ length: 20 }, () => held);
    await expect(helm.serve('Delete', { Timeout: '10s' })).rejects.toThrow(/^shop\/web is uninstalled, but some of its objects are still there after 10 s\. ConfigMap a is still there: /);
    helm.left = [];
    await helm.serve('Delete');
    expect(helm.revisions).toEqual([]);
  });

  test('of a release of another owner leaves it alone, and hands it over', async () => {
    helm.revisions = [{ status: 'superseded', owner: 'mine' }, { status: 'deployed', owner: 'theirs' }];
    expect(await helm.serve('Delete')).toMatchObject({ reason: 'Release shop/web stays: it belongs to another resource now' });
    expect(helm.changes).toEqual([
      'label secrets --namespace shop --overwrite --selector owner=helm,name=web,eks-platform-owner=mine eks-platform-owner=theirs',
    ]);
  });

  test('of what was taken over from another owner gives it back, as its deployment is rolled back', async () => {
    helm.revisions = [{ status: 'superseded', owner: 'theirs' }, { status: 'deployed', owner: 'mine' }];
    await helm.serve('Delete');
    expect(helm.changes).toEqual([expect.stringMatching(/^rollback web 1 /), expect.stringMatching(/^label .*=mine eks-platform-owner=theirs$/)]);
  });

  test.each([
    ['uninstalls it where this resource had it', 'shop/web', 2], ['leaves it alone where the create failed before', NOTHING, 0],
  ])('of a release that another program made %s', async (_, PhysicalResourceId, changes) => {
    helm.revisions = [{ status: 'deployed' }];
    await helm.serve('Delete', {}, { PhysicalResourceId });
    expect(helm.changes).toHaveLength(changes);
  });

  test('rolls a killed upgrade back first, as it may have left objects of two revisions', async () => {
    helm.revisions = [{ status: 'deployed', owner: 'mine' }, { status: 'pending-upgrade', owner: 'mine' }];
    await helm.serve('Delete');
    expect(helm.changes.map(it => it.split(' ')[0])).toEqual(['rollback', 'uninstall', 'uninstall']);
  });
});

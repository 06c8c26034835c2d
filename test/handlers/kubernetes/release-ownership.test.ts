import { FakeHelm, STACK } from './fake-helm';
import { NOTHING } from '../../../handlers/shared/custom-resource';

let helm: FakeHelm;
beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => {});
  helm = new FakeHelm();
});
afterEach(() => jest.restoreAllMocks());

const BY_HAND = { status: 'deployed' };
const FOREIGN = { status: 'deployed', owner: 'theirs', stack: 'another' };
const ADOPT = { Adopt: 'true' };
const CREATED = { PhysicalResourceId: 'shop/web' };

/** The first two words of each change. */
function changes(): string[] {
  return helm.changes.map(it => it.split(' ').slice(0, 2).join(' '));
}

describe.each([['installed by hand', BY_HAND], ['of another stack', FOREIGN]])('a release %s', (_, found) => {
  test('is refused by a creation, before anything is changed', async () => {
    helm.revisions = [{ ...found }];
    helm.crds = 'kind: CustomResourceDefinition\n';
    await expect(helm.serve('Create')).rejects.toThrow('The cluster already has the release shop/web (revision 1, deployed), which this stack did not install, and nothing was changed.'
      + ' Set the property `Adopt` of the chart\'s resource to adopt it, and to give it back at the end. Or uninstall it, if nobody needs it: helm uninstall web --namespace shop');
    expect(helm.changes).toEqual([]);
  });

  test.each([NOTHING, 'Shop-Release-1ABCDEF'])('is left alone by the deletion under an id that names nothing: %s', async PhysicalResourceId => {
    helm.revisions = [{ ...found }];
    await helm.serve('Delete', {}, { PhysicalResourceId });
    expect(helm.revisions).toEqual([found]);
  });

  test('goes back to what it was, where the creation that adopted it is rolled back', async () => {
    helm.revisions = [{ ...found }];
    await helm.serve('Create', ADOPT);
    expect(helm.revisions[1]).toEqual({ status: 'deployed', owner: 'mine', stack: STACK, adopted: true });
    expect(await helm.serve('Delete', {}, CREATED)).toMatchObject({ reason: 'Release shop/web is given back to whom it belonged to' });
    expect(changes().slice(1)).toEqual(['rollback web', 'label secrets']);
    expect(helm.revisions.at(-1)).toEqual(found);
    expect(helm.revisions.filter(it => it.owner === 'mine')).toEqual([]);
  });

  test('stays as it is, without our labels, at the end of the stack that adopted it', async () => {
    helm.revisions = [{ ...found }];
    await helm.serve('Create', ADOPT);
    await helm.serve('Update'); // the word is needed once
    expect(await helm.serve('Delete', {}, CREATED)).toMatchObject({ reason: 'Release shop/web stays as it is: it was there before' });
    expect(changes().filter(it => /^(uninstall|rollback)/.test(it))).toEqual([]);
    expect(helm.revisions.map(it => [it.owner, it.stack, it.adopted])).toEqual(helm.revisions.map(() => [undefined, undefined, undefined]));
  });

  test('is not adopted while a Helm is at work on it', async () => {
    helm.revisions = [{ ...found }, { ...found, status: 'pending-upgrade' }];
    await expect(helm.serve('Create', ADOPT)).rejects.toThrow('the release shop/web (revision 2, pending-upgrade), which this stack did not install');
    expect(helm.changes).toEqual([]);
  });

  test('that is installed while the chart is pulled is refused, too', async () => {
    helm.failures.push({ command: /^pull/, stderr: 'Error: connection reset', before: () => { helm.revisions = [{ ...found }]; } });
    await expect(helm.serve('Create')).rejects.toThrow('which this stack did not install');
    expect(helm.revisions).toEqual([found]);
  });
});

test('a failed release that was adopted is not uninstalled, whatever happens', async () => {
  helm.revisions = [{ status: 'failed' }];
  helm.failures.push({ command: /^upgrade/, stderr: 'Error: killed', before: () => helm.revisions.push({ status: 'pending-upgrade', owner: 'mine', stack: STACK, adopted: true }) });
  await expect(helm.serve('Create', ADOPT)).rejects.toThrow('killed');
  await helm.serve('Create', ADOPT);
  expect(helm.revisions.at(-1)).toMatchObject({ status: 'deployed', adopted: true });
  expect(await helm.serve('Delete', {}, CREATED)).toMatchObject({ reason: 'Release shop/web is given back to whom it belonged to' });
  expect(changes()).not.toContain('uninstall web');
});

test('a renamed construct of this stack takes its release with it, and what was adopted as adopted', async () => {
  helm.revisions = [{ ...BY_HAND }];
  await helm.serve('Create', ADOPT, {}, 'old');
  await helm.serve('Create', {}, {}, 'new');
  expect(await helm.serve('Delete', {}, CREATED, 'old')).toMatchObject({ reason: 'Release shop/web stays: it belongs to another resource now' });
  await helm.serve('Update', {}, {}, 'new');
  await helm.serve('Delete', {}, CREATED, 'new');
  expect(changes()).not.toContain('uninstall web');
});

test('what somebody uninstalled and only its history is left of does not come back', async () => {
  helm.revisions = [{ status: 'superseded' }, { status: 'uninstalled' }];
  await helm.serve('Create', ADOPT);
  helm.revisions[2].adopted = undefined;
  await helm.serve('Delete', {}, CREATED);
  expect(changes()).not.toContain('rollback web');
});

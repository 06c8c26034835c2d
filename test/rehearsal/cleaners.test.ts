import { renameCleaners } from '../../rehearsal/template/changes';
import { hasCleaners, isGuarded } from '../../rehearsal/template/platform';
import { PlatformProfile } from '../../src';
import type { Template } from '../../tools/template';
import { platformFixture } from '../support/fixtures';

const template = (): Template => platformFixture({ profile: PlatformProfile.PROD }).template().toJSON() as Template;
const byType = ({ Resources }: Template, type: string) => Object.entries(Resources).find(([, it]) => it.Type === type)!;

describe('what deletes things on its own deletion', () => {
  test('is there in a platform, and not in any template', () => {
    expect([hasCleaners(template()), isGuarded(template())]).toEqual([true, true]);
    expect([hasCleaners({ Resources: {} }), isGuarded({ Resources: {} })]).toEqual([false, false]);
  });

  test('is renamed, and nothing names it as before', () => {
    const renamed = template();
    const before = renameCleaners(renamed);
    expect(before).toHaveLength(2);
    before.forEach(id => expect(JSON.stringify(renamed)).not.toContain(`"${id}"`));
    before.forEach(id => expect(renamed.Resources).toHaveProperty(`${id}Renamed`));
    expect(Object.keys(renamed.Resources)).toHaveLength(Object.keys(template().Resources).length);
  });

  test.each(['Custom::EksPlatformTeardown', 'Custom::EksPlatformDrain'])('keeps its function and all it says when it is renamed: %s', type => {
    const renamed = template();
    renameCleaners(renamed);
    expect(byType(renamed, type)[1].Properties).toEqual(byType(template(), type)[1].Properties);
  });

  test('comes before and after the same as ever when it is renamed', () => {
    const renamed = template();
    renameCleaners(renamed);
    const [teardown] = byType(renamed, 'Custom::EksPlatformTeardown');
    expect(byType(renamed, 'AWS::EKS::Cluster')[1].DependsOn).toContain(teardown);
  });
});

import { PlatformProfile, type PlatformSettings, type PlatformSettingsOverrides } from '../../src';

const { DEV, STAGING, PROD } = PlatformProfile;

/** jsii has no Partial<>: the compiler keeps our own in step. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
export const inStep: Same<Required<PlatformSettingsOverrides>, PlatformSettings> = true;

test('profiles know their names, also when they are customized', () => {
  expect([DEV, STAGING, PROD].map(it => it.profileName)).toEqual(['dev', 'staging', 'prod']);
  expect(STAGING.customize({ natGateways: 3 }).profileName).toBe('staging');
});

test('all profiles have the same settings', () => {
  for (const profile of [STAGING, PROD]) {
    expect(Object.keys(profile.settings)).toEqual(Object.keys(DEV.settings));
  }
  expect(Object.values(DEV.settings)).not.toContain(undefined);
});

describe('customize', () => {
  test('gives a copy with the changed settings', () => {
    const custom = DEV.customize({ natGateways: 3, nodeMinSize: 5 });
    expect(custom.settings).toEqual({ ...DEV.settings, natGateways: 3, nodeMinSize: 5 });
  });

  test('leaves the original as it was', () => {
    const before = { ...PROD.settings };
    expect(PROD.customize({ deletionProtection: false, interfaceEndpoints: [] })).not.toBe(PROD);
    expect(PROD.settings).toEqual(before);
  });

  test('treats undefined as left out, but not false and 0', () => {
    const { settings } = PROD.customize({ natGateways: undefined, hubbleUi: false, nodeMinSize: 0 });
    expect(settings).toEqual({ ...PROD.settings, hubbleUi: false, nodeMinSize: 0 });
  });

  test('builds on what was customized before', () => {
    const { settings } = DEV.customize({ natGateways: 2 }).customize({ hubbleUi: false });
    expect(settings).toMatchObject({ natGateways: 2, hubbleUi: false });
  });
});

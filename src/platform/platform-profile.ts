import type { PlatformSettingsOverrides } from './platform-settings-overrides';
import { TABLE, type PlatformSettings } from './profile-table';
import { withDefaults } from './with-defaults';

/**
 * The settings of an environment: a column of the README's table.
 *
 * Props of EksPlatform win over the profile's settings.
 */
export class PlatformProfile {
  /** Small and cheap: one NAT gateway, single controllers. */
  public static readonly DEV = new PlatformProfile('dev', column(0));

  /** Like production, smaller: two NAT gateways, no deletion protection. */
  public static readonly STAGING = new PlatformProfile('staging', column(1));

  /** A NAT gateway in each zone, a private endpoint, encrypted Secrets, deletion protection. */
  public static readonly PROD = new PlatformProfile('prod', column(2));

  private constructor(
    /** The profile's name, or that of the profile that it was customized from. */
    public readonly profileName: string,
    /** The settings. */
    public readonly settings: PlatformSettings,
  ) {
  }

  /**
   * A copy of this profile with some settings changed.
   *
   * @param overrides the settings to change
   */
  public customize(overrides: PlatformSettingsOverrides): PlatformProfile {
    return new PlatformProfile(this.profileName, withDefaults(this.settings, overrides));
  }
}

function column(index: 0 | 1 | 2): PlatformSettings {
  return Object.fromEntries(Object.entries(TABLE).map(([setting, values]) => [setting, values[index]])) as unknown as PlatformSettings;
}

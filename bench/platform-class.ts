import { EksPlatform, PlatformProfile } from '@org/eks-platform';

/** What an app names of the library before anything is defined. */
export const NAMED = [EksPlatform, PlatformProfile];

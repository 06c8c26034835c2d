import { existsSync } from 'fs';
import { missingOf, programIn } from '../../rehearsal/setup/toolchain';
import { cacheFolder } from '../../rehearsal/support/paths';

/** A program, or why it is missing. */
export type Found = { readonly path: string; readonly missing?: undefined } | { readonly path: ''; readonly missing: string };

/** The program that a variable such as OPA names, or the one in the rehearsal's cache. */
export function findProgram(name: 'opa' | 'conftest'): Found {
  const variable = name.toUpperCase();
  const given = process.env[variable];
  const missing = given === undefined ? missingOf(['policies']) : existsSync(given) ? undefined : `${variable} names no file: ${given}`;
  return missing === undefined ? { path: given ?? programIn(cacheFolder(), name) } : { path: '', missing };
}

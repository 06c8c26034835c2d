import { existsSync, mkdirSync } from 'fs';
import { join } from 'path';
import { cacheFolder } from '../../rehearsal/support/paths';
import { start } from '../support/run';

const PROGRAMS = {
  opa: { module: 'github.com/open-policy-agent/opa', version: '1.22.2' },
  conftest: { module: 'github.com/open-policy-agent/conftest', version: '0.71.1' },
};

/** A program, or why it is missing. */
export type Found = { readonly path: string; readonly missing?: undefined } | { readonly path: ''; readonly missing: string };

/**
 * A program from its Go module: the one that a variable such as OPA names, or the one in the rehearsal's cache.
 *
 * Building it into the cache takes minutes, once. It happens in CI (the variable CI), or with BUILD_POLICY_PROGRAMS.
 */
export function findProgram(name: keyof typeof PROGRAMS, env: NodeJS.ProcessEnv = process.env): Found {
  const { module, version } = PROGRAMS[name];
  const given = env[name.toUpperCase()];
  const folder = join(cacheFolder(env), 'policy-programs', `${name}-${version}`);
  const path = given ?? join(folder, name);
  if (existsSync(path)) {
    return { path };
  }
  if (given !== undefined) {
    return { path: '', missing: `${name.toUpperCase()} names no file: ${given}` };
  }
  if (!env.CI && !env.BUILD_POLICY_PROGRAMS) {
    return { path: '', missing: `${name} is not built: set BUILD_POLICY_PROGRAMS=1 to build it with Go, once` };
  }
  mkdirSync(folder, { recursive: true });
  const built = start('go', ['install', '-trimpath', '-ldflags=-s -w', `${module}@v${version}`], {
    env: { GOBIN: folder, GOFLAGS: '-mod=mod', GOWORK: 'off', CGO_ENABLED: '0' },
  });
  if (built.error) {
    return { path: '', missing: `${name} is built with Go, which is missing` };
  }
  return built.status === 0 ? { path } : { path: '', missing: `go install failed for ${name}: ${built.stderr.trim().split('\n').at(-1)}` };
}

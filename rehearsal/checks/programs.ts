import { existsSync } from 'fs';
import { join } from 'path';
import { goInstall } from '../setup/go';

/** Programs that checks run, from their Go modules: the versions that the platform deploys. */
const MODULES = {
  /** node-cache 1.26.8 is a CoreDNS. */
  'coredns': 'github.com/coredns/coredns@v1.14.7',
  /** Of chart 1.21.1. */
  'external-dns': 'sigs.k8s.io/external-dns@v0.21.0',
} as const;

/** The name of a program that checks run. */
export type Program = keyof typeof MODULES;

/** Where a program lies, or will lie. */
export function programIn(cacheFolder: string, program: Program): string {
  return join(cacheFolder, 'go', 'bin', program);
}

/** Builds a program, unless it is there. @returns its path */
export async function buildProgram(cacheFolder: string, program: Program, say: (line: string) => void): Promise<string> {
  const path = programIn(cacheFolder, program);
  if (!existsSync(path)) {
    say(`building ${program} from its Go module`);
    const start = Date.now();
    await goInstall(MODULES[program], join(cacheFolder, 'go', 'bin'));
    say(`${program} is built, in ${Math.round((Date.now() - start) / 1000)} s`);
  }
  return path;
}

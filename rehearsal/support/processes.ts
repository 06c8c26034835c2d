import { type ChildProcess, spawn } from 'child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'fs';
import { createServer } from 'net';
import { join } from 'path';
import { record } from './killed';

/** How long a program may take to end by itself after SIGTERM; then it is killed. */
const PATIENCE_MS = 8000;

/** How a program is started. */
export interface StartOptions {
  /** @default - this process's own */
  readonly env?: NodeJS.ProcessEnv;
  /** @default - this process's own */
  readonly cwd?: string;
  /** What the program reads. @default - nothing */
  readonly stdin?: string;
}

/** A program that runs. */
export interface Running {
  readonly name: string;
  readonly pid: number;
  /** The file with all that it says. */
  readonly log: string;
  /** Its exit code, once it has ended; 128 and more when a signal ended it. */
  readonly exited: Promise<number>;
  /** Ends it and all that it started. */
  stop(): Promise<void>;
}

/**
 * Programs that run in the background, each in a process group of its own.
 *
 * All of them end when this process does. If it is killed by SIGKILL, the next rehearsal ends them: see `removeKilled`.
 */
export class Processes {
  private readonly running: Child[] = [];
  private readonly onExit: () => void;

  /**
   * @param logs the folder for what they say
   */
  constructor(readonly logs: string) {
    mkdirSync(logs, { recursive: true });
    this.onExit = () => this.running.forEach(child => child.signal('SIGKILL'));
    process.on('exit', this.onExit);
  }

  /** Starts a program. Its log is named after it. */
  start(name: string, command: string, args: string[], options: StartOptions = {}): Running {
    const child = new Child(name, command, args, options, join(this.logs, `${name}.log`));
    this.running.push(child);
    if (child.pid > 0) {
      record(this.logs, child.pid);
    }
    return child;
  }

  /** Ends all programs, the last that was started first. */
  async stopAll(): Promise<void> {
    while (this.running.length > 0) {
      await this.running[this.running.length - 1].stop();
      this.running.pop();
    }
    process.off('exit', this.onExit);
  }
}

class Child implements Running {
  readonly pid: number;
  readonly exited: Promise<number>;
  private readonly child: ChildProcess;

  constructor(readonly name: string, command: string, args: string[], options: StartOptions, readonly log: string) {
    const file = openSync(log, 'a', 0o600);
    writeSync(file, `# ${[command, ...args].join(' ')}\n`);
    // A group of its own, so that Ctrl-C reaches us first and children of children end with it.
    this.child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', file, file],
      detached: true,
    });
    this.child.stdin?.on('error', () => undefined); // it may end before it has read all
    this.child.stdin?.end(options.stdin);
    this.exited = new Promise(resolve => {
      this.child.on('error', error => {
        writeSync(file, `${error.message}\n`);
        closeSync(file);
        resolve(127);
      });
      this.child.on('exit', (code, signal) => {
        closeSync(file);
        resolve(code ?? 128 + (signal === 'SIGKILL' ? 9 : 15));
      });
    });
    this.pid = this.child.pid ?? -1;
  }

  async stop(): Promise<void> {
    this.signal('SIGTERM');
    await this.groupEnds();
    this.signal('SIGKILL');
    await this.groupEnds();
    await this.exited;
  }

  /** Sends a signal to the whole group. */
  signal(signal: NodeJS.Signals): void {
    if (this.pid > 0) {
      try {
        process.kill(-this.pid, signal);
      } catch {
        // the group has ended already
      }
    }
  }

  private async groupEnds(): Promise<void> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end && this.groupLives();) {
      await sleep(25);
    }
  }

  private groupLives(): boolean {
    try {
      return this.pid > 0 && process.kill(-this.pid, 0);
    } catch {
      return false;
    }
  }
}

/**
 * Runs `work`, and `clean` after it, however it ends: also by SIGINT (Ctrl-C), SIGTERM or SIGHUP.
 *
 * @returns what `work` returns; after a signal, this process ends with 128 and the signal's number
 */
export async function cleanly<T>(work: () => Promise<T>, clean: () => Promise<void>): Promise<T> {
  const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
  let cleaned: Promise<void> | undefined;
  const once = () => cleaned ??= clean();
  const handlers = Object.entries(signals).map(([name, number]) => {
    const handler = () => void once().finally(() => process.exit(128 + number));
    process.on(name, handler);
    return () => process.off(name, handler);
  });
  try {
    return await work();
  } finally {
    await once();
    handlers.forEach(remove => remove());
  }
}

/**
 * Waits until something holds, or fails with what is known about why it does not.
 *
 * @param what what is waited for, for the message
 * @param holds tries once; an error in it means not yet
 * @param running the program that has to make it true; when it ends, there is nothing to wait for
 */
export async function waitUntil(what: string, holds: () => Promise<boolean>, running: Running, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  let code: number | undefined;
  let why = '';
  void running.exited.then(exit => code = exit);
  for (;;) {
    try {
      if (await holds()) {
        return;
      }
    } catch (error) {
      why = `: ${(error as Error).message}`;
    }
    if (code !== undefined) {
      throw new Error(`${running.name} ended with ${code} before ${what}. ${running.log} ends with:\n${lastLines(running.log)}`);
    }
    if (Date.now() > end) {
      throw new Error(`no ${what} within ${seconds} s${why}. ${running.log} ends with:\n${lastLines(running.log)}`);
    }
    await sleep(50);
  }
}

/** The end of a log, for messages. */
export function lastLines(file: string, count = 10): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}

/** Ports of 127.0.0.1 that nobody listens on, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map(server => (server.address() as { port: number }).port);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}

/** Resolves after a time. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}

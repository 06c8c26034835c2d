import { spawn, type ChildProcess } from 'child_process';
import { createWriteStream, existsSync, readFileSync } from 'fs';
import { join } from 'path';
import type { Part } from './parts';
import { cpuSecondsOf } from './results';

/** How a part ended. */
export interface Ended {
  readonly code: number;
  /** For people to read, if the code is not 0. */
  readonly why: string;
  readonly milliseconds: number;
  /** Undefined if the part was killed. */
  readonly cpuSeconds?: number;
  /** The file with everything that it printed. */
  readonly log: string;
  /** The file with jest's results. */
  readonly results: string;
}

/** The shell knows how much CPU time its children took; Node does not. */
const TIMED = '"$@"; code=$?; times > "$PART_TIMES"; exit $code';

const running = new Set<Running>();

/** Stops all parts that are running. */
export function stopAll() {
  running.forEach(it => it.stop('SIGTERM'));
}

/** A part that is running, in its own process group. */
export class Running {
  public readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;

  /**
   * @param left milliseconds that are left for all parts
   * @param quiet writes what the part prints to its log only, and gives it a low priority
   */
  constructor(part: Part, root: string, reports: string, { left = Infinity, quiet = false }: { left?: number; quiet?: boolean }) {
    const file = (ending: string) => join(reports, `${part.name.replace(/\W+/g, '-')}.${ending}`);
    const [log, results, times] = [file('log'), file('json'), file('times')];
    const [script, ...args] = part.script;
    const jest = part.counting === 'jest' ? ['--', '--json', `--outputFile=${results}`] : [];
    const started = Date.now();
    const allowed = Math.min(part.minutes * 60_000, left);
    const command = ['bash', '-c', TIMED, 'part', 'npm', 'run', '--silent', script, ...args, ...jest];
    const [program, ...rest] = quiet ? ['nice', ...command] : command;
    this.child = spawn(program, rest, {
      cwd: root, env: { ...process.env, PART_TIMES: times }, detached: true, stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this);
    const written = createWriteStream(log);
    for (const [stream, own] of [[this.child.stdout!, process.stdout], [this.child.stderr!, process.stderr]] as const) {
      stream.pipe(written, { end: false });
      if (!quiet) {
        stream.pipe(own, { end: false });
      }
    }
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.stop('SIGTERM');
      setTimeout(() => this.stop('SIGKILL'), 60_000).unref();
    }, allowed);
    this.ended = new Promise(resolve => {
      const end = (code: number, why: string) => {
        clearTimeout(timer);
        running.delete(this);
        const cpuSeconds = existsSync(times) ? cpuSecondsOf(readFileSync(times, 'utf8')) : undefined;
        written.end(() => resolve({ code, why, milliseconds: Date.now() - started, cpuSeconds, log, results }));
      };
      this.child.on('error', error => end(1, `it did not start: ${error.message}`));
      this.child.on('close', (code, signal) => end(code ?? 1, late
        ? `it did not end within ${Math.round(allowed / 60_000)} minutes`
        : `it ended with ${signal ?? `exit code ${code}`}`));
    });
  }

  public stop(signal: NodeJS.Signals) {
    try {
      process.kill(-this.child.pid!, signal);
    } catch {
      // It has ended.
    }
  }
}

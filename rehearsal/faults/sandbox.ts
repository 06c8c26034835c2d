import { EventEmitter } from 'events';
import { readFileSync } from 'fs';
import * as os from 'os';
import { basename, dirname, join } from 'path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { never } from './calls';
import type { VirtualClock } from './clock';
import type { Files } from './files';
import type { Invocation } from './invocation';
import { ROOT } from '../support/paths';

/** How a program ended; without a code if a signal ended it. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The outer edges of a function: all by which it can see or change the world. */
export interface Edges {
  readonly clock: VirtualClock;
  /** In place of `/tmp`. */
  readonly files: Files;
  readonly env: NodeJS.ProcessEnv;
  aws(invocation: Invocation, client: string, operation: string, input: any, config: any): Promise<any>;
  fetch(invocation: Invocation, url: string, init: any): Promise<any>;
  /** @param interrupted settles when the program gets SIGINT */
  program(invocation: Invocation, name: string, args: string[], input: string, interrupted: Promise<unknown>): Promise<Ended>;
}

/** Modules of Node that neither see nor change the world. */
const OWN = ['buffer', 'crypto', 'events', 'path', 'querystring', 'string_decoder', 'url', 'util', 'zlib'];

/** What a module of a function gets instead of Node's own. */
const GLOBALS = [
  'require', 'module', 'exports', 'Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'fetch', 'AbortSignal', 'console', 'process',
];

/** Compiled once, run for each invocation. */
const compiled = new Map<string, Function>();

/** The handler of a function, loaded anew: nothing of an earlier invocation is left in its memory. */
export function load(functionName: string, invocation: Invocation, edges: Edges): (event: any, context: any) => Promise<unknown> {
  const modules = new Map<string, any>();
  const globals = globalsOf(invocation, edges);
  const use = (file: string): any => {
    if (!modules.has(file)) {
      const module = { exports: {} as any };
      modules.set(file, module);
      const require = (name: string) => name.startsWith('.') ? use(resolved(join(dirname(file), name))) : moduleOf(name, invocation, edges);
      compile(file)(...[require, module, module.exports, ...globals]);
    }
    return modules.get(file).exports;
  };
  return use(join(ROOT, 'handlers', functionName, 'index.ts')).handler;
}

function resolved(path: string): string {
  return compiledOrThere(`${path}.ts`) ? `${path}.ts` : join(path, 'index.ts');
}

function compiledOrThere(file: string): boolean {
  try {
    return compile(file) !== undefined;
  } catch (error: any) {
    if (error.code === 'ENOENT') {
      return false;
    }
    throw error;
  }
}

function compile(file: string): Function {
  if (!compiled.has(file)) {
    const { outputText } = transpileModule(readFileSync(file, 'utf8'), {
      compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
    });
    compiled.set(file, new Function(...GLOBALS, `${outputText}\n//# sourceURL=${file}`));
  }
  return compiled.get(file)!;
}

/** In the order of `GLOBALS`, without its first three. */
function globalsOf(invocation: Invocation, edges: Edges): unknown[] {
  const { clock } = edges;
  const later = (again: boolean) => (ring: (...args: any[]) => void, milliseconds = 0, ...args: any[]) => {
    const timer: any = { ref: () => timer, unref: () => timer };
    const set = () => {
      timer.cancel = clock.after(milliseconds, () => {
        if (!invocation.isDead) {
          if (again) {
            set();
          }
          ring(...args);
        }
      });
    };
    set();
    return timer;
  };
  const cancel = (timer: any) => timer?.cancel();
  class VirtualDate extends Date {
    public static now = () => clock.now();
    constructor(...args: any[]) {
      super(...(args.length === 0 ? [clock.now()] : args) as [number]);
    }
  }
  const signals = {
    any: AbortSignal.any,
    abort: AbortSignal.abort,
    timeout: (milliseconds: number) => {
      const controller = new AbortController();
      clock.after(milliseconds, () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')));
      return controller.signal;
    },
  };
  return [
    VirtualDate, later(false), cancel, later(true), cancel,
    (url: any, init: any = {}) => withSignal(edges.fetch(invocation, `${url}`, init), init.signal),
    signals, { log: () => undefined, error: () => undefined, warn: () => undefined }, { ...process, env: { ...edges.env } },
  ];
}

function withSignal<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return signal === undefined ? promise : Promise.race([promise, new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  })]);
}

function moduleOf(name: string, invocation: Invocation, edges: Edges): any {
  const plain = name.replace(/^node:/, '');
  if (OWN.includes(plain)) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the function says at run time what it needs
    return require(plain);
  }
  switch (plain) {
    case 'os':
      return { ...os, tmpdir: () => '/tmp' };
    case 'fs':
      return edges.files.module;
    case 'timers/promises':
      return { setTimeout: (milliseconds: number, value?: unknown) => alive(invocation, edges.clock.sleep(milliseconds)).then(() => value) };
    case 'child_process':
      return { spawn: (program: string, args: string[]) => spawn(program, args, invocation, edges) };
  }
  if (plain.startsWith('@aws-sdk/client-')) {
    return new Proxy({}, { get: (_, client) => clientOf(`${String(client)}`, invocation, edges) });
  }
  throw new Error(`a function asks for ${name}, which rehearsal/faults/sandbox.ts does not have: give it one that keeps to the virtual world`);
}

async function alive<T>(invocation: Invocation, promise: Promise<T>): Promise<T> {
  const result = await promise;
  return invocation.isDead ? never() : result;
}

/** A client of the SDK, whose methods are AWS's operations. */
function clientOf(name: string, invocation: Invocation, edges: Edges) {
  return class {
    constructor(config: any) {
      return new Proxy(this, {
        get: (_, operation) => (input: any, options: any = {}) =>
          withSignal(withTimeout(edges.aws(invocation, name, String(operation), input, config), config, edges.clock), options.abortSignal),
      });
    }
  };
}

/** The SDK gives up a request after its handler's `requestTimeout`, if that is given; it has none by itself. */
function withTimeout<T>(promise: Promise<T>, config: any, clock: VirtualClock): Promise<T> {
  const timeout = config?.requestHandler?.requestTimeout ?? config?.requestHandler?.socketTimeout;
  return timeout === undefined ? promise : Promise.race([promise, clock.sleep(timeout * (config.maxAttempts ?? 3)).then(() => {
    throw Object.assign(new Error(`Connection timed out after ${timeout} ms`), { name: 'TimeoutError' });
  })]);
}

/** A process. SIGINT lets it end by itself; SIGKILL, and the end of its function, do not. */
function spawn(path: string, args: string[], invocation: Invocation, edges: Edges) {
  const child: any = new EventEmitter();
  const stream = () => Object.assign(new EventEmitter(), { setEncoding() { return this; } });
  [child.stdout, child.stderr] = [stream(), stream()];
  let [hasEnded, interrupt] = [false, () => {}];
  const interrupted = new Promise<void>(resolve => { interrupt = resolve; });
  const end = ({ code, stdout, stderr }: Ended) => {
    if (!hasEnded && !invocation.isDead) {
      hasEnded = true;
      child.exitCode = code;
      child.stdout.emit('data', stdout);
      child.stderr.emit('data', stderr);
      child.emit('exit', code);
      child.emit('close', code);
    }
  };
  // A program of a function that is dead, or that was killed, does nothing more.
  const own = Object.create(invocation, { isDead: { get: () => invocation.isDead || hasEnded } });
  child.kill = (signal = 'SIGTERM') => {
    if (hasEnded) {
      return false;
    }
    signal === 'SIGKILL' ? end({ code: null, stdout: '', stderr: '' }) : interrupt();
    return true;
  };
  child.stdin = Object.assign(new EventEmitter(), {
    end: (input = '') => { void edges.program(own, basename(path), args, input, interrupted).then(end); },
  });
  return child;
}

import { spawn } from 'child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'http';
import { createServer as createHttp2Server } from 'http2';
import type { AddressInfo, Server } from 'net';
import { createServer as createTcpServer } from 'net';
import { tmpdir } from 'os';
import { join } from 'path';
import { ROOT, tryToRun } from '../../tools/programs';

/** The probes that the image brings programs for. */
const NEEDED = ['sh', 'curl', 'dig', 'jq'];

/** Which of their programs is not here. */
export const missingPrograms = NEEDED.find(it => tryToRun('sh', ['-c', `command -v ${it}`]) === undefined);
export const probesMissing = missingPrograms && `${missingPrograms} is not here`;

/** What a probe said. */
export interface Report {
  readonly code: number | null;
  readonly head: string;
  /** What each check said, by its name. */
  readonly ok: { [check: string]: string };
  readonly failed: { [check: string]: string };
}

/**
 * Runs a probe as a plain process, with little patience.
 *
 * @param account the service account's files
 */
export async function probe(
  script: string, environment: { [name: string]: string }, account: { [file: string]: string } = { 'ca.crt': '', 'token': 'a-token' },
): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'probe-'));
  Object.entries(account).forEach(([file, content]) => writeFileSync(join(folder, file), content));
  const report = join(folder, 'report');
  const env = { PROBE_SECONDS: '1', PROBE_PAUSE: '0.2', CUT_SECONDS: '1', PROBE_REPORT: report, ACCOUNT: folder, ...environment };
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = spawn('sh', [join(ROOT, 'integ/support/probes', `${script}.sh`)], { env: { PATH: process.env.PATH!, ...env }, stdio: 'ignore' });
      child.on('error', reject).on('close', resolve);
    });
    const [head, ...lines] = readFileSync(report, 'utf8').trim().split('\n');
    const of = (word: string) => Object.fromEntries(lines.filter(it => it.startsWith(`${word} `)).map(it => {
      const [, name, said] = /^\w+ ([^ ]+): ?(.*)$/.exec(it)!;
      return [name, said];
    }));
    return { code, head, ok: of('ok'), failed: of('FAILED') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const servers: Server[] = [];
const sockets = new Set<{ destroy(): void }>();

/** Lets a server listen on an address of this machine until the tests are over. */
export async function listening<S extends Server>(server: S, address = '127.0.0.1', port = 0): Promise<{ server: S; port: number }> {
  servers.push(server);
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** Ends all that was listening. */
export function stopAll() {
  sockets.forEach(socket => socket.destroy());
  servers.splice(0).forEach(server => server.close());
}

/** Accepts connections and never says a word, as packets that are dropped. */
export function silence() {
  return createTcpServer(() => undefined);
}

/** Answers by a function. */
export function http(answer: (request: IncomingMessage, body: string) => { code?: number; text: string; headers?: { [name: string]: string } }) {
  return createServer((request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.on('data', chunk => { body += chunk; });
    request.on('end', () => {
      const { code = 200, text, headers } = answer(request, body);
      response.writeHead(code, headers).end(text);
    });
  });
}

/** Answers gRPC calls of one path with a status and a message; all others are not implemented. */
export function grpc(path: string, status = '0') {
  return createHttp2Server().on('stream', (stream, headers) => {
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': headers[':path'] === path ? status : '12' }));
    stream.resume().on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.end(Buffer.from([0, 0, 0, 0, 2, 8, 1]));
    });
  });
}

/** A Kubernetes API that knows some paths: what stands in their lists and objects. Others get its 404. */
export function kubernetes(paths: { [path: string]: any }) {
  return http((request, body) => {
    const path = decodeURIComponent(request.url!);
    const known = paths[`${request.method} ${path}`] ?? (request.method === 'GET' ? paths[path] : undefined);
    const answer = typeof known === 'function' ? known(body ? JSON.parse(body) : undefined) : known;
    return answer === undefined
      ? { code: 404, text: JSON.stringify({ kind: 'Status', status: 'Failure', code: 404, message: `not found: ${path}` }) }
      : { code: answer.code ?? 200, text: JSON.stringify(answer) };
  });
}

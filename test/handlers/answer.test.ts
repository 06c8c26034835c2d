import { readdirSync, statSync } from 'fs';
import { createServer, type Server } from 'http';
import type { AddressInfo } from 'net';
import { join } from 'path';
import { deletion, FakeAws } from './fake-aws';
import { serve, type World } from '../../handlers/shared/custom-resource';
import { handler } from '../../handlers/teardown';

const invocation = { functionName: 'teardown', getRemainingTimeInMillis: () => 900_000 };

let server: Server;
let requests: any[];
let status: number;
beforeEach(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => {});
  [requests, status] = [[], 200];
  server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    requests.push({ method: request.method, type: request.headers['content-type'], body: JSON.parse(body) });
    response.writeHead(status).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  jest.replaceProperty(process, 'env', { ...process.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
});
afterEach(() => {
  server.close();
  jest.restoreAllMocks();
});

const create = () => deletion({}, { RequestType: 'Create', ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });

test('answers CloudFormation at the address that it signed, without a content type', async () => {
  await handler(create(), invocation);
  expect(requests).toEqual([{ method: 'PUT', type: '', body: expect.objectContaining({ Status: 'SUCCESS', StackId: 'stack', LogicalResourceId: 'Teardown' }) }]);
});

describe('CloudFormation takes 4096 bytes', () => {
  const world = (bodies: any[]): World => ({
    aws: new FakeAws(), clock: { now: () => 0, sleep: async () => undefined }, respond: async (_url, body) => { bodies.push(body); },
  });
  const answered = async (message: string, more: object = {}) => {
    const bodies: any[] = [];
    await serve({ ...create(), ...more }, invocation, world(bodies), async () => { throw new Error(message); });
    return bodies[0];
  };
  const LONG_IDS = { StackId: 's'.repeat(250), LogicalResourceId: 'l'.repeat(255), PhysicalResourceId: 'p'.repeat(1024), RequestId: 'r'.repeat(128) };

  test.each([
    ['letters', 'the pod is not ready. '.repeat(1000)],
    ['Japanese', 'この名前空間では許可されていません。'.repeat(200)],
    ['emoji', '🚢'.repeat(3000)],
    ['what JSON escapes', '"\\\u0001'.repeat(3000)],
    ['letters and then halves of characters', 'a\ud83d'.repeat(3000)],
  ])('and gets no more: of %s', async (_, message) => {
    for (const more of [{}, LONG_IDS]) {
      const body = await answered(message, more);
      const sent = JSON.stringify(body);
      expect(Buffer.byteLength(sent)).toBeLessThanOrEqual(4096);
      expect(body.Reason).toMatch(/\.\.\. \(more in the function's log\)$/);
      expect(body.Reason.length).toBeGreaterThan(200);
      expect(message.startsWith(body.Reason.replace(/\.\.\. \(more.*$/, ''))).toBe(true);
    }
    expect((await answered('🚢'.repeat(3000))).Reason).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  });

  test('and gets all of a short reason, in any language', async () => {
    expect((await answered('名前が無効です')).Reason).toBe('名前が無効です');
  });
});

test('fails when the answer is not taken, so that Lambda sends the event again', async () => {
  status = 500;
  await expect(handler(create(), invocation)).rejects.toThrow('CloudFormation did not accept the answer: 500');
});

test('the functions are built into at most 100 KB', () => {
  const folder = join(__dirname, '..', '..', 'assets');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  expect(files).toContain(join('teardown', 'index.js'));
  expect(files.map(file => statSync(join(folder, file))).reduce((sum, it) => sum + (it.isFile() ? it.size : 0), 0)).toBeLessThanOrEqual(100_000);
});

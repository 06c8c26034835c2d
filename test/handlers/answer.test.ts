import { readdirSync, statSync } from 'fs';
import { createServer, type Server } from 'http';
import type { AddressInfo } from 'net';
import { join } from 'path';
import { deletion } from './fake-aws';
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

import { createServer, type AddressInfo, type Server, type Socket } from 'net';
import { FakeAws } from './fake-aws';
import { Sdk } from '../../handlers/shared/aws';
import { serve, signedAt, Unfinished, WORLD, type Request } from '../../handlers/shared/custom-resource';

const SENT = Date.UTC(2026, 10, 23, 10, 30, 15);
const MINUTE = 60_000;

/** An event of ten thirty and fifteen seconds, as each of Lambda's tries delivers it. */
const EVENT: Request<object> = {
  RequestType: 'Create',
  ResponseURL: 'https://cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com/arn?X-Amz-Algorithm=AWS4-HMAC-SHA256'
    + '&X-Amz-Date=20261123T103015Z&X-Amz-SignedHeaders=host&X-Amz-Expires=7200&X-Amz-Signature=0',
  StackId: 'stack',
  RequestId: 'request',
  ResourceType: 'Custom::Any',
  LogicalResourceId: 'Any',
  ResourceProperties: {},
};

beforeEach(() => { jest.spyOn(console, 'log').mockImplementation(() => {}); });
afterEach(() => jest.restoreAllMocks());

/** What comes of an event that is delivered some minutes after it was sent: answers, deadline, and what goes on. */
async function delivered(minutes: number, event = EVENT, work = async (): Promise<{ id: string }> => ({ id: 'a' })) {
  const now = SENT + minutes * MINUTE;
  const answers: any[] = [];
  const aws = new FakeAws();
  let deadline: number | undefined;
  await serve(event, { functionName: 'any', getRemainingTimeInMillis: () => 15 * MINUTE }, {
    aws, clock: { now: () => now, sleep: async () => {} }, respond: async (_url, body) => { answers.push(body); },
  }, async until => {
    deadline = (until - SENT) / MINUTE;
    return work();
  });
  return { answers, deadline, continued: aws.calls.map(it => JSON.parse(it.input.Payload)) };
}

test('the start is in the signed address, which survives a killed function', async () => {
  expect(signedAt(EVENT.ResponseURL)).toBe(SENT);
  expect((await delivered(46)).deadline).toBe(55);
  const { continued, answers } = await delivered(54, EVENT, async () => { throw new Unfinished('not yet'); });
  expect([continued, answers]).toEqual([[], [expect.objectContaining({ Status: 'FAILED', Reason: 'not yet' })]]);
  expect((await delivered(30, EVENT, async () => { throw new Unfinished('not yet'); })).continued[0].StartedAt).toBe(SENT);
});

test('a clock that is behind CloudFormation\'s takes nothing away', async () => {
  expect((await delivered(-1)).deadline).toBe(13);
});

test('an event that comes too late is answered, and not served', async () => {
  expect(await delivered(56)).toEqual({
    deadline: undefined,
    continued: [],
    answers: [expect.objectContaining({ Status: 'FAILED', Reason: 'The request was sent 56 minutes ago, which is too long for it to be served: nothing was changed now' })],
  });
});

test('an event whose address does not take an answer any more is dropped', async () => {
  expect(await delivered(121)).toEqual({ deadline: undefined, continued: [], answers: [] });
  expect((await delivered(500, { ...EVENT, ResponseURL: 'https://example.com/' })).answers).toMatchObject([{ Status: 'SUCCESS' }]);
});

describe('a server that accepts connections and says nothing', () => {
  let server: Server;
  const sockets: Socket[] = [];
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    server = createServer(socket => { sockets.push(socket.on('error', () => {})); });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    env = process.env;
    const AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env = { ...env, AWS_ENDPOINT_URL, AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  });
  afterEach(() => {
    process.env = env;
    sockets.forEach(it => it.destroy());
    server.close();
  });

  test('does not hold a call of AWS', async () => {
    await expect(new Sdk(100).call('eks', 'describeCluster', { name: 'shop' })).rejects.toThrow(/timeout|timed out|100 ms/i);
    expect(sockets.length).toBeGreaterThan(1); // it was asked again
  }, 60_000);

  test('does not hold the answer', async () => {
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation(abortedSoon);
    await expect(WORLD.respond(process.env.AWS_ENDPOINT_URL!, {})).rejects.toThrow(/abort/i);
    expect(timeout).toHaveBeenCalledWith(20_000);
  });
});

function abortedSoon(): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  return controller.signal;
}

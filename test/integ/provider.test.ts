import { join } from 'path';
import { http, listening, stopAll } from './probes';

/*
 * How the provider of IntegTest's assertions behaves, which `Checks` relies on: run here as it is deployed, but for where it sends
 * its answer and for what AWS would say.
 */
const https = jest.requireActual('https'); // as the provider sees it
const { handler } = jest.requireActual(join(require.resolve('@aws-cdk/integ-tests-alpha/package.json'), '../lib/assertions/providers/lambda-handler.bundle/index.js'));

/** What it answers to CloudFormation. */
async function answer(type: string, properties: any): Promise<any> {
  let sent = '';
  const request = jest.spyOn(https, 'request').mockImplementation(((_options: any, done: () => void) => ({
    on: () => undefined, write: (body: string) => { sent = body; }, end: () => done(),
  })) as any);
  const log = jest.spyOn(console, 'log').mockReturnValue(undefined);
  const info = jest.spyOn(console, 'info').mockReturnValue(undefined);
  try {
    await handler({
      RequestType: 'Create', ResponseURL: 'https://example.com/', LogicalResourceId: 'Dns', StackId: 'stack', RequestId: 'request', ResourceType: type, ResourceProperties: properties,
    }, { getRemainingTimeInMillis: () => 10_000 });
  } finally {
    [request, log, info].forEach(it => it.mockRestore());
  }
  return JSON.parse(sent);
}

const EQUALS = 'Custom::DeployAssert@AssertEquals';
const expected = '{"$StringLike":"^PASSED "}';

test('a probe that failed is the error of the deployment, with its name and its reason', async () => {
  const { Status, Reason, LogicalResourceId } = await answer(EQUALS, { actual: 'FAILED 1 of 2 checks\nFAILED cache: no address\nok a: b', expected, failDeployment: 'true' });
  expect([Status, LogicalResourceId]).toEqual(['FAILED', 'Dns']);
  expect(Reason).toMatch(/FAILED cache: no address/);
});

test('the longest report that failed still fits into an answer', async () => {
  const report = `FAILED 12 of 12 checks\n${'FAILED a-check: some words\n'.repeat(200)}`.slice(0, 1400);
  expect(Buffer.byteLength(JSON.stringify(await answer(EQUALS, { actual: report, expected, failDeployment: 'true' })))).toBeLessThan(4096);
});

test('a probe that passed gives the attribute that is an output, and not the one that it is by default', async () => {
  const { Status, Data } = await answer(EQUALS, { actual: 'PASSED 2 of 2 checks\nok a: b', expected, failDeployment: 'true' });
  expect([Status, Data.assertion, Data.data]).toEqual(['SUCCESS', '{"status":"success"}', undefined]);
});

test('without `failDeployment` a failure is a success with words in its output', async () => {
  const { Status, Data } = await answer(EQUALS, { actual: 'FAILED', expected });
  expect(Status).toBe('SUCCESS');
  expect(JSON.parse(Data.assertion)).toMatchObject({ status: 'fail', message: expect.stringContaining('FAILED') });
});

test.each<[string, any, any, string]>([
  ['a value', '"active"', 'active', 'success'],
  ['another value', '"active"', 'pending', 'fail'],
  ['false, of which it takes no notice,', 'false', false, 'fail'],
  ['no value', '"active"', undefined, 'fail'],
  ['what ExpectedResult.exact writes, which is why it is not used,', '{"$Exact":"active"}', 'active', 'fail'],
  ['text that matches', '{"$StringLike":"^eni-"}', 'eni-1-all', 'success'],
  ['a page of the backend', '{"$ObjectLike":{"status":200,"body":{"$ObjectLike":{"backend":"web"}}}}', { ok: true, status: 200, body: { backend: 'web', path: '/' } }, 'success'],
  ['an error page', '{"$ObjectLike":{"status":200,"body":{"$ObjectLike":{"backend":"web"}}}}', { ok: false, status: 503, body: 'unavailable' }, 'fail'],
  ['an empty list', '{"$ObjectLike":{"NatGateways":[]}}', { NatGateways: [] }, 'success'],
  ['a list that is not empty', '{"$ObjectLike":{"NatGateways":[]}}', { NatGateways: [{ State: 'available' }] }, 'fail'],
])('%s is compared as expected', async (_, wanted, actual, status) => {
  const { Data } = await answer(EQUALS, { actual, expected: wanted });
  expect(JSON.parse(Data.assertion).status).toBe(status);
});

describe('a call of AWS', () => {
  afterEach(stopAll);

  const ask = async (state: string) => {
    // Six kilobytes, of which CloudFormation would take four.
    const tags = '<item><key>name</key><value>a value of some length</value></item>'.repeat(100);
    const { port } = await listening(http(() => ({
      text: `<DescribeSubnetsResponse><subnetSet><item><state>${state}</state><tagSet>${tags}</tagSet></item></subnetSet></DescribeSubnetsResponse>`,
      headers: { 'content-type': 'text/xml' },
    })));
    const environment = { AWS_ENDPOINT_URL_EC2: `http://127.0.0.1:${port}`, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
    Object.assign(process.env, environment);
    try {
      return await answer('Custom::DeployAssert@SdkCall@aws-sdkclient-ec2describeSubnets', {
        service: '@aws-sdk/client-ec2',
        api: 'describeSubnets',
        parameters: { Filters: JSON.stringify([{ Name: 'vpc-id', Values: ['vpc-1'] }]) },
        actualPath: 'Subnets.0.State',
        expected: '"available"',
        flattenResponse: 'true',
        outputPaths: ['Subnets.0.State'],
      });
    } finally {
      Object.keys(environment).forEach(name => delete process.env[name]);
    }
  };

  test('compares what is at the path, and brings back no more', async () => {
    expect(await ask('available')).toMatchObject({ Status: 'SUCCESS', Data: { 'assertion': '{"status":"success"}', 'apiCallResponse.Subnets.0.State': 'available' } });
  });

  test('that is answered otherwise is a success with words in its output', async () => {
    const { Status, Data } = await ask('pending');
    expect([Status, JSON.parse(Data.assertion).status]).toEqual(['SUCCESS', 'fail']);
    expect(Data.assertion).toContain('pending');
  });
});

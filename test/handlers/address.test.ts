import { handler as kubernetes } from '../../handlers/kubernetes';
import { checkAddress } from '../../handlers/shared/address';
import { handler as teardown } from '../../handlers/teardown';

test.each([
  ['us-east-1', 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/arn%3Aaws/x?X-Amz-Signature=0a'],
  ['eu-west-1', 'https://cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com/x'],
  ['me-central-1', 'https://cloudformation-custom-resource-response-mecentral1.s3.me-central-1.amazonaws.com/x'],
  ['cn-north-1', 'https://cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn/x'],
  ['us-gov-west-1', 'https://cloudformation-custom-resource-response-usgovwest1.s3.dualstack.us-gov-west-1.amazonaws.com/x'],
  ['us-west-2', 'https://cloudformation-custom-resource-response-uswest2.s3-fips.us-west-2.amazonaws.com/x'],
  ['eusc-de-east-1', 'https://cloudformation-custom-resource-response-eusc-de-east-1.s3.eusc-de-east-1.amazonaws.eu/x'],
  ['us-iso-east-1', 'https://cloudformation-custom-resource-response-us-iso-east-1.s3.us-iso-east-1.c2s.ic.gov/x'],
  ['eu-west-1', 'https://s3.eu-west-1.amazonaws.com/cloudformation-custom-resource-response-euwest1/x'],
])('in %s, CloudFormation takes its answer at %s', (AWS_REGION, address) => {
  expect(() => checkAddress(address, { AWS_REGION })).not.toThrow();
});

test.each([
  'https://example.com/',
  'https://shop.s3.cn-north-1.amazonaws.com.cn/', // of another partition
  'https://s3.amazonaws.com.example.com/',
  'https://examples3.amazonaws.com.evil.cn/',
  'https://bucket.s3.evilamazonaws.com/',
  'https://evil-s3.execute-api.eu-west-1.amazonaws.com/',
  'https://abc.execute-api.eu-west-1.amazonaws.com/s3.amazonaws.com/',
  'https://s3.amazonaws.com@example.com/',
  'https://example.com#.s3.amazonaws.com/',
  'http://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/',
  'http://169.254.169.254/latest/meta-data/',
  'http://127.0.0.1:4566/x',
  'file:///etc/passwd',
  'not an address',
  '',
  undefined,
])('nobody else gets it: %s', address => {
  expect(() => checkAddress(address, { AWS_REGION: 'eu-west-1' })).toThrow(/^The answer would not go to CloudFormation, but to .*, and nothing was done/);
});

test('an emulator of AWS takes it, where the SDK is pointed at one', () => {
  const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' };
  expect(() => checkAddress('http://127.0.0.1:4566/_ministack/cfn-response/1', env)).not.toThrow();
  expect(() => checkAddress('http://127.0.0.2:4566/', env)).toThrow();
});

test('the functions do nothing where somebody else would get it', async () => {
  const event = { RequestType: 'Delete', ResponseURL: 'https://example.com/', ResourceProperties: {} } as any;
  const fetched = jest.spyOn(global, 'fetch').mockResolvedValue(new Response());
  for (const handler of [kubernetes, teardown]) {
    await expect(handler(event, { functionName: 'any', getRemainingTimeInMillis: () => 900_000 })).rejects.toThrow('but to example.com, and nothing was done');
  }
  expect(fetched).not.toHaveBeenCalled();
});

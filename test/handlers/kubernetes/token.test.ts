import { callerFrom, presigned, tokenFor, type Caller } from '../../../handlers/kubernetes/token';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0, 999);

const caller: Caller = {
  region: 'eu-central-1', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

/** The query that botocore writes at the same time, with the same credentials. */
function query(region: string, rest: string): string {
  return 'Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256'
    + `&X-Amz-Credential=AKIDEXAMPLE%2F20261123%2F${region}%2Fsts%2Faws4_request&X-Amz-Date=20261123T120000Z&X-Amz-Expires=60${rest}`;
}

/** As botocore 1.43 signed them, for a cluster called shop. */
const SIGNED: [string, Partial<Caller>, string, string][] = [
  ['for a region', {}, 'https://sts.eu-central-1.amazonaws.com', '373d9bcaa61729b50e76e3a9f1611762c7d4dcbe9a8505a1f3b0c48d83edd891'],
  ['for a region of China', { region: 'cn-north-1' }, 'https://sts.cn-north-1.amazonaws.com.cn', 'a1913adc5bd026dc33b1f153ca72fd1c562829e555de782d0e8dffd57aa5595a'],
  ['for a region of GovCloud', { region: 'us-gov-west-1' }, 'https://sts.us-gov-west-1.amazonaws.com', 'b7e971b725b7672867fba72ad82f953d33d2703b394572178b382053f5a67327'],
  ['for an endpoint that is given', { region: 'us-east-1', endpoint: 'http://127.0.0.1:4566' }, 'http://127.0.0.1:4566', '67ee1aac0b107d8509df04eb93370b9bd95fcb7ab3d5814af57b4d97a8bbb877'],
];

test.each(SIGNED)('signs the question to STS as botocore does, %s', (_, more, origin, signature) => {
  const region = more.region ?? 'eu-central-1';
  expect(presigned('shop', { ...caller, ...more }, NOW))
    .toBe(`${origin}/?${query(region, '')}&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=${signature}`);
});

test('signs with the session token that a function\'s credentials have, as botocore does', () => {
  // botocore writes the same parameters in another order, and signs them in this one.
  const url = new URL(presigned('shop', { ...caller, sessionToken: 'IQoJb3JpZ2lu/X2VjEA+=' }, NOW));
  expect(url.searchParams.get('X-Amz-Security-Token')).toBe('IQoJb3JpZ2lu/X2VjEA+=');
  expect(url.searchParams.get('X-Amz-Signature')).toBe('42060a312b33b6dd3f205253a60c0ac496f6ec7e5df811e53b36d5708bbb14d5');
});

test('the address depends on the cluster\'s name, so that another cluster does not take the token', () => {
  expect(presigned('other', caller, NOW)).not.toBe(presigned('shop', caller, NOW));
});

test('wraps the address as EKS expects it: no padding, no characters that an HTTP header may not have', () => {
  const token = tokenFor('shop', caller, NOW);
  expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
  expect(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString()).toBe(presigned('shop', caller, NOW));
});

test.each([
  ['eusc-de-east-1', 'amazonaws.eu'],
  ['us-iso-east-1', 'c2s.ic.gov'],
  ['us-isob-east-1', 'sc2s.sgov.gov'],
  ['us-isof-south-1', 'csp.hci.ic.gov'],
  ['eu-isoe-west-1', 'cloud.adc-e.uk'],
])('asks the STS of %s', (region, suffix) => {
  expect(new URL(presigned('shop', { ...caller, region }, NOW)).host).toBe(`sts.${region}.${suffix}`);
});

test('uses the variables that Lambda gives its functions', () => {
  expect(callerFrom({
    AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token', AWS_ENDPOINT_URL_STS: 'https://sts.example.com',
  })).toEqual({ region: 'eu-central-1', accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token', endpoint: 'https://sts.example.com' });
});

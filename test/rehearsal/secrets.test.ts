import { leaks, PlantedSecret, secretsOf } from '../../rehearsal/lifecycle/leaks';

const encoded = (text: string) => Buffer.from(text).toString('base64');
const secret = (data: object, type = 'Opaque') => ({ type, metadata: { namespace: 'web', name: 'login' }, data });

test('collects the values of Secrets, as they are and as the API has them', () => {
  expect(secretsOf([secret({ password: encoded('correct horse battery') })])).toEqual({
    'password of Secret web/login': 'correct horse battery',
    'password of Secret web/login, encoded': encoded('correct horse battery'),
  });
});

test('leaves out what stands anywhere, what everyone may see, and Helm\'s own records', () => {
  const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
  expect(secretsOf([secret({ 'user': encoded('admin'), 'tls.crt': encoded(certificate) }), secret({ release: encoded('a'.repeat(50)) }, 'helm.sh/release.v1'), {
    type: 'Opaque', metadata: { namespace: 'web', name: 'empty' },
  }])).toEqual({});
});

test.each([
  ['a value', 'helm: password=correct horse battery', ['password is in the log']],
  ['a token', 'Bearer k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbQ', ['a token for Kubernetes is in the log']],
  ['a key', '-----BEGIN RSA PRIVATE KEY-----', ['a private key is in the log']],
  ['nothing', 'Release "web" has been upgraded', []],
])('finds %s without saying it again', (_, text, expected) => {
  expect(leaks({ 'the log': text }, { password: 'correct horse battery' })).toEqual(expected);
});

test.each<[string, (value: string) => string]>([
  ['as it is', it => it],
  ['in JSON', it => JSON.stringify(it)],
  ['in Go\'s JSON', it => JSON.stringify(it).replace(/[<>&]/g, sign => `\\u00${sign.charCodeAt(0).toString(16)}`)],
  ['in JSON in JSON', it => JSON.stringify(JSON.stringify(it))],
  ['in YAML', it => `'${it.replace(/'/g, '\'\'')}'`],
  ['in an address', encodeURIComponent],
  ['in a Secret', encoded],
])('finds a planted secret %s', (_, form) => {
  const { value, forms } = new PlantedSecret('a chart\'s value', '0a1b2c3d4e5f');
  expect(leaks({ 'the log': `Error: ${form(value)} is wrong` }, forms)).toEqual([expect.stringMatching(/^a chart's value(, encoded)? is in the log$/)]);
  expect(leaks({ 'the log': `Error: ${form('another value')} is wrong` }, forms)).toEqual([]);
});

import { namesIn, redact, secretsIn } from '../../../handlers/kubernetes/redact';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('what may be secret in values and objects', () => {
  test.each([
    ['a password', { adminPassword: 'swordfish' }],
    ['a token deep inside', { a: [{ apiToken: 'swordfish' }] }],
    ['all below a credential', { credentials: { user: { word: 'swordfish' } } }],
    ['a key', { tls: { key: 'swordfish' } }],
    ['an environment variable', { env: [{ name: 'DB_PASSWORD', value: 'swordfish' }] }],
    ['a line of a JSON patch', [{ op: 'add', path: '/spec/token', value: 'swordfish' }]],
    ['the text of a Secret', { kind: 'Secret', stringData: { anything: 'swordfish' } }],
    ['what is encoded in a Secret', { kind: 'Secret', data: { anything: base64('swordfish') } }],
    ['the data of a ConfigMap', { kind: 'ConfigMap', data: { anything: 'swordfish' } }],
  ])('%s', (_, value) => {
    expect(secretsIn(value)).toContain('swordfish');
  });

  test.each([
    ['the name of a Secret', { secretName: 'my-secret', existingSecret: { name: 'my-secret' } }],
    ['the key of a toleration', { tolerations: [{ key: 'my-secret', operator: 'Exists' }] }],
    ['where a token is', { tokenPath: 'my-secret' }],
    ['another environment variable', { env: [{ name: 'COLOR', value: 'my-secret' }] }],
    ['the name of an object', { kind: 'Secret', metadata: { name: 'my-secret' } }],
    ['a switch of a ConfigMap', { kind: 'ConfigMap', data: { debug: 'on', proxy: 'true' } }],
    ['what is no object at all', 'my-secret'],
  ])('but not %s', (_, value) => {
    expect(secretsIn(value)).toEqual([]);
  });

  test('numbers, as Kubernetes repeats them where it wants text', () => {
    expect(secretsIn({ kind: 'Secret', stringData: { pin: 1234567 } })).toContain('1234567');
  });
});

test('knows what objects are called', () => {
  expect(namesIn([{ kind: 'ConfigMap', metadata: { name: 'one', namespace: 'shop' } }, null, 'text'])).toEqual(['ConfigMap', 'one', 'shop']);
});

describe('a text', () => {
  test('loses each secret, in each form', () => {
    const secret = 'swordfish "and"\nbarracuda';
    const text = ['swordfish "and"', 'barracuda', base64(secret), JSON.stringify(secret)].join(' | ');
    const hidden = redact(text, [secret]);
    expect(hidden).not.toMatch(/swordfish|barracuda/);
    expect(hidden).not.toContain(base64(secret));
  });

  test('loses the whole of a secret that begins with another one', () => {
    expect(redact('say swordfish-2', ['swordfish', 'swordfish-2'])).toBe('say ***');
  });

  test('keeps its words if a secret is too short to be one', () => {
    expect(redact('the pod is on', ['on', ''])).toBe('the pod is on');
  });

  test.each([
    ['tokens of EKS', 'token k8s-aws-v1.aHR0cHM6Ly9zdHM_x-y', 'token ***'],
    ['headers', 'Authorization: Bearer abcdefgh12345678', 'Authorization: Bearer ***'],
    ['signatures', 'https://sts/?X-Amz-Signature=0a1b&x=1', 'https://sts/?X-Amz-Signature=***&x=1'],
    ['passwords in addresses', 'https://me:word@charts.example.com/', 'https://***@charts.example.com/'],
  ])('loses %s in any case', (_, text, hidden) => {
    expect(redact(text, [])).toBe(hidden);
  });
});

import { hiding } from '../../../handlers/kubernetes/redact';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const values = (value: unknown) => hiding({ Values: JSON.stringify(value) });
const manifest = (...objects: unknown[]) => hiding({ Manifest: JSON.stringify(objects) });
const secret = (data: object) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace: 'web' }, ...data });
const configMap = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config', namespace: 'web' }, data });

/** As Go writes JSON. */
const go = (text: string) => JSON.stringify(text).replace(/[<>&]/g, it => `\\u00${it.charCodeAt(0).toString(16)}`);

describe('what a user gave is hidden', () => {
  test.each([
    'password', 'pwd', 'auth', 'jwt', 'cookie', 'dsn', 'slackWebhookUrl', 'config', 'apiKey', 'color', 'tokenPath', 'host', 'username', 'existingPassword', 'path', 'from', 'op',
  ])('whatever its field is called: %s', field => {
    expect(values({ deep: [{ [field]: 'swordfish-1' }] })('Error: "swordfish-1" is wrong, says swordfish-1')).toBe('Error: "***" is wrong, says ***');
  });

  test.each([
    ['an environment variable', { env: [{ name: 'COLOR', value: 'swordfish-1' }] }],
    ['a list', { args: ['--word', 'swordfish-1'] }],
    ['JSON in a text', { config: '{"a": [{"name": "swordfish-1"}]}' }],
    ['a line of a text', { config: 'user: admin\nword: swordfish-1\n' }],
    ['a line of a text, without quotes', { config: 'word = "swordfish-1"' }],
    ['an address', { dsn: 'postgres://admin:swordfish-1@db.example.com/shop' }],
    ['an address without a user', { dsn: 'redis://:swordfish-1@db.example.com' }],
    ['a connection', { dsn: 'admin:swordfish-1@tcp(db.example.com:3306)/shop' }],
    ['a connection of another program', { dsn: 'Server=db;User=admin;Password=swordfish-1;' }],
    ['the end of an address', { hook: 'https://hooks.example.com/swordfish-1' }],
  ])('also where only a part of it is quoted: %s', (_, value) => {
    expect(values(value)('Error: swordfish-1 is wrong')).toBe('Error: *** is wrong');
  });

  test.each<[string, object]>([
    ['the text of a Secret', secret({ stringData: { name: 'swordfish-1' } })],
    ['what is encoded in a Secret', secret({ data: { name: base64('swordfish-1') } })],
    ['the data of a ConfigMap', configMap({ kind: 'swordfish-1' })],
    ['a Secret of values', { extraObjects: [secret({ stringData: { a: 'swordfish-1' } })] }],
  ])('under any name: %s', (_, object) => {
    expect(manifest(object)('"swordfish-1"')).toBe('"***"');
  });

  test.each<[string, string, unknown]>([
    ['a JSON patch', 'deployment/web', [{ op: 'add', path: '/spec/word', value: 'swordfish-1' }]],
    ['a patch', 'deployment/web', { spec: { word: 'swordfish-1' } }],
    ['the patch of a Secret', 'secret/login', { data: { name: 'swordfish-1', pin: 1234567 } }],
  ])('in %s', (_, ResourceName, patch) => {
    const hide = hiding({ ResourceName, ApplyPatchJson: JSON.stringify(patch) }, { ResourceName, RestorePatchJson: '{"a":"of-before"}' });
    expect(hide(`${ResourceName} /spec/word: swordfish-1, of-before`)).toBe(`${ResourceName} /spec/word: ***, ***`);
  });

  test.each(['abcd', 'hunter', 'hunter2', 'on', 'ab', '8080', 'パスワード', '🐟🐟', '\ud83d-half', '\ud83d'])('though it is short: %s', value => {
    expect(values({ a: value })(`spec.a: Invalid value: "${value}": no`)).toBe('spec.a: Invalid value: "***": no');
  });

  test('numbers of Secrets, as Kubernetes repeats them where it wants text', () => {
    expect(manifest(secret({ stringData: { pin: 1234567 } }))('got 1234567')).toBe('got ***');
  });

  test('the whole of a value that begins with another one', () => {
    expect(values({ a: 'swordfish', b: 'swordfish-2' })('say swordfish-2')).toBe('say ***');
  });
});

describe('a value is hidden in each form', () => {
  const VALUES = [
    'swordfish "and" barracuda', 'a&b<c>d-12345', 'it\'s-a-secret-1', 'back\\slash-1', 'tab\there-12345', 'naïve-pässword', 'ひみつの-ことば-12', '🐟🐟🐟-fish-1', 'a+b/c=d%e#1',
    'short&1', '{"pwd":"a&b-12345"}', 'two words, and a long rest that YAML may break somewhere',
  ];
  const FORMS: [string, (value: string) => string][] = [
    ['as it is', it => it],
    ['in JSON', it => JSON.stringify(it)],
    ['in Go\'s JSON', go],
    ['in JSON in JSON', it => JSON.stringify(JSON.stringify({ it }))],
    ['in Go\'s JSON in JSON', it => JSON.stringify(go(it))],
    ['in Go\'s JSON in Go\'s JSON in JSON', it => JSON.stringify(go(go(it)))],
    ['in YAML, with doubled quotes', it => `'${it.replace(/'/g, '\'\'')}'`],
    ['in YAML, broken into lines', it => it.replace(/ /g, '\n    ')],
    ['in base64', base64],
    ['in an address', it => `https://example.com/?q=${encodeURIComponent(it)}`],
    ['after a line break in JSON', it => JSON.stringify(`a\n${it}\nb`)],
  ];

  test.each(FORMS)('%s', (_, form) => {
    for (const value of VALUES) {
      const hidden = values({ value })(`Error: cannot patch "db" with ${form(value)}: invalid`);
      expect(hidden).toMatch(/^Error: cannot patch "db" with .*\*\*\*.*: invalid$/s);
      const words = value.split(/[^\w]+/).filter(it => it.length > 5);
      words.forEach(word => expect(hidden).not.toContain(word));
    }
  });
});

describe('object, field and reason stay', () => {
  const WEB = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', labels: { 'app': 'web', 'app.kubernetes.io/name': 'web', 'tier': 'spec', 'note': 'Error', 'part': 'the' } },
    spec: {
      replicas: 3,
      strategy: { type: 'RollingUpdate' },
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web', type: 'image' } },
        spec: {
          serviceAccountName: 'web-account',
          volumes: [{ name: 'tls', secret: { secretName: 'web-tls' } }],
          containers: [{
            name: 'container',
            image: 'registry.example.com/web:1.2.3',
            imagePullPolicy: 'Always',
            args: ['containers', 'replicas', 'metadata', 'is', 'not', 'from', 'with'],
            env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }, { name: 'DEBUG', value: 'true' }],
          }],
        },
      },
    },
  };
  const ROLE = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'reader' }, rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'create'] }] };
  const CRD = { kind: 'CustomResourceDefinition', metadata: { name: 'widgets.example.com' }, spec: { group: 'example.com', names: { plural: 'widgets', kind: 'Widget' }, scope: 'Namespaced' } };

  test.each([
    'The Deployment "web" is invalid: spec.template.spec.containers[0].image: Required value',
    'The Deployment "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"web"}}: field is immutable',
    'The Deployment "web" is invalid: spec.replicas: Invalid value: -3: must be greater than or equal to 0',
    'Deployment.apps "web" is invalid: [metadata.labels: Invalid value: must be no more than 63 characters, spec.strategy.type: Required value]',
    'Error from server (NotFound): error when creating "STDIN": namespaces "shop" not found',
    'Error from server (Forbidden): error when creating "STDIN": deployments.apps is forbidden: User "arn:aws:sts::111122223333:assumed-role/kubectl" cannot create resource "deployments" in API group "apps" in the namespace "shop"',
    'Error from server: error when creating "STDIN": admission webhook "deny.example.com" denied the request: Deployment shop/web needs limits',
    'error: resource mapping not found for name: "one" namespace: "shop" from "STDIN": no matches for kind "Widget" in version "example.com/v1"\nensure CRDs are installed first',
    'Error from server (BadRequest): error when creating "STDIN": Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replica"',
    'The CustomResourceDefinition "widgets.example.com" is invalid: spec.versions: Required value',
    'Deployment shop/web is not ready: error: timed out waiting for the condition; pod web-6d4f-x: ErrImagePull: back-off',
    'Error: UPGRADE FAILED: cannot patch "web" with kind Deployment: serviceaccounts "web-account" not found, secret "web-tls" not found',
  ])('in %s', message => {
    expect(manifest(WEB, ROLE, CRD)(message)).toBe(message);
  });

  test.each([
    [
      'The Deployment "web" is invalid: spec.template.spec.containers[0].imagePullPolicy: Unsupported value: "Always": supported values: "IfNotPresent", "Never"',
      'The Deployment "web" is invalid: spec.template.spec.containers[0].imagePullPolicy: Unsupported value: "***": supported values: "IfNotPresent", "Never"',
    ],
    [
      'pod web-1: ErrImagePull: failed to pull image "registry.example.com/web:1.2.3": not found',
      'pod web-1: ErrImagePull: failed to pull image "***": not found',
    ],
  ])('and the value goes: %s', (message, hidden) => {
    expect(manifest(WEB, ROLE, CRD)(message)).toBe(hidden);
  });

  test.each([
    'Error: execution error at (web/templates/validate.yaml:5:3): kubeProxyReplacement must be explicitly set to a valid value (true or false) to continue.',
    'Error: values don\'t meet the specifications of the schema(s) in the following chart(s):\nweb:\n- at \'/replicaCount\': got string, want integer',
    'Error: UPGRADE FAILED: release web failed, and has been rolled back due to rollback-on-failure being set: resource Deployment/shop/web not ready. status: InProgress, message: Available: 0/1\ncontext deadline exceeded',
    'failed to create: secret "external-login" not found',
  ])('of Helm: %s', message => {
    const hide = hiding({
      Release: 'web',
      Namespace: 'shop',
      Values: JSON.stringify({
        fullnameOverride: 'web', replicaCount: '3', kubeProxyReplacement: true, mode: 'strict', auth: { existingSecret: 'external-login', pwd: 'hunter22-long' }, service: { type: 'ClusterIP', port: 80 },
      }),
    });
    expect(hide(message)).toBe(message);
  });

  test('where a value is what the object, its kind or the release is called', () => {
    const hide = hiding({ Release: 'web', Chart: 'nginx', Values: '{"a":"web","b":"nginx","c":"production"}', ResourceName: 'deployment/production' });
    expect(hide('web nginx production')).toBe('web nginx production');
    expect(manifest({ ...secret({}), metadata: { name: 'a', namespace: 'production' }, stringData: { where: 'production' } })('Secret in namespace production')).toBe('Secret in namespace production');
  });

  test.each([
    'no such host', 'connection refused', 'connection reset by peer', 'broken pipe', 'TLS handshake timeout', 'server misbehaving', 'no route to host', 'network is unreachable',
    'http2: client connection lost', 'Kubernetes cluster unreachable', 'error: timed out waiting', 'failed calling webhook', 'because it is being terminated', 'no matches for kind',
    'Error from server (NotFound)', 'Error from server (AlreadyExists)', 'You must be logged in', 'release: not found', 'status.storedVersions', 'missing from spec.versions', 'object has been modified', 'uid mismatch',
    'serviceaccount "default" not found',
  ])('where we know a failure by its words, though they are values: %s', message => {
    const words = message.match(/[A-Za-z]+/g)!;
    expect(values(words)(message)).toBe(message);
  });

  test('where a name has a value in it', () => {
    expect(manifest({ ...secret({ stringData: { a: 'payments-v1' } }), metadata: { name: 'payments-v1-api' } })('Secret payments-v1-api: payments-v1')).toBe('Secret payments-v1-api: ***');
  });

  test('where values are no JSON, or there are none', () => {
    expect(hiding({ Values: '{', Manifest: undefined })('Error: no')).toBe('Error: no');
    expect(hiding()('Error: no')).toBe('Error: no');
  });
});

test('hides many values in little time', () => {
  const hide = values(Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, `value-${index} of "many"\n${'x'.repeat(50)}-${index}`])));
  const all = values({ long: 'a'.repeat(100_000), all: Array.from({ length: 5_000 }, (_, index) => `text-${index}`) });
  const start = Date.now();
  expect(all(`Error: ${'a'.repeat(100_000)} ${Array.from({ length: 5_000 }, (_, index) => `text-${index}`).join(' ')}`)).toMatch(/^Error: [* ]+$/);
  expect(hide('Error: value-77 of \\"many\\" is wrong '.repeat(200))).not.toContain('value-77');
  expect(Date.now() - start).toBeLessThan(10_000);
});

test.each(['é', 'パス', 'a', 'abc ', '🐟'])('hides long values in little time: %s', unit => {
  const lines = Array.from({ length: 300 }, (_, index) => `${index}${unit.repeat(999 / unit.length)}`.trim());
  const start = Date.now();
  expect(values(lines)(`Error: ${lines.join(' ')}`)).toMatch(/^Error: [* ]+$/);
  expect(Date.now() - start).toBeLessThan(10_000);
});

test('says nothing of an error of its own', () => {
  jest.spyOn(String.prototype, 'replace').mockImplementation(() => { throw new SyntaxError('/swordfish-1/: too large'); });
  expect(values({ a: 'swordfish-1' })('Error: swordfish-1')).toBe('What went wrong can\'t be shown, as it has too many values');
  jest.restoreAllMocks();
});

describe('whatever was given', () => {
  test.each([
    ['tokens of EKS', 'token k8s-aws-v1.aHR0cHM6Ly9zdHM_x-y', 'token ***'],
    ['headers', 'Authorization: Bearer abcdefgh12345678', 'Authorization: Bearer ***'],
    ['signatures', 'https://sts/?X-Amz-Signature=0a1b&x=1', 'https://sts/?X-Amz-Signature=***&x=1'],
    ['passwords in addresses', 'https://me:word@charts.example.com/', 'https://***@charts.example.com/'],
    ['the start of a value', 'line 1: cannot unmarshal !!str `swordfi...` into int', 'line 1: cannot unmarshal !!str `***` into int'],
    ['keys', 'a -----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY----- b', 'a *** b'],
    ['the begin of a key', 'a -----BEGIN PRIVATE KEY-----\nMIIB', 'a ***'],
  ])('%s are hidden', (_, text, hidden) => {
    expect(hiding()(text)).toBe(hidden);
  });
});

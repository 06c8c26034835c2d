import type { Template } from 'aws-cdk-lib/assertions';
import { AlbIngress, IngressAuthentication, PlatformProfile, WorkloadIdentity } from '../../src';
import { platformFixture } from '../support/fixtures';
import { helmValues, kubernetesObjects, resourcesOf } from '../support/read';

const { DEV, STAGING, PROD } = PlatformProfile;

/** How secrets look, wherever they stand: keys of AWS, private keys, tokens, and what CloudFormation would fetch. */
const SECRETS = [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/, /PRIVATE KEY/, /\beyJ[\w-]{10,}\./, /k8s-aws-v1\./, /\{\{resolve:/];

/** Names under which secrets stand. Those of references, and of settings, are no secrets. */
const NAMES = /password|secret|token|credential|private_?key|api_?key/i;
const NO_SECRETS = /^(ServiceToken|HttpTokens|keepTLSSecret|imagePullSecrets|secretName)$/;

/** All strings of a value with the names that they stand under; text that is JSON itself is read, too. */
function leaves(value: any, name = ''): [name: string, text: string][] {
  if (typeof value === 'string') {
    const inside = /^[[{]/.test(value) ? parsed(value) : undefined;
    return inside === undefined ? [[name, value]] : leaves(inside, name);
  }
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, item]) => leaves(item, Array.isArray(value) ? name : key)) : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const secretsIn = (value: unknown) => leaves(value)
  .filter(([name, text]) => SECRETS.some(it => it.test(text)) || (NAMES.test(name) && !NO_SECRETS.test(name)))
  .map(([name]) => name);

const charts = (template: Template) => ['cilium', 'aws-load-balancer-controller', 'external-dns'].map(release => helmValues(template, release));

describe.each([DEV, STAGING, PROD])('the template of $profileName', profile => {
  const templates = [WorkloadIdentity.IRSA, WorkloadIdentity.POD_IDENTITY].map(identity => platformFixture({ profile, identity }).template());

  test('has no secret in any property, Helm value, manifest or environment variable', () => {
    for (const template of templates) {
      expect(secretsIn([template.toJSON(), charts(template), kubernetesObjects(template)])).toEqual([]);
    }
  });

  test('makes no Secret, in AWS or in Kubernetes', () => {
    for (const template of templates) {
      template.resourceCountIs('AWS::SecretsManager::Secret', 0);
      template.resourceCountIs('AWS::IAM::AccessKey', 0);
      expect(kubernetesObjects(template).filter(it => it.kind === 'Secret')).toEqual([]);
    }
  });

  test('gives functions no secret in their environment', () => {
    const names = templates.flatMap(template => Object.values(resourcesOf(template, 'AWS::Lambda::Function')))
      .flatMap(it => Object.keys(it.Properties.Environment?.Variables ?? {}));
    expect(names.filter(name => NAMES.test(name))).toEqual([]);
  });

  test('outputs one command, and has no parameter except the bootstrap\'s version', () => {
    for (const template of templates) {
      const { Outputs, Parameters } = template.toJSON();
      expect(Object.keys(Outputs)).toEqual([expect.stringMatching(/^PlatformKubeconfigCommand/)]);
      expect(Object.keys(Parameters)).toEqual(['BootstrapVersion']);
    }
  });
});

test.each([
  ['an access key', { id: 'AKIAIOSFODNN7EXAMPLE' }],
  ['a private key', { text: '-----BEGIN RSA PRIVATE KEY-----' }],
  ['a token for Kubernetes', { x: 'k8s-aws-v1.aHR0cHM6Ly9zdHM' }],
  ['a secret that CloudFormation would fetch', { x: '{{resolve:secretsmanager:db:SecretString:password}}' }],
  ['a password in JSON', { Values: '{"adminPassword":"hunter2"}' }],
])('would find %s', (_, value) => {
  expect(secretsIn(value)).toHaveLength(1);
});

test('an Ingress with a login names its Secret, and has none', () => {
  const { stack, platform, template } = platformFixture();
  new AlbIngress(stack, 'Web', {
    controller: platform.albController!,
    hosts: ['web.example.com'],
    paths: [{ service: 'web', port: 80 }],
    authentication: IngressAuthentication.oidc({
      issuer: 'https://login.example.com',
      authorizationEndpoint: 'https://login.example.com/authorize',
      tokenEndpoint: 'https://login.example.com/token',
      userInfoEndpoint: 'https://login.example.com/me',
      secretName: 'login',
    }),
  });
  const ingress = kubernetesObjects(template()).filter(it => it.kind === 'Ingress');
  expect(JSON.stringify(ingress)).toContain('login');
  expect(secretsIn(ingress).filter(name => name !== 'tokenEndpoint')).toEqual([]);
});

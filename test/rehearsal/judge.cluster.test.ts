import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { judgeObjects, judgeTemplates, writeDefinitions } from '../../rehearsal/judge/cilium-objects';
import { missingOf, programIn } from '../../rehearsal/setup/toolchain';
import { cacheFolder } from '../../rehearsal/support/paths';
import { PlatformProfile } from '../../src';
import { platformFixture } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';
import { describeUnless } from '../support/run';

const judge = programIn(cacheFolder(), 'judge');

describeUnless(missingOf(['judge']))('Cilium\'s own code', () => {
  test.each([PlatformProfile.DEV, PlatformProfile.STAGING, PlatformProfile.PROD])('accepts what the platform brings in $profileName', profile => {
    const { template } = platformFixture({ profile, nodeLocalDns: { enabled: true } });
    expect(judgeTemplates(judge, [template().toJSON() as any])).toEqual({ judged: { CiliumLocalRedirectPolicy: 2 }, findings: [] });
  });

  test('refuses redirecting a Service of another namespace', () => {
    const [policy] = redirectPolicies();
    policy.metadata.namespace = 'default';
    expect(errors(policy)).toEqual([expect.stringContaining('does not match with the CiliumLocalRedirectPolicy namespace')]);
  });

  test('refuses two ports if one has no name', () => {
    const [policy] = redirectPolicies();
    delete policy.spec.redirectBackend.toPorts[0].name;
    expect(errors(policy)).toEqual([expect.stringMatching(/invalid backend port.*as there are multiple ports/)]);
  });

  test('refuses a redirect both of an address and of a Service', () => {
    const [service, address] = redirectPolicies();
    Object.assign(service.spec.redirectFrontend, address.spec.redirectFrontend);
    expect(errors(service)).toContainEqual('both address and service matchers can not be specified');
  });

  test('names a field that the schema does not know', () => {
    const [policy] = redirectPolicies();
    policy.spec.redirectBackend.toPort = [];
    expect(errors(policy)).toEqual(['unknown field "spec.redirectBackend.toPort"']);
  });

  test('names a field that the schema misses', () => {
    const [policy] = redirectPolicies();
    delete policy.spec.redirectBackend.toPorts;
    expect(errors(policy)).toContainEqual('spec.redirectBackend.toPorts: Required value');
  });

  test('accepts a network policy', () => {
    expect(errors(networkPolicy({ egress: [{ toPorts: [{ ports: [{ port: '53', protocol: 'UDP' }] }] }] }))).toEqual([]);
  });

  test.each([
    ['a port out of range', { egress: [{ toPorts: [{ ports: [{ port: '99999', protocol: 'TCP' }] }] }] }, 'value out of range'],
    ['a CIDR that is none', { egress: [{ toCIDR: ['10.0.0.0/33'] }] }, '10.0.0.0/33'],
    ['two kinds of peer in one rule', { egress: [{ toCIDR: ['10.0.0.0/8'], toEntities: ['world'] }] }, 'is not supported yet'],
  ])('refuses a network policy with %s', (_, rules, message) => {
    expect(errors(networkPolicy(rules))).toContainEqual(expect.stringContaining(message));
    expect(errors(networkPolicy(rules, 'CiliumClusterwideNetworkPolicy'))).toContainEqual(expect.stringContaining(message));
  });

  test('refuses a kind and a version that this Cilium does not have', () => {
    expect(errors({ ...networkPolicy({}), kind: 'CiliumPolicy' })).toEqual(['Cilium has no kind "CiliumPolicy"']);
    expect(errors({ ...networkPolicy({}), apiVersion: 'cilium.io/v3' })).toContainEqual('CiliumNetworkPolicy has no version "v3"');
  });

  test('skips what is not Cilium\'s', () => {
    expect(judgeObjects(judge, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }])).toEqual({ judged: {}, findings: [] });
  });

  test('writes every definition that Cilium\'s operator registers', () => {
    const folder = mkdtempSync(join(tmpdir(), 'judge-'));
    try {
      const names = writeDefinitions(judge, folder);
      expect(names).toHaveLength(22);
      expect(readdirSync(folder).sort()).toEqual(names.map(name => `${name}.json`));
      const definition = JSON.parse(readFileSync(join(folder, 'ciliumlocalredirectpolicies.cilium.io.json'), 'utf8'));
      expect(definition).toMatchObject({ kind: 'CustomResourceDefinition', spec: { group: 'cilium.io', names: { kind: 'CiliumLocalRedirectPolicy' } } });
      expect(definition).not.toHaveProperty('status');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** The platform's own, the one for kube-dns first: a new copy, to be spoilt. */
function redirectPolicies(): any[] {
  return kubernetesObjects(platformFixture({ nodeLocalDns: { enabled: true } }).template()).filter(it => it.kind === 'CiliumLocalRedirectPolicy');
}

function networkPolicy(rules: any, kind = 'CiliumNetworkPolicy'): any {
  const namespace = kind === 'CiliumNetworkPolicy' ? { namespace: 'default' } : {};
  return { apiVersion: 'cilium.io/v2', kind, metadata: { name: 'shop', ...namespace }, spec: { endpointSelector: {}, ...rules } };
}

function errors(object: any): string[] {
  return judgeObjects(judge, [object]).findings.map(finding => finding.error);
}

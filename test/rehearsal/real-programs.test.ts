import { ciliumAcceptsItsObjects, corefileAnswers, externalDnsKeepsToItsZone } from '../../rehearsal/lifecycle/steps/real-programs';

/** Steps that run nothing need nothing. */
const NOTHING: any = {};
const EMPTY = { Resources: {} };

test('a template without what a step looks at passes, and the step says so', async () => {
  expect(await ciliumAcceptsItsObjects(NOTHING, EMPTY)).toBe('the template has no Cilium objects');
  expect(await corefileAnswers(NOTHING, EMPTY)).toBe('the template has no node-local Corefile');
  expect(await externalDnsKeepsToItsZone(NOTHING, EMPTY)).toBe('the template has no ExternalDNS');
});

test('ExternalDNS with EKS Pod Identity is said not to be rehearsed', async () => {
  const release = { Type: 'Custom::AWSCDK-EKS-HelmChart', Properties: { Release: 'external-dns', Namespace: 'external-dns' } };
  const controlPlane = { kubectl: async () => JSON.stringify({ metadata: { name: 'external-dns' } }) };

  expect(await externalDnsKeepsToItsZone({ controlPlane } as any, { Resources: { Release: release } }))
    .toBe('its service account names no role: EKS Pod Identity is not rehearsed');
});

import { rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { divideRemains, readRemains } from '../../rehearsal/lifecycle/remains';
import { emptyFolder } from '../../tools/npm';
import type { Template } from '../../tools/template';

const folder = emptyFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const none: Template = { Resources: {} };
const manifest = (...objects: object[]): Template =>
  ({ Resources: { Objects: { Type: 'Custom::AWSCDK-EKS-KubernetesResource', Properties: { Manifest: JSON.stringify(objects) } } } });
const addon = (PreserveOnDelete?: boolean): Template =>
  ({ Resources: { Dns: { Type: 'AWS::EKS::Addon', Properties: { AddonName: 'coredns', PreserveOnDelete } } } });

describe('what was in the cluster when it was deleted', () => {
  test.each(['Helm release', 'Deployment', 'Ingress', 'Service', 'CiliumLocalRedirectPolicy', 'Secret'])('is wrong where it is a %s', kind => {
    expect(divideRemains([{ kind, namespace: 'shop', name: 'it' }], none)).toEqual({ wrong: [`${kind} shop/it`], right: [] });
  });

  test('may be a namespace that Helm made, or a CRD that a chart brought', () => {
    expect(divideRemains([
      { kind: 'Namespace', namespace: '', name: 'external-dns' },
      ...['a', 'b', 'c', 'd'].map(name => ({ kind: 'CustomResourceDefinition', namespace: '', name })),
    ], none)).toEqual({ wrong: [], right: ['Namespace external-dns', '4 CustomResourceDefinitions'] });
  });

  test('may not be a namespace or a CRD of the stack\'s own manifests', () => {
    const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    expect(divideRemains([{ kind: 'Namespace', namespace: '', name: 'shop' }], manifest(own)).wrong).toEqual(['Namespace shop']);
  });

  test.each([[true, []], [undefined, ['Deployment kube-system/coredns']]])('may be of an add-on that is preserved: %s', (preserved, wrong) => {
    const remains = [{ kind: 'Deployment', namespace: 'kube-system', name: 'coredns', addon: 'coredns' }];
    expect(divideRemains(remains, addon(preserved)).wrong).toEqual(wrong);
  });

  test('is read from what the emulator wrote, and missed where it wrote nothing', () => {
    const file = join(folder, 'remains.json');
    expect(() => readRemains(file)).toThrow('the emulator saw no cluster being deleted');
    writeFileSync(file, '[]');
    expect(readRemains(file)).toEqual([]);
  });
});

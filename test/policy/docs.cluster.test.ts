/** The page on network policies: its code runs, and Cilium accepts the policies. */
import { judgeTemplates } from '../../rehearsal/judge/cilium-objects';
import { missingOf, programIn } from '../../rehearsal/setup/toolchain';
import { cacheFolder } from '../../rehearsal/support/paths';
import { Page } from '../support/page';
import { kubernetesObjects } from '../support/read';
import { describeUnless } from '../support/run';

const page = new Page('docs/network-policies.md');
const judge = programIn(cacheFolder(), 'judge');
const template = page.template();

test('each recipe makes its policy', () => {
  const names = [...page.text.matchAll(/(?:addPolicy\(|policyName: )'([^']+)'/g)].map(([, name]) => name);
  const policies = kubernetesObjects(template).filter(it => /^Cilium.*NetworkPolicy$/.test(it.kind)).map(it => it.metadata.name);
  expect(names.length).toBeGreaterThan(9);
  expect(policies.sort()).toEqual([...names, 'allowances'].sort());
});

test('the recipe for foreign load balancers makes an allowance', () => {
  const allowances = kubernetesObjects(template).find(it => it.metadata.name === 'allowances');
  expect(allowances.specs.at(-1).endpointSelector).toEqual({ matchLabels: { app: 'shop-chart' } });
});

describeUnless(missingOf(['judge']))('Cilium\'s own code', () => {
  test('accepts all of them', () => {
    expect(judgeTemplates(judge, [template.toJSON() as any]).findings).toEqual([]);
  });
});

import { chartArguments } from '../../rehearsal/checks/external-dns-arguments';
import { CASES } from '../charts/cases';
import { helmTemplate, removeHelm } from '../charts/helm';
import { describeWithCharts } from '../support/charts';
import { helmValues } from '../support/read';

describeWithCharts('the arguments that the check gives to external-dns', () => {
  afterAll(removeHelm);

  test.each(Object.entries(CASES['external-dns']))('are those that the chart renders: %s', (_, define) => {
    const values = helmValues(define(), 'external-dns');
    const deployment = helmTemplate('external-dns', 'external-dns', values).objects.find(it => it.kind === 'Deployment');
    expect(chartArguments(values)).toEqual(deployment.spec.template.spec.containers[0].args);
  });
});

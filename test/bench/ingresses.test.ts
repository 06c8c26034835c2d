import { App } from 'aws-cdk-lib';
import { INGRESS_BUDGETS } from '../../bench/budgets';
import { define } from '../../bench/ingresses';
import { countTemplate, type Counts } from '../../tools/counts';

let counts: Counts;

beforeAll(() => {
  const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } });
  define(app);
  counts = countTemplate(app.synth().getStackByName('Shop').templateFullPath);
});

test(`200 Ingresses fit into a stack, with less than ${INGRESS_BUDGETS.resources} resources`, () => {
  expect(counts.resources).toBeLessThan(INGRESS_BUDGETS.resources);
});

test(`200 Ingresses fit into a template, with less than ${INGRESS_BUDGETS.templateBytes} bytes`, () => {
  expect(counts.templateBytes).toBeLessThan(INGRESS_BUDGETS.templateBytes);
});

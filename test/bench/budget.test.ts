import { App } from 'aws-cdk-lib';
import { BUDGETS } from '../../bench/budgets';
import { define } from '../../bench/library';
import { countTemplate, type Counts } from '../../tools/counts';

let counts: Counts;

beforeAll(() => {
  const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } });
  define(app);
  counts = countTemplate(app.synth().getStackByName('Shop').templateFullPath);
});

test(`defines at most ${BUDGETS.resources} resources`, () => {
  expect(counts.resources).toBeLessThanOrEqual(BUDGETS.resources);
});

test(`defines at most ${BUDGETS.customResources} custom resources`, () => {
  expect(counts.customResources).toBeLessThanOrEqual(BUDGETS.customResources);
});

test(`defines at most ${BUDGETS.lambdaFunctions} Lambda functions`, () => {
  expect(counts.lambdaFunctions).toBeLessThanOrEqual(BUDGETS.lambdaFunctions);
});

test('defines no nested stack', () => {
  expect(counts.nestedStacks).toBe(BUDGETS.nestedStacks);
});

test(`writes a template of at most ${BUDGETS.templateBytes} bytes`, () => {
  expect(counts.templateBytes).toBeLessThanOrEqual(BUDGETS.templateBytes);
});

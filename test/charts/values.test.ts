import Ajv, { type ValidateFunction } from 'ajv';
import { CASES, valuesOf } from './cases';
import { defaultValues, describeWithChartData, valuesSchema, type ChartName } from '../support/charts';

/**
 * Maps whose keys are the user's own, or Kubernetes': the chart passes them on as they are.
 *
 * And `egressMasqueradeInterfaces`, which only Cilium's templates know; its rendering is tested.
 */
const FREE_FORM: { readonly [chart in ChartName]: readonly string[] } = {
  'cilium': [
    'egressMasqueradeInterfaces', 'eni.eniTags', 'eni.gcTags', 'ingressController.service.annotations', 'operator.podAnnotations', 'serviceAccounts.operator.annotations',
  ],
  'aws-load-balancer-controller': [
    'controllerConfig.featureGates', 'defaultTags', 'podAnnotations', 'podDisruptionBudget', 'resources', 'serviceAccount.annotations',
  ],
  'external-dns': ['extraArgs', 'podAnnotations', 'resources', 'serviceAccount.annotations'],
};

const cases = (chart: ChartName) => Object.keys(CASES[chart]);

describeWithChartData('values under the JSON schemas of their charts', () => {
  describe.each(['cilium', 'external-dns'] as const)('%s', chart => {
    let valid: ValidateFunction;
    beforeAll(() => {
      valid = new Ajv({ strict: false, allErrors: true }).compile(valuesSchema(chart));
    });

    test.each(cases(chart))('are valid with %s', name => {
      valid(valuesOf(chart, name));
      expect(valid.errors ?? []).toEqual([]);
    });
  });

  test('are refused with another type', () => {
    const valid = new Ajv({ strict: false }).compile(valuesSchema('cilium'));
    expect(valid({ ...valuesOf('cilium', 'on its own'), rollOutCiliumPods: 'yes' })).toBe(false);
  });
});

describeWithChartData('values have names that their charts know', () => {
  const known = (chart: ChartName) => ({ defaults: defaultValues(chart), schema: chart === 'aws-load-balancer-controller' ? {} : valuesSchema(chart) });

  describe.each(Object.keys(CASES) as ChartName[])('%s', chart => {
    test.each(cases(chart))('holds no other with %s', name => {
      const { defaults, schema } = known(chart);
      expect(unknownKeys(valuesOf(chart, name), defaults, schema, FREE_FORM[chart])).toEqual([]);
    });
  });

  test('would find a misspelt one', () => {
    const values = { ...valuesOf('cilium', 'on its own'), hubble: { relay: { enabeld: true } }, kubeProxyReplacment: true };
    const { defaults, schema } = known('cilium');
    expect(unknownKeys(values, defaults, schema, FREE_FORM.cilium)).toEqual(['hubble.relay.enabeld', 'kubeProxyReplacment']);
  });
});

/** The paths of the keys that stand neither in the default values nor in the schema. */
function unknownKeys(values: any, defaults: any, schema: any, freeForm: readonly string[], above = ''): string[] {
  return Object.entries<any>(values).flatMap(([key, value]) => {
    const path = `${above}${key}`;
    if (freeForm.includes(path)) {
      return [];
    }
    const property = schema?.properties?.[key];
    if (!(key in Object(defaults)) && !property) {
      return [path];
    }
    const isMap = typeof value === 'object' && !Array.isArray(value);
    return isMap ? unknownKeys(value, defaults?.[key], property, freeForm, `${path}.`) : [];
  });
}

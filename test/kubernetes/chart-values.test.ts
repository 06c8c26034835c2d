import { existsSync, readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { parse } from 'yaml';
import { CHART_VALUES } from '../../src/kubernetes/chart-values';
import { VERSIONS, type Chart } from '../../src/kubernetes/versions';
import { describeUnless } from '../support/run';

const charts = Object.values(VERSIONS.charts).map(chart => [chart.name, chart] as [string, Chart]);
const names = charts.map(([name]) => name);

test('each chart of the versions table has its names, and no other chart has', () => {
  expect(Object.keys(CHART_VALUES).sort()).toEqual([...names].sort());
});

test.each(names)('the names of %s are in order, each once', name => {
  const lowerCase = CHART_VALUES[name].map(it => it.toLowerCase());
  expect(lowerCase).toEqual([...new Set(lowerCase)].sort());
});

/** The folder with the charts, each unpacked in a folder of its name. They are not part of this project. */
const folder = process.env.CHARTS_DIR ?? '';
const withCharts = describeUnless(process.env.CHARTS_DIR ? undefined : 'CHARTS_DIR is not set');
const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');

withCharts('with the charts in CHARTS_DIR', () => {
  test.each(charts)('%s is of the minor version in the versions table', (name, chart) => {
    const minor = (version: string) => version.split('.').slice(0, 2).join('.');
    expect(minor(parse(read(name, 'Chart.yaml')).version)).toBe(minor(chart.version));
  });

  test.each(names)('every value of %s is among its names', name => {
    expect(CHART_VALUES[name]).toEqual(expect.arrayContaining(Object.keys(parse(read(name, 'values.yaml')))));
  });

  test.each(['cilium', 'external-dns'])('every property in the schema of %s is among its names', name => {
    expect(CHART_VALUES[name]).toEqual(expect.arrayContaining(schemaOf(name)));
  });

  test.each(names)('%s knows every one of its names', name => {
    const known = new Set([...Object.keys(parse(read(name, 'values.yaml'))), ...schemaOf(name), ...valuesInTemplates(join(folder, name))]);
    known.add('global'); // Helm's own, for every chart
    expect(CHART_VALUES[name].filter(it => !known.has(it))).toEqual([]);
  });
});

function schemaOf(name: string): string[] {
  return existsSync(join(folder, name, 'values.schema.json')) ? Object.keys(JSON.parse(read(name, 'values.schema.json')).properties) : [];
}

/** Values that a chart reads and its values.yaml does not mention. */
function valuesInTemplates(chart: string): string[] {
  return readdirSync(chart, { recursive: true, encoding: 'utf8' })
    .filter(file => /\.(yaml|tpl)$/.test(file))
    .flatMap(file => [...readFileSync(join(chart, file), 'utf8').matchAll(/\.Values\.(\w+)/g)].map(([, value]) => value));
}

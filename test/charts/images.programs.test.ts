import { readFileSync } from 'fs';
import { join } from 'path';
import { CASES, REGISTRY, valuesOf } from './cases';
import { helmTemplate, removeHelm } from './helm';
import { VERSIONS } from '../../src/kubernetes/versions';
import { ROOT } from '../../tools/programs';
import { describeWithCharts, type ChartName } from '../support/charts';
import { markdownTable } from '../support/read';

const CHARTS = Object.keys(CASES) as ChartName[];

/** The images of a chart's containers. */
const imagesOf = (chart: ChartName, name: string) => imagesIn(helmTemplate(chart, 'kube-system', valuesOf(chart, name)).objects);

function imagesIn(value: any): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const own = [...value.containers ?? [], ...value.initContainers ?? []].map((container: any) => container.image);
  return [...new Set<string>([...own, ...Object.values(value).flatMap(imagesIn)])];
}

describeWithCharts('images of the charts', () => {
  afterAll(removeHelm);

  test.each(CHARTS)('%s takes every image from the user\'s own registry, under the path that it has in its authors\' registry', chart => {
    const [theirs, own] = ['on its own', 'a registry of one\'s own'].map(name => imagesOf(chart, name));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(image => !image.startsWith(`${REGISTRY}/`))).toEqual([]);
    expect(own).toEqual(expect.arrayContaining(theirs.map(image => `${REGISTRY}${image.slice(image.indexOf('/'))}`)));
  });

  test('the documentation lists every image to copy, and no other', () => {
    const rendered = [...CHARTS.flatMap(chart => imagesOf(chart, 'on its own')), ...imagesOf('cilium', 'mutual authentication')];
    const names = [...rendered, VERSIONS.images.nodeCache].map(image => image.replace(/[:@].*$/, ''));
    const [, ...rows] = markdownTable(readFileSync(join(ROOT, 'docs/isolated.md'), 'utf8'), 'Images');
    expect(rows.map(([image]) => image.replaceAll('`', '')).sort()).toEqual([...new Set(names)].sort());
  });
});

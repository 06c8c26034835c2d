import { readFileSync } from 'fs';
import { join } from 'path';
import { supportedMinors, VERSIONS } from '../../src/kubernetes/versions';
import { markdownTable } from '../support/read';

describe('the README\'s compatibility table', () => {
  const [head, ...rows] = markdownTable(readFileSync(join(__dirname, '../../README.md'), 'utf8'), 'Compatibility');

  test('has a column for Kubernetes, each chart and the image of the cache', () => {
    expect(head).toEqual(['Kubernetes', 'Cilium', 'AWS Load Balancer Controller', 'ExternalDNS', 'NodeLocal DNSCache']);
  });

  test('says the versions that this library deploys', () => {
    const { oldest, newest } = supportedMinors();
    const { cilium, albController, externalDns } = VERSIONS.charts;
    const [, image] = VERSIONS.images.nodeCache.split(':');
    expect(rows).toEqual([[`1.${oldest} - 1.${newest}`, cilium.version, albController.version, `chart ${externalDns.version}`, image]]);
  });
});

test('the page on isolated networks copies the charts at these versions', () => {
  const page = readFileSync(join(__dirname, '../../docs/isolated.md'), 'utf8');
  const pulled = [...page.matchAll(/^helm pull (\S+) --repo (\S+) --version (\S+)/gm)].map(([, ...pull]) => pull);
  expect(pulled).toEqual(Object.values(VERSIONS.charts).map(({ name, repository, version }) => [name, repository, version]));
});

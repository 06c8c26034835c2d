import { execFileSync } from 'child_process';
import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { parse } from 'yaml';
import { archive, unarchive, type ArchivedFile } from '../../rehearsal/charts/archive';
import { helmRuns, optWithLoopbackHelm } from '../../rehearsal/charts/helm';
import { CHARTS, chartSource, nextPatch, serveCharts } from '../../rehearsal/charts/repository';
import { freePorts } from '../../rehearsal/support/processes';
import { emptyFolder } from '../../tools/npm';

const folder = emptyFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const text = (content: string) => Buffer.from(content);

describe('an archive', () => {
  test('gives back what was put into it, also long paths and empty files', () => {
    const files = [
      { path: 'chart/Chart.yaml', content: text('name: chart\n') },
      { path: `chart/${'deep/'.repeat(25)}file.yaml`, content: text('x'.repeat(1500)) },
      { path: 'chart/empty', content: text('') },
    ];
    const readable = (archived: ArchivedFile[]) => archived.map(({ path, content }) => [path, content.toString()]);
    expect(readable(unarchive(archive(files)))).toEqual(readable(files));
  });

  test('is one that tar reads', () => {
    writeFileSync(join(folder, 'chart.tgz'), archive([{ path: 'chart/values.yaml', content: text('a: 1\n') }]));
    expect(execFileSync('tar', ['-xzOf', join(folder, 'chart.tgz'), 'chart/values.yaml'], { encoding: 'utf8' })).toBe('a: 1\n');
  });

  test('fails with a path that tar has no room for', () => {
    expect(() => archive([{ path: 'x'.repeat(300), content: text('') }])).toThrow('this path is too long for a chart\'s archive');
  });
});

describe('the charts', () => {
  const chartYaml = (content: Buffer, name: string) => parse(unarchive(content).find(file => file.path === `${name}/Chart.yaml`)!.content.toString());

  test('are there at the version that the library asks for and at the next patch', () => {
    const { charts, label } = chartSource('');
    expect(label).toBe('stand-in charts');
    for (const { name, version } of CHARTS) {
      const own = charts.filter(chart => chart.name === name);
      expect(own.map(chart => chart.version)).toEqual([version, nextPatch(version)]);
      own.forEach(chart => expect(chartYaml(chart.archive, name)).toMatchObject({ name, version: chart.version, appVersion: chart.version }));
    }
  });

  test('are those of a folder, if one is given, under the versions that are asked for, and that is said', () => {
    for (const { name } of CHARTS) {
      mkdirSync(join(folder, 'charts', name), { recursive: true });
      writeFileSync(join(folder, 'charts', name, 'Chart.yaml'), `apiVersion: v2\nname: ${name}\nversion: 0.1.0\nappVersion: 0.2.0\n`);
    }
    const { charts, notes } = chartSource(join(folder, 'charts'));
    const [{ name, version }] = CHARTS;
    expect(chartYaml(charts[0].archive, name)).toMatchObject({ version, appVersion: '0.2.0' });
    expect(notes[0]).toBe(`${name} 0.1.0 stands for ${version} and ${nextPatch(version)}`);
  });

  test('leave out what a .helmignore names, as Helm does when it packs a chart', () => {
    const own = join(folder, 'charts', CHARTS[0].name);
    ['crds', 'ci'].forEach(it => mkdirSync(join(own, it)));
    ['crds/kustomization.yaml', 'crds/crds.yaml', 'ci/values.yaml'].forEach(file => writeFileSync(join(own, file), 'a: 1\n'));
    writeFileSync(join(own, '.helmignore'), '# not packed\nci/\ncrds/kustomization.yaml\n');
    const packed = unarchive(chartSource(join(folder, 'charts')).charts[0].archive).map(file => file.path);
    expect(packed).toContain(`${CHARTS[0].name}/crds/crds.yaml`);
    expect(packed.filter(path => /kustomization|\/ci\//.test(path))).toEqual([]);
  });

  test('are found as archives in a folder, too', () => {
    mkdirSync(join(folder, 'archives'));
    for (const { name } of CHARTS) {
      writeFileSync(join(folder, 'archives', `${name}-0.1.0.tgz`), archive([{ path: `${name}/Chart.yaml`, content: text(`name: ${name}\nversion: 0.1.0\n`) }]));
    }
    expect(chartSource(join(folder, 'archives')).charts).toHaveLength(2 * CHARTS.length);
  });

  test('fail with the name of one that the folder does not hold', () => {
    mkdirSync(join(folder, 'empty'));
    expect(() => chartSource(join(folder, 'empty'))).toThrow(`\`CHARTS_DIR\` must hold ${CHARTS[0].name} as a folder of that name or as ${CHARTS[0].name}-VERSION.tgz`);
  });
});

test.each([['1.20.2', '1.20.3'], ['v0.9.19', 'v0.9.20']])('the next patch of %s is %s', (version, next) => {
  expect(nextPatch(version)).toBe(next);
});

describe('the repository', () => {
  test('serves each chart below host and path of its real repository, and nothing else', async () => {
    const [port] = await freePorts(1);
    const repository = await serveCharts(chartSource('').charts, port);
    try {
      const [{ version }] = CHARTS.filter(chart => chart.name === 'aws-load-balancer-controller');
      const index = parse(await (await fetch(`${repository.url}/aws.github.io/eks-charts/index.yaml`)).text());
      expect(Object.keys(index.entries)).toEqual(['aws-load-balancer-controller']);
      const [entry] = index.entries['aws-load-balancer-controller'];
      expect(entry.version).toBe(version);
      expect((await fetch(entry.urls[0])).status).toBe(200);
      expect((await fetch(`${repository.url}/helm.cilium.io/cilium-99.99.99.tgz`)).status).toBe(404);
    } finally {
      await repository.stop();
    }
  });
});

describe('Helm in the Lambda', () => {
  test('is reached by a program that knows the real repositories, in a folder like Lambda\'s /opt', () => {
    const { opt } = optWithLoopbackHelm('/layers', folder, 'http://127.0.0.1:1');
    const program = readFileSync(join(opt, 'helm/helm'), 'utf8');
    expect(() => accessSync(join(opt, 'helm/helm'), constants.X_OK)).not.toThrow();
    for (const { repository } of CHARTS) {
      expect(program).toContain(`"${repository}":"http://127.0.0.1:1/${repository.replace('https://', '')}"`);
    }
  });

  test('says what it did, one run a line', () => {
    const run = { verb: 'upgrade', release: 'cilium', start: 1, end: 2, exitCode: 0, said: 'STATUS: deployed\n' };
    writeFileSync(join(folder, 'runs.jsonl'), `${JSON.stringify(run)}\n`);
    expect(helmRuns(join(folder, 'runs.jsonl'))).toEqual([run]);
  });
});

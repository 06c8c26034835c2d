import { createHash } from 'crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'fs';
import { createServer } from 'http';
import { join } from 'path';
import { archive, filesOf, unarchive, type ArchivedFile } from './archive';
import { VERSIONS } from '../../src/kubernetes/versions';

/** Where the stand-ins lie. */
const STAND_INS = join(__dirname, 'stand-ins');

/** What the library deploys, as it names it. */
export const CHARTS = Object.values(VERSIONS.charts);

/** A chart at one version, packed. */
export interface PackedChart {
  readonly name: string;
  readonly version: string;
  readonly archive: Buffer;
}

/** Which charts a rehearsal uses, and from where. */
export interface ChartSource {
  /** `stand-ins`, or the folder that the charts come from. */
  readonly label: string;
  readonly charts: PackedChart[];
  /** For each chart what it is, where it is not what its version says. */
  readonly notes: string[];
}

/** The version of an update: the next patch. */
export function nextPatch(version: string): string {
  const [, before, patch] = version.match(/^(v?\d+\.\d+\.)(\d+)$/)!;
  return `${before}${Number(patch) + 1}`;
}

/** Each chart at the version that the library asks for and at the next patch: stand-ins, or those in a folder. */
export function chartSource(folder = process.env.CHARTS_DIR): ChartSource {
  const notes: string[] = [];
  const charts = CHARTS.flatMap(({ name, version }) => {
    const files = folder ? realChart(folder, name) : filesOf(join(STAND_INS, name));
    const own = chartYaml(files, name).match(/^version:\s*"?([^\s"]+)/m)?.[1];
    const versions = [version, nextPatch(version)];
    if (folder) {
      notes.push(`${name} ${own} stands for ${versions.filter(it => it !== own).join(' and ')}`);
    }
    return versions.map(it => ({ name, version: it, archive: archive(withVersion(files, name, it, !folder)) }));
  });
  return { label: folder ? `the charts in ${folder}` : 'stand-in charts', charts, notes };
}

/** A chart of a folder with charts: a folder of its name, or an archive whose name starts with it. */
function realChart(folder: string, name: string): ArchivedFile[] {
  const unpacked = join(folder, name);
  if (existsSync(unpacked) && statSync(unpacked).isDirectory()) {
    return withoutIgnored(filesOf(unpacked), name);
  }
  const packed = existsSync(folder) ? readdirSync(folder).find(file => file.startsWith(`${name}-`) && file.endsWith('.tgz')) : undefined;
  if (!packed) {
    throw new Error(`\`CHARTS_DIR\` must hold ${name} as a folder of that name or as ${name}-VERSION.tgz, got: ${folder}`);
  }
  return unarchive(readFileSync(join(folder, packed)));
}

/** Without what the chart's .helmignore names by its path or by its folder: Helm would not pack it. */
function withoutIgnored(files: ArchivedFile[], name: string): ArchivedFile[] {
  const lines = files.find(file => file.path === `${name}/.helmignore`)?.content.toString('utf8').split('\n') ?? [];
  const ignored = lines.filter(line => line !== '' && !line.startsWith('#')).map(line => `${name}/${line.trim()}`);
  return files.filter(({ path }) => !ignored.some(it => path === it || (it.endsWith('/') && path.startsWith(it))));
}

function chartYaml(files: ArchivedFile[], name: string): string {
  const found = files.find(file => file.path === `${name}/Chart.yaml`);
  if (!found) {
    throw new Error(`the chart ${name} has no Chart.yaml`);
  }
  return found.content.toString('utf8');
}

/** The same chart under another version; the images of real charts stay those of their own `appVersion`. */
function withVersion(files: ArchivedFile[], name: string, version: string, withAppVersion: boolean): ArchivedFile[] {
  const lines = chartYaml(files, name).replace(/^version:.*$/m, `version: ${version}`);
  const content = Buffer.from(withAppVersion ? lines.replace(/^appVersion:.*$/m, `appVersion: ${version}`) : lines);
  return files.map(file => file.path === `${name}/Chart.yaml` ? { ...file, content } : file);
}

/** The path of a chart's repository on the loopback server: host and path of the real one. */
export function repositoryPath(repository: string): string {
  return `/${repository.replace(/^https:\/\//, '').replace(/\/$/, '')}`;
}

/** What Helm reads of a repository first. */
export function renderIndex(charts: PackedChart[], address: string): string {
  const entry = ({ name, version, archive: content }: PackedChart) => ({
    apiVersion: 'v2',
    name,
    version,
    digest: createHash('sha256').update(content).digest('hex'),
    urls: [`${address}/${name}-${version}.tgz`],
  });
  const names = [...new Set(charts.map(chart => chart.name))];
  const entries = Object.fromEntries(names.map(name => [name, charts.filter(chart => chart.name === name).map(entry)]));
  return JSON.stringify({ apiVersion: 'v1', entries }, undefined, 2); // JSON is YAML, too
}

/** A running chart repository. */
export interface ChartRepository {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves each chart on loopback, below the host and path of its real repository. */
export function serveCharts(charts: PackedChart[], port: number): Promise<ChartRepository> {
  const url = `http://127.0.0.1:${port}`;
  const pages = new Map<string, string | Buffer>();
  for (const { name, repository } of CHARTS) {
    const path = repositoryPath(repository);
    const own = charts.filter(chart => chart.name === name);
    pages.set(`${path}/index.yaml`, renderIndex(own, `${url}${path}`));
    own.forEach(chart => pages.set(`${path}/${chart.name}-${chart.version}.tgz`, chart.archive));
  }
  const server = createServer((request, response) => {
    const page = pages.get(request.url ?? '');
    response.writeHead(page === undefined ? 404 : 200).end(page);
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => resolve({
      url,
      stop: () => new Promise<void>(done => {
        server.close(() => done());
        server.closeAllConnections();
      }),
    }));
  });
}

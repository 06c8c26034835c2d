import { spawnSync } from 'child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { kubernetesObjects, type Template } from '../../tools/template';
import type { ControlPlane } from '../cluster/control-plane';
import { standIn } from '../template/stand-in';

/** What is wrong with an object of Cilium's. */
export interface Finding {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly error: string;
}

/** What Cilium's own code says of objects. */
export interface Judgement {
  /** How many objects of each kind were looked at. */
  readonly judged: { readonly [kind: string]: number };
  readonly findings: Finding[];
}

/**
 * Lets Cilium's own code judge those of the objects that are Cilium's.
 *
 * @param judge the program, see programs.ts
 */
export function judgeObjects(judge: string, objects: any[]): Judgement {
  return ask(judge, ['objects'], JSON.stringify(objects), [0, 1]);
}

/** Lets Cilium's own code judge what the templates bring of Cilium's kinds. */
export function judgeTemplates(judge: string, templates: Template[]): Judgement {
  return judgeObjects(judge, templates.flatMap(template => kubernetesObjects(template, standIn)));
}

/** Writes Cilium's custom resource definitions into a folder, a JSON file for each. @returns their names */
export function writeDefinitions(judge: string, folder: string): string[] {
  return ask(judge, ['crds', folder], '', [0]);
}

/** Registers Cilium's custom resource definitions, and waits until the API server serves them. */
export async function registerDefinitions(judge: string, { kubectl }: Pick<ControlPlane, 'kubectl'>): Promise<void> {
  await inFolder(async folder => {
    writeDefinitions(judge, folder);
    // On the server: the schemas are too large for the annotation that kubectl would leave.
    await kubectl('apply', '--server-side', '-f', folder);
    await kubectl('wait', '--for=condition=Established', '--timeout=30s', ...readdirSync(folder).flatMap(file => ['-f', join(folder, file)]));
  });
}

/**
 * Lets the API server judge Cilium's objects by Cilium's schemas, without keeping them.
 *
 * @returns what it says of each
 * @throws with what it refuses
 */
export async function dryRun(objects: any[], { kubectl }: Pick<ControlPlane, 'kubectl'>): Promise<string[]> {
  const items = objects.filter(object => object.apiVersion.startsWith('cilium.io/'));
  return inFolder(async folder => {
    const file = join(folder, 'objects.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const said = await kubectl('apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', file);
    return said.trim().split('\n').filter(line => line !== '');
  });
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'eks-platform-cilium-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ask(judge: string, args: string[], input: string, codes: number[]): any {
  const { status, stdout, stderr, error } = spawnSync(judge, args, { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (error || !codes.includes(status!)) {
    throw new Error(`${judge} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}\n${stderr ?? ''}`);
  }
  return JSON.parse(stdout);
}

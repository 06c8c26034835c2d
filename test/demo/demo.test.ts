import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { PlatformProfile } from '../../src';
import { emptyFolder, ROOT } from '../support/run';

/** What the demo tells, by title of section: its lines. */
const sections = new Map<string, string[]>();
const outdir = emptyFolder();
let ended: { readonly status: number | null; readonly stdout: string };

beforeAll(() => {
  // As in a shell: without what is set for tests alone.
  const { NODE_ENV, CDK_VALIDATION, JSII_DEPRECATED, FORCE_COLOR, ...env } = process.env;
  const demo = [require.resolve('ts-node/dist/bin'), '-P', 'tsconfig.dev.json', 'demo/run.ts', '--output', outdir];
  ended = spawnSync(process.execPath, demo, { cwd: ROOT, encoding: 'utf8', env });
  let lines: string[] = [];
  for (const line of ended.stdout.split('\n').filter(it => it !== '')) {
    if (line.startsWith(' ')) {
      lines.push(line.trim());
    } else {
      sections.set(line, lines = []);
    }
  }
}, 180_000);

afterAll(() => fs.rmSync(outdir, { recursive: true }));

/** The words of a section's lines, as columns are two spaces or more apart. */
const rows = (title: string) => sections.get(title)!.map(line => line.split(/ {2,}/));

test('ends well, tells how long it took, and that nothing was found', () => {
  expect(ended.status).toBe(0);
  expect(ended.stdout).toMatch(/\nDone in \d+\.\d s\. CDK's rules find nothing to warn of\.\n$/);
});

test('tells what it is doing, with the time of each step', () => {
  expect(ended.stdout).toMatch(/ {2}define the stacks +\d+\.\d s\n {2}load CDK's rules for templates +\d+\.\d s\n {2}synthesize, .* +\d+\.\d s\n/);
});

test('writes no colours where there is no terminal', () => {
  expect(ended.stdout).not.toContain('\u001b');
});

test('fits into 100 columns', () => {
  expect(Math.max(...ended.stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(100);
});

test('shows what differs between the environments', () => {
  const table = rows('What differs');
  expect(table[0]).toEqual(['dev', 'staging', 'prod']);
  expect(table).toEqual(expect.arrayContaining([
    ['NAT gateways', '1', '2', '3'],
    ['VPC flow logs', 'yes', 'yes', 'yes'],
    ['Flow logs are kept', '7 days', '30 days', '365 days'],
    ['Kubernetes API', 'public and private', 'public and private', 'private'],
    ['Deletion protection', 'no', 'no', 'yes'],
    ['Node type', 't4g.large', 'm7g.large', 'm7g.xlarge'],
  ]));
});

test('leaves out no setting of the profiles', () => {
  const full = rows('What differs').slice(1).filter(row => row.length === 4); // the others continue a long list
  expect(full).toHaveLength(Object.keys(PlatformProfile.DEV.settings).length);
});

test('shows the subnets, which are the same in each environment', () => {
  expect(rows('Subnets of dev, staging and prod')).toEqual([
    ['zone', 'kind', 'CIDR'],
    ['1', 'public', '10.0.0.0/24'],
    ['2', 'public', '10.0.1.0/24'],
    ['3', 'public', '10.0.2.0/24'],
    ['1', 'private', '10.0.3.0/24'],
    ['2', 'private', '10.0.4.0/24'],
    ['3', 'private', '10.0.5.0/24'],
  ]);
});

test('shows the order of deployment', () => {
  const steps: string[][] = [];
  for (const row of rows('What is deployed, step after step; deleted in the reverse order')) {
    if (/^\d$/.test(row[0])) {
      steps.push([row[1]]);
    } else {
      steps.at(-1)!.push(row[0]);
    }
  }
  expect(steps.map(step => step.sort())).toEqual([
    ['KubectlLayer', 'SecretsKey', 'Vpc'],
    ['Teardown'],
    ['Cluster'],
    ['Cilium'],
    ['Nodes'],
    ['CoreDns'],
    ['AlbController', 'ExternalDns', 'NodeLocalDns'],
    ['Drain'],
    ['DeletionGuard'],
  ]);
});

test('says which part only some environments have', () => {
  expect(ended.stdout).toMatch(/SecretsKey +KMS key \(prod only\)\n/);
});

test('writes a template for each environment, and counts its resources', () => {
  const files = sections.get('Where the templates are')!.map(file => path.resolve(ROOT, file));
  expect(files.map(file => path.basename(file))).toEqual(['shop-dev', 'shop-staging', 'shop-prod'].map(stack => `${stack}.template.json`));
  const counts = files.map(file => Object.keys(JSON.parse(fs.readFileSync(file, 'utf8')).Resources).length);
  expect(rows('How much')).toContainEqual(['Resources', ...counts.map(String)]);
});

import * as fs from 'fs';
import * as path from 'path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { demo, main, wantsColours, type Console } from '../../demo/run';
import { EksPlatform, PlatformProfile } from '../../src';
import { emptyFolder } from '../../tools/npm';
import { ROOT, start } from '../../tools/programs';

jest.setTimeout(180_000);

const outdir = emptyFolder();
afterAll(() => fs.rmSync(outdir, { recursive: true }));

/** How a demo ended, and what it wrote. */
function ran(work: (console: Console) => number, colours = false) {
  const written = { out: '', err: '' };
  const code = work({ out: text => written.out += text, err: text => written.err += text, colours });
  return { code, ...written };
}

describe('the demo of the starter', () => {
  /** The printed lines, by the titles of their sections. */
  const sections = new Map<string, string[]>();
  let ended: ReturnType<typeof ran>;

  beforeAll(() => {
    ended = ran(console => main(['--output', outdir], console));
    let lines: string[] = [];
    for (const line of ended.out.split('\n').filter(it => it !== '')) {
      if (line.startsWith(' ')) {
        lines.push(line.trim());
      } else {
        sections.set(line, lines = []);
      }
    }
  });

  /** The cells of a section's lines: columns are at least two spaces apart. */
  const rows = (title: string) => sections.get(title)!.map(line => line.split(/ {2,}/));

  test('ends well, and says how long it took and that there were no warnings', () => {
    expect(ended.code).toBe(0);
    expect(ended.out).toMatch(/\nDone in \d+\.\d s\. CDK's rules give no warnings\.\n$/);
  });

  test('says what it is doing, with the time of each step', () => {
    expect(ended.out).toMatch(/ {2}define the stacks +\d+\.\d s\n {2}load CDK's rules for templates +\d+\.\d s\n {2}synthesize, .* +\d+\.\d s\n/);
  });

  test('writes no colours where there is no terminal', () => {
    expect(ended.out).not.toContain('\u001b');
  });

  test('fits into 100 columns', () => {
    expect(Math.max(...ended.out.split('\n').map(line => line.length))).toBeLessThanOrEqual(100);
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
    for (const row of rows('What is deployed, step by step; it is deleted in the reverse order')) {
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
    expect(ended.out).toMatch(/SecretsKey +KMS key \(prod only\)\n/);
  });

  test('writes a template for each environment, and counts its resources', () => {
    const files = sections.get('Where the templates are')!.map(file => path.resolve(ROOT, file));
    expect(files.map(file => path.basename(file))).toEqual(['shop-dev', 'shop-staging', 'shop-prod'].map(stack => `${stack}.template.json`));
    const counts = files.map(file => Object.keys(JSON.parse(fs.readFileSync(file, 'utf8')).Resources).length);
    expect(rows('How much')).toContainEqual(['Resources', ...counts.map(String)]);
  });
});

/** The demo of another app. */
const demoOf = (define: (app: App) => void, colours = false) => ran(console => demo(define, outdir, console), colours);

test('fails with the error of an app that can\'t be defined', () => {
  const { code, err, out } = demoOf(app => new EksPlatform(new Stack(app, 'shop-dev'), 'Platform', { clusterName: 'Shop' }));
  expect(code).toBe(1);
  expect(err).toMatch(/The demo failed: `clusterName` must be .*, got: "?Shop"?; .* \[shop-dev\/Platform\]\n$/);
  expect(out).not.toContain('Done');
});

test('fails if CDK\'s own rules find an error in a template', () => {
  const { code, err, out } = demoOf(app => {
    for (const profile of ['dev', 'staging', 'prod']) {
      new CfnResource(new Stack(app, `shop-${profile}`), 'Queue', { type: 'AWS::SQS::Queue', properties: { DelaySeconds: 'soon' } });
    }
  });
  expect(code).toBe(1);
  expect(err).toMatch(/The demo failed: (.|\n)*DelaySeconds/);
  expect(out).not.toContain('Done');
});

test('fails if an environment has no stack', () => {
  const { code, err } = demoOf(app => new Stack(app, 'shop-dev'));
  expect(code).toBe(1);
  expect(err).toContain('no stack has a name that ends with -staging, there are: shop-dev');
});

test('is a program, which fails on an option that it does not have', () => {
  const ended = start(process.execPath, [require.resolve('ts-node/dist/bin'), '-P', 'tsconfig.dev.json', 'demo/run.ts', '--outptu', 'x']);
  expect(ended.status).toBe(1);
  expect(ended.stderr).toContain('Unknown option \'--outptu\'');
  expect(ended.stderr).toContain('Usage: npm run demo -- [--output FOLDER]');
});

test('has colours where they are wanted', () => {
  const { err } = demoOf(() => {
    throw new Error('no');
  }, true);
  expect(err).toContain('\u001b[31mThe demo failed:\u001b[0m no');
});

test.each([
  [true, undefined, true],
  [true, '', true],
  [true, '1', false],
  [false, undefined, false],
])('on a terminal: %s, NO_COLOR: %p: colours are wanted: %s', (isTerminal, noColor, wanted) => {
  expect(wantsColours(isTerminal, noColor)).toBe(wanted);
});

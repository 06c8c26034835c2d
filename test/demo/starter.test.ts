import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { shop } from '../../examples/typescript/main';
import { ROOT } from '../../tools/programs';
import { theOnly } from '../support/read';

const EXAMPLES = path.join(ROOT, 'examples');
const STARTER = path.join(EXAMPLES, 'typescript');
const FOLDERS = fs.readdirSync(EXAMPLES, { withFileTypes: true }).filter(it => it.isDirectory()).map(it => it.name);
const read = (...file: string[]) => fs.readFileSync(path.join(...file), 'utf8');
const json = (...file: string[]) => JSON.parse(read(...file));

const app = new App({ context: { ...json(STARTER, 'cdk.json').context, 'aws:cdk:disable-asset-staging': true } });
shop(app);
const stackOf = (environment: string) => app.node.findChild(`shop-${environment}`) as Stack;

test.each([['dev', 1], ['staging', 2], ['prod', 3]])('%s has its own stack and cluster, with the NAT gateways of its profile', (environment, natGateways) => {
  const template = Template.fromStack(stackOf(environment));
  expect(theOnly(template, 'AWS::EKS::Cluster').Properties.Name).toBe(`shop-${environment}`);
  template.resourceCountIs('AWS::EC2::NatGateway', natGateways);
});

test('only prod is protected from deletion, as a stack and as a cluster', () => {
  for (const environment of ['dev', 'staging', 'prod']) {
    const stack = stackOf(environment);
    expect(stack.terminationProtection).toBe(environment === 'prod');
    expect(theOnly(Template.fromStack(stack), 'AWS::EKS::Cluster').Properties.DeletionProtection).toBe(environment === 'prod');
  }
});

test('each environment has its own hosted zone', () => {
  const zones = ['dev', 'staging', 'prod'].map(environment => JSON.stringify(Template.fromStack(stackOf(environment)).toJSON()).match(/hostedzone\/(\w+)/)![1]);
  expect(new Set(zones).size).toBe(3);
});

describe.each(FOLDERS.filter(name => fs.existsSync(path.join(EXAMPLES, name, 'package.json'))))('%s', name => {
  const folder = path.join(EXAMPLES, name);

  test('can be copied: it names no file outside its folder, and every package that it imports is in its package.json', () => {
    const dependencies = Object.keys(json(folder, 'package.json').dependencies);
    const sources = fs.readdirSync(folder).filter(file => file.endsWith('.ts')).map(file => read(folder, file)).join('\n');
    const imported = [...sources.matchAll(/from '([^']+)'/g)].map(match => match[1]);
    expect(imported.length).toBeGreaterThan(2);
    for (const module of imported) {
      const here = module.startsWith('./') && fs.existsSync(path.join(folder, `${module}.ts`));
      expect(here || dependencies.some(it => module === it || module.startsWith(`${it}/`))).toBe(true);
    }
    expect(json(folder, 'tsconfig.json')).not.toHaveProperty('extends');
    expect(json(folder, 'tsconfig.json').compilerOptions).not.toHaveProperty('paths');
  });

  test('asks for the versions that the library asks for', () => {
    const library = json(ROOT, 'package.json');
    const { dependencies, devDependencies } = json(folder, 'package.json');
    expect(dependencies).toMatchObject({ 'aws-cdk-lib': library.peerDependencies['aws-cdk-lib'], 'constructs': library.peerDependencies.constructs });
    expect(devDependencies.typescript).toBe(library.devDependencies.typescript);
  });
});

test('there is a starter for each language', () => {
  expect(FOLDERS).toEqual(expect.arrayContaining(['go', 'python', 'typescript']));
});

test.each(FOLDERS)('%s sets feature flags as CDK recommends them, and none that it does not know', name => {
  const recommended = json(path.dirname(require.resolve('aws-cdk-lib')), 'recommended-feature-flags.json');
  const { context } = json(EXAMPLES, name, 'cdk.json');
  expect(Object.keys(context).length).toBeGreaterThan(0);
  expect(recommended).toMatchObject(context);
});

test.each(FOLDERS)('%s says in five points what it is', name => {
  expect(read(EXAMPLES, name, 'README.md').match(/^\d\. \*\*/gm)).toHaveLength(5);
});

test('every starter is in the table of starters, and no other', () => {
  const table = [...read(EXAMPLES, 'README.md').matchAll(/^\| \[([\w-]+)\]\(\1\) /gm)].map(match => match[1]);
  expect(table.sort()).toEqual([...FOLDERS].sort());
});

test('is short enough to be read at once', () => {
  expect(read(STARTER, 'main.ts').trimEnd().split('\n').length).toBeLessThanOrEqual(45);
});

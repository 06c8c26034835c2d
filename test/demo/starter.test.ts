import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { shop } from '../../examples/typescript/main';
import { theOnly } from '../support/read';
import { ROOT } from '../support/run';

const STARTER = path.join(ROOT, 'examples/typescript');
const read = (...file: string[]) => fs.readFileSync(path.join(...file), 'utf8');
const json = (...file: string[]) => JSON.parse(read(...file));

const app = new App({ context: { ...json(STARTER, 'cdk.json').context, 'aws:cdk:disable-asset-staging': true } });
shop(app);
const stackOf = (environment: string) => app.node.findChild(`shop-${environment}`) as Stack;

test.each([['dev', 1], ['staging', 2], ['prod', 3]])('%s is a stack and a cluster of its own, with the NAT gateways of its profile', (environment, natGateways) => {
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

test('each environment has a hosted zone of its own', () => {
  const zones = ['dev', 'staging', 'prod'].map(environment => JSON.stringify(Template.fromStack(stackOf(environment)).toJSON()).match(/hostedzone\/(\w+)/)![1]);
  expect(new Set(zones).size).toBe(3);
});

test('can be copied: it names no file outside its folder, and every package that it imports is in its package.json', () => {
  const { dependencies } = json(STARTER, 'package.json');
  const imported = [...read(STARTER, 'main.ts').matchAll(/from '([^']+)'/g)].map(match => match[1]);
  expect(imported).toHaveLength(4);
  for (const module of imported) {
    expect(Object.keys(dependencies).some(name => module === name || module.startsWith(`${name}/`))).toBe(true);
  }
  expect(json(STARTER, 'tsconfig.json')).not.toHaveProperty('extends');
  expect(json(STARTER, 'tsconfig.json').compilerOptions).not.toHaveProperty('paths');
});

test('asks for the versions that the library asks for', () => {
  const library = json(ROOT, 'package.json');
  const { dependencies, devDependencies } = json(STARTER, 'package.json');
  expect(dependencies).toMatchObject({ 'aws-cdk-lib': library.peerDependencies['aws-cdk-lib'], 'constructs': library.peerDependencies.constructs });
  expect(devDependencies.typescript).toBe(library.devDependencies.typescript);
});

test('sets feature flags as CDK recommends them, and none that it does not know', () => {
  const recommended = json(path.dirname(require.resolve('aws-cdk-lib')), 'recommended-feature-flags.json');
  const { context } = json(STARTER, 'cdk.json');
  expect(Object.keys(context).length).toBeGreaterThan(0);
  expect(recommended).toMatchObject(context);
});

test('is short enough to be read at once', () => {
  expect(read(STARTER, 'main.ts').trimEnd().split('\n').length).toBeLessThanOrEqual(45);
});

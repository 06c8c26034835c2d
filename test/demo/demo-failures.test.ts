import { spawnSync } from 'child_process';
import * as fs from 'fs';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { demo, wantsColours } from '../../demo/run';
import { EksPlatform } from '../../src';
import { emptyFolder, ROOT } from '../support/run';

const outdir = emptyFolder();
afterAll(() => fs.rmSync(outdir, { recursive: true }));

/** The demo of another app, with what it wrote. */
function demoOf(define: (app: App) => void, colours = false) {
  const written = { out: '', err: '' };
  const code = demo(define, outdir, { out: text => written.out += text, err: text => written.err += text, colours });
  return { code, ...written };
}

test('fails with the error of an app that can not be defined', () => {
  const { code, err, out } = demoOf(app => new EksPlatform(new Stack(app, 'shop-dev'), 'Platform', { clusterName: 'Shop' }));
  expect(code).toBe(1);
  expect(err).toMatch(/The demo failed: `clusterName` must be .*, got: "?Shop"?; .* \[shop-dev\/Platform\]\n$/);
  expect(out).not.toContain('Done');
});

test('fails where CDK\'s own rules find an error in a template', () => {
  const { code, err, out } = demoOf(app => {
    for (const profile of ['dev', 'staging', 'prod']) {
      new CfnResource(new Stack(app, `shop-${profile}`), 'Queue', { type: 'AWS::SQS::Queue', properties: { DelaySeconds: 'soon' } });
    }
  });
  expect(code).toBe(1);
  expect(err).toMatch(/The demo failed: (.|\n)*DelaySeconds/);
  expect(out).not.toContain('Done');
}, 180_000);

test('fails where an environment has no stack', () => {
  const { code, err } = demoOf(app => new Stack(app, 'shop-dev'));
  expect(code).toBe(1);
  expect(err).toContain('no stack has a name that ends with -staging, there are: shop-dev');
});

test('fails on an option that it does not have', () => {
  const ended = spawnSync(process.execPath, [require.resolve('ts-node/dist/bin'), '-P', 'tsconfig.dev.json', 'demo/run.ts', '--outptu', 'x'], {
    cwd: ROOT, encoding: 'utf8',
  });
  expect(ended.status).toBe(1);
  expect(ended.stderr).toContain('Unknown option \'--outptu\'');
  expect(ended.stderr).toContain('Usage: npm run demo -- [--output FOLDER]');
});

test('writes colours where they are wanted', () => {
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

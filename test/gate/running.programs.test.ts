import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import type { Part } from '../../gate/parts';
import { Running } from '../../gate/running';

let folder: string;
beforeEach(() => folder = mkdtempSync(join(tmpdir(), 'gate-')));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ended = (script: string, part: Partial<Part> = {}, left?: number) => {
  writeFileSync(join(folder, 'part.js'), script);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { it: `${process.execPath} part.js` } }));
  return new Running({ name: 'a part', script: ['it'], counting: 'whole', cpuSeconds: 1, minutes: 1, ...part }, folder, folder, { quiet: true, left }).ended;
};

test('a part that ends well has its log, its time and the CPU seconds of the processes that it started', async () => {
  const { code, cpuSeconds, milliseconds, log } = await ended('const end = Date.now() + 500; while (Date.now() < end); console.log("done"); console.error("said");');
  expect(code).toBe(0);
  expect(cpuSeconds).toBeGreaterThan(0.3);
  expect(milliseconds).toBeGreaterThan(500);
  expect(readFileSync(log, 'utf8').split('\n').sort()).toEqual(['', 'done', 'said']);
});

test('a part that fails has its exit code, and says it', async () => {
  expect(await ended('process.exit(7)')).toMatchObject({ code: 7, why: 'it ended with exit code 7' });
});

test('a part that does not end in time is stopped, with what it started', async () => {
  const { code, why, milliseconds } = await ended('setInterval(() => {}, 1000)', { minutes: 1 }, 1500);
  expect(code).not.toBe(0);
  expect(why).toMatch(/^it did not end within/);
  expect(milliseconds).toBeLessThan(20_000);
});

test('a part with tests is asked for jest\'s results in a file', async () => {
  const { log, results } = await ended('console.log(process.argv.slice(2).join(" "))', { counting: 'jest' });
  expect(readFileSync(log, 'utf8').trim()).toBe(`--json --outputFile=${results}`);
});

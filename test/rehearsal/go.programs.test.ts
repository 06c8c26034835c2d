import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { programPiece } from '../../rehearsal/checks/programs';
import { buildProgram, SHARED_RELEASE, type GoProgram } from '../../rehearsal/setup/go';
import { VERSIONS } from '../../src/kubernetes/versions';

/** What a `go` of ours says of Kubernetes' own module. */
const KUBERNETES = {
  Go: '1.26.0',
  Require: [{ Path: 'golang.org/x/net', Version: 'v0.49.0' }, { Path: 'example.com/old', Version: 'v1.0.0' }, { Path: 'k8s.io/api', Version: 'v0.0.0' }],
  Replace: [{ Old: { Path: 'k8s.io/api' }, New: { Path: './staging/src/k8s.io/api' } }],
};
const PROGRAM: GoProgram = { name: 'tool', module: 'example.com/tool', version: '1.2.3', package: 'example.com/tool/cmd' };

describe('a program of another\'s module', () => {
  let folder: string;
  let path: string | undefined;
  const file = (...names: string[]) => join(folder, ...names);
  const write = (text: string, ...names: string[]) => {
    mkdirSync(file(...names, '..'), { recursive: true });
    writeFileSync(file(...names), text);
    return file(...names);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'go-test-'));
    write('package parser', 'upstream', 'pkg', 'parser', 'parser.go');
    write('package clouds // all', 'upstream', 'clouds.go');
    write(JSON.stringify(KUBERNETES), 'kubernetes.json');
    // Says where modules are, and keeps what it is to build.
    chmodSync(write([
      '#!/bin/sh',
      'case "$1 $2" in',
      `"mod download") echo '{"Dir":"${file('upstream')}","GoMod":"any"}';;`,
      `"mod edit") if [ "$3" = -json ]; then cat ${file('kubernetes.json')}; else echo "$@" >> ${file('edits')}; fi;;`,
      `"build "*) cp -r . ${file('built')}; echo "$@" > ${file('arguments')};;`,
      'esac',
      '',
    ].join('\n'), 'bin', 'go'), 0o755);
    path = process.env.PATH;
    process.env.PATH = `${file('bin')}:${path}`;
  });

  afterEach(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  });

  const build = async (program: Partial<GoProgram> = {}) => {
    mkdirSync(file('cache'));
    await buildProgram({ ...PROGRAM, ...program }, file('cache'));
    return readFileSync(file('built', 'go.mod'), 'utf8').split('\n');
  };

  test('is built with the modules of Kubernetes, so that what both need is compiled once', async () => {
    const module = await build();

    expect(module).toEqual(expect.arrayContaining([
      'require example.com/tool v1.2.3',
      'replace golang.org/x/net => golang.org/x/net v0.49.0',
      `replace k8s.io/api => k8s.io/api v${SHARED_RELEASE.replace('1.', '0.')}`,
    ]));
    expect(readFileSync(file('arguments'), 'utf8')).toMatch(`-o ${file('cache', 'tool')} example.com/tool/cmd`);
  });

  test('keeps its own version of a module that is too old in Kubernetes', async () => {
    expect((await build({ own: ['example.com/old'] })).filter(line => line.includes('example.com/old'))).toEqual([]);
  });

  test('can be of our own files, beside files of the module', async () => {
    write('package main', 'ours', 'main.go');
    await build({ package: '.', sources: file('ours'), borrowed: { 'pkg/parser/parser.go': 'parser' } });

    expect(existsSync(file('built', 'main.go'))).toBe(true);
    expect(readFileSync(file('built', 'parser', 'parser.go'), 'utf8')).toBe('package parser');
  });

  test('can have a file of ours in place of its own', async () => {
    await build({ replaced: { 'clouds.go': write('package clouds // one', 'ours.go') } });

    expect(readFileSync(file('built', 'source', 'clouds.go'), 'utf8')).toBe('package clouds // one');
    expect(readFileSync(file('edits'), 'utf8')).toBe('mod edit -replace example.com/tool=./source\n');
    expect(readFileSync(file('upstream', 'clouds.go'), 'utf8')).toBe('package clouds // all');
  });

  test('leaves nothing but itself', async () => {
    await build();
    expect(existsSync(file('cache', 'module'))).toBe(false);
  });
});

test('the judge is of the Cilium that the platform deploys', () => {
  expect(programPiece('judge').title).toMatch(VERSIONS.charts.cilium.version);
});

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { buildKubernetes, buildPrograms, SHARED_RELEASE, type GoPrograms } from '../../rehearsal/setup/go';
import { programPiece } from '../../rehearsal/setup/programs';
import { VERSIONS } from '../../src/kubernetes/versions';

/** What a `go` of ours says of Kubernetes' own module. */
const KUBERNETES = {
  Go: '1.26.0',
  Require: [
    { Path: 'golang.org/x/net', Version: 'v0.49.0' },
    { Path: 'example.com/old', Version: 'v1.0.0' },
    { Path: 'k8s.io/api', Version: 'v0.0.0' },
    { Path: 'go.etcd.io/etcd/client/v3', Version: 'v3.6.8' },
  ],
  Replace: [{ Old: { Path: 'k8s.io/api' }, New: { Path: './staging/src/k8s.io/api' } }],
};
const TOOL: GoPrograms = { packages: { tool: 'example.com/tool/cmd/tool' }, modules: { 'example.com/tool': '1.2.3' } };

describe('programs of others\' modules', () => {
  let folder: string;
  let path: string | undefined;
  const file = (...names: string[]) => join(folder, ...names);
  const text = (...names: string[]) => readFileSync(file(...names), 'utf8');
  const write = (content: string, ...names: string[]) => {
    mkdirSync(file(...names, '..'), { recursive: true });
    writeFileSync(file(...names), content);
    return file(...names);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'go-test-'));
    write('package parser', 'upstream', 'pkg', 'parser', 'parser.go');
    write('package downloader // clouds', 'upstream', 'downloader', 'downloader.go');
    write('package cmd // server', 'upstream', 'cmd', 'server.go');
    chmodSync(file('upstream', 'cmd'), 0o555); // as Go's own files are
    write(JSON.stringify(KUBERNETES), 'kubernetes.json');
    // Says where modules are, keeps what it is to build, and writes programs as they are called by default.
    chmodSync(write([
      '#!/bin/sh',
      'case "$1 $2" in',
      `"mod download") echo '{"Dir":"${file('upstream')}","GoMod":"any"}';;`,
      `"mod edit") cat ${file('kubernetes.json')};;`,
      `"build "*) cp -r . ${file('built')}; echo "$@" > ${file('arguments')}; env > ${file('environment')}; touch ../tool ../server ../coredns ../conftest;;`,
      'esac',
      '',
    ].join('\n'), 'bin', 'go'), 0o755);
    path = process.env.PATH;
    process.env.PATH = `${file('bin')}:${path}`;
    mkdirSync(file('cache'));
  });

  afterEach(() => {
    process.env.PATH = path;
    chmodSync(file('upstream', 'cmd'), 0o755);
    rmSync(folder, { recursive: true });
  });

  const build = async (programs: Partial<GoPrograms> = {}) => {
    await buildPrograms({ ...TOOL, ...programs }, file('cache'));
    return text('built', 'go.mod').split('\n');
  };

  test('are built with the modules of Kubernetes, so that what both need is compiled once', async () => {
    const module = await build();

    expect(module).toEqual(expect.arrayContaining([
      'require example.com/tool v1.2.3',
      'replace golang.org/x/net => golang.org/x/net v0.49.0',
      `replace k8s.io/api => k8s.io/api v${SHARED_RELEASE.replace('1.', '0.')}`,
    ]));
    expect(text('arguments')).toMatch(`-o ${file('cache')}/ example.com/tool/cmd/tool`);
    // It would compile a package again for each version that is asked for, though the same one replaces all.
    expect(text('arguments')).not.toMatch('-trimpath');
    expect(text('environment')).toMatch('GOMEMLIMIT=2GiB');
  });

  test('are those of Kubernetes itself, with etcd in the version of its client', async () => {
    await buildKubernetes('1.36.3', { tool: 'k8s.io/kubernetes/cmd/tool', etcd: 'go.etcd.io/etcd/server/v3' }, file('cache'));

    expect(text('built', 'go.mod')).toMatch('require k8s.io/kubernetes v1.36.3\nrequire go.etcd.io/etcd/server/v3 v3.6.8\n');
    expect(text('arguments')).toMatch('k8s.io/component-base/version.gitVersion=v1.36.3');
    expect(['tool', 'etcd', 'server'].map(it => existsSync(file('cache', it)))).toEqual([true, true, false]);
  });

  test('keep their own version of a module that is too old in Kubernetes', async () => {
    expect((await build({ own: ['example.com/old'] })).filter(line => line.includes('example.com/old'))).toEqual([]);
  });

  test('can be of our own files, beside files of the module', async () => {
    await build({ packages: { coredns: './coredns' }, borrowed: { 'example.com/tool': { 'pkg/parser/parser.go': 'coredns/parser' } } });

    expect(existsSync(file('built', 'coredns', 'main.go'))).toBe(true);
    expect(text('built', 'coredns', 'parser', 'parser.go')).toBe('package parser');
  });

  test('can have files of ours in place of a module\'s own, or none', async () => {
    const module = await build({
      packages: { conftest: 'example.com/conftest' }, modules: { 'example.com/conftest': '1.0.0' }, reduced: { 'example.com/conftest': ['cmd/server.go'] },
    });

    expect(module).toContain('replace example.com/conftest => ./conftest');
    expect(text('built', 'conftest', 'downloader', 'downloader.go')).toMatch('downloads nothing');
    expect(text('built', 'conftest', 'pkg', 'parser', 'parser.go')).toBe('package parser');
    expect(existsSync(file('built', 'conftest', 'cmd', 'server.go'))).toBe(false);
    expect(text('upstream', 'downloader', 'downloader.go')).toBe('package downloader // clouds');
  });

  test('leave nothing but themselves', async () => {
    await build();
    expect(existsSync(file('cache', 'module'))).toBe(false);
  });
});

test('the judge is of the Cilium that the platform deploys', () => {
  expect(programPiece('judge').title).toMatch(VERSIONS.charts.cilium.version);
});

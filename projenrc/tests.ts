import type { awscdk, Task } from 'projen';
import { SIDE_HOUSES } from './rooms';

/** What a test file needs stands in its name: nothing but Node, other programs (`x.programs.test.ts`), or a cluster (`x.cluster.test.ts`). */
const PARTS = {
  programs: 'Run the tests that need other programs: cfn-lint, packages, languages, charts, opa and conftest, probes',
  cluster: 'Run the tests that need what the rehearsal sets up: a real API server, Helm, Cilium\'s own code',
};
const OTHERS = `--testPathIgnorePatterns=/node_modules/ '--testPathIgnorePatterns=\\.(${Object.keys(PARTS).join('|')})\\.test\\.ts$'`;

/** CDK's engine for Rego grows its memory page by page: with V8's parallel collectors, its tests take a third more CPU time. */
const JEST = 'node --single-threaded-gc node_modules/jest/bin/jest.js --ci';

/** The parts of the gate as tasks; `verify` runs them all. */
export function tests(project: awscdk.AwsCdkConstructLibrary, handlers: Task) {
  // README's command: the type check, as jest only strips types, and all tests that need Node alone.
  const { testTask } = project;
  testTask.reset();
  testTask.exec('tsc --noEmit --incremental --tsBuildInfoFile build/tests.tsbuildinfo -p tsconfig.dev.json');
  testTask.spawn(handlers);
  testTask.exec(`${JEST} ${OTHERS}`, { receiveArgs: true });

  for (const [part, description] of Object.entries(PARTS)) {
    project.addTask(`test:${part}`, { description, exec: `${JEST} '--testPathPatterns=\\.${part}\\.test\\.ts$'`, receiveArgs: true });
  }
  project.addTask('test:coverage', {
    description: 'Run the tests that need Node alone, and write what they cover to coverage/', exec: `${JEST} --coverage ${OTHERS}`, receiveArgs: true,
  });

  const lint = project.addTask('lint', { description: 'Look for errors of style, arrows that run up, and circles' });
  lint.spawn(project.eslint!.eslintTask);
  lint.exec(`depcruise --config projenrc/circles.cjs ${['src', ...SIDE_HOUSES].join(' ')}`);

  const snapshots = project.addTask('snapshots', { description: 'Compare the integration tests with their snapshots' });
  project.tasks.all.filter(it => /^integ:.*:assert$/.test(it.name)).forEach(it => snapshots.spawn(it));

  const generated = project.addTask('generated', { description: 'Make all generated files anew' });
  ['default', 'policies', 'compile', 'post-compile'].forEach(name => generated.spawn(project.tasks.tryFind(name)!));

  // All parts, the rehearsal too. Without projen, which adds a line of its own after the closing one.
  project.setScript('verify', 'ts-node -P tsconfig.dev.json gate/run.ts');
}

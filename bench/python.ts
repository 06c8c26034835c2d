import * as fs from 'fs';
import * as path from 'path';
import { performance } from 'perf_hooks';
import { cliEnvironment } from './processes';
import { QUIET } from '../tools/packages';
import { ROOT, run } from '../tools/programs';
import { pythonWithLibrary } from '../tools/python';

/** What the two apps took in milliseconds, from the start of Python to its end. */
export interface PythonPair {
  readonly handWritten: number;
  readonly library: number;
}

/** Runs both apps in turn, each in a fresh process, after a pair that does not count. */
export function runPythonPairs(pairs: number): PythonPair[] {
  const python = pythonWithLibrary();
  const folder = path.join(ROOT, 'build/bench/python');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.cpSync(path.join(__dirname, 'python'), folder, { recursive: true });
  const policy = path.join(path.dirname(require.resolve('aws-cdk-lib')), 'aws-eks-v2/lib/addons/alb-iam_policy-v3.2.2.json');
  fs.copyFileSync(policy, path.join(folder, 'alb-iam-policy.json'));
  const once = () => ({ handWritten: timed(python, 'hand_written', folder), library: timed(python, 'library', folder) });
  once();
  return Array.from({ length: pairs }, once);
}

function timed(python: string, app: string, folder: string): number {
  const start = performance.now();
  run(python, [`${app}.py`], { cwd: folder, env: { ...QUIET, ...cliEnvironment('python', path.join(folder, `${app}.out`)) } });
  return performance.now() - start;
}

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'fs';
import { join } from 'path';
import { CHARTS, repositoryPath } from './repository';

/** How long Helm waits at most: what gets ready on fake nodes does so within seconds. */
export const LONGEST_WAIT_SECONDS = 60;

/** One run of Helm by the function that serves charts. */
export interface HelmRun {
  readonly verb: string;
  readonly release: string;
  readonly start: number;
  readonly end: number;
  readonly exitCode: number;
  readonly said: string;
}

/**
 * Makes a folder like Lambda's `/opt`, whose `helm` takes the charts' real repositories for the loopback one.
 *
 * All else is Helm itself: it gets the arguments that the function gives, but for a shorter timeout.
 *
 * @param opt the unpacked layers
 * @param folder in which the new folder is made
 * @param repository the address of the loopback chart repository
 * @param longestWait how many seconds Helm waits at most
 * @returns the new folder, and the file to which each run of Helm is written
 */
export function optWithLoopbackHelm(
  opt: string, folder: string, repository: string, longestWait = LONGEST_WAIT_SECONDS,
): { opt: string; runs: string } {
  const own = join(folder, 'opt');
  const runs = join(folder, 'helm-runs.jsonl');
  mkdirSync(join(own, 'helm'), { recursive: true });
  for (const [layer, name] of [['kubectl', 'kubectl'], ['awscli', 'awscli'], ['helm', 'helm-itself']]) {
    symlinkSync(join(opt, layer), join(own, name));
  }
  writeFileSync(runs, '');
  writeFileSync(join(own, 'helm', 'helm'), wrapper(repository, runs, longestWait), { mode: 0o755 });
  return { opt: own, runs };
}

/** A program in Python, by which the emulator runs. */
function wrapper(repository: string, runs: string, longestWait: number): string {
  const moved = Object.fromEntries(CHARTS.map(chart => [chart.repository, `${repository}${repositoryPath(chart.repository)}`]));
  return `#!/var/lang/bin/python3
import json, signal, subprocess, sys, time
MOVED = ${JSON.stringify(moved)}
args = [MOVED.get(arg.rstrip('/'), arg) for arg in sys.argv[1:]]
if '--timeout' in args:
    at = args.index('--timeout') + 1
    args[at] = f"{min(int(args[at].rstrip('s')), ${longestWait})}s"
start = time.time()
helm = subprocess.Popen(['/opt/helm-itself/helm', *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
for interruption in (signal.SIGINT, signal.SIGTERM):
    signal.signal(interruption, lambda number, _: helm.send_signal(number))
said, complained = helm.communicate()
sys.stdout.buffer.write(said)
sys.stderr.buffer.write(complained)
if args[:1] in (['upgrade'], ['uninstall']):
    run = {'verb': args[0], 'release': args[1], 'start': start, 'end': time.time(), 'exitCode': helm.returncode, 'said': (said + complained).decode(errors='replace')}
    with open(${JSON.stringify(runs)}, 'a') as file:
        file.write(json.dumps(run) + '\\n')
sys.exit(helm.returncode)
`;
}

/** What Helm was asked for so far, in the order in which it ended. */
export function helmRuns(file: string): HelmRun[] {
  return readFileSync(file, 'utf8').split('\n').filter(line => line !== '').map(line => JSON.parse(line));
}

import { existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import type { ControlPlane } from '../cluster/control-plane';
import type { Ports } from '../cluster/ports';
import { writeDefinitions } from '../judge/cilium-objects';
import type { Toolchain } from '../setup/toolchain';
import { waitUntil, type Processes } from '../support/processes';

/** The account number in AWS's own examples. */
export const ACCOUNT = '111122223333';
const REGION = 'us-east-1';

const PLUGIN = join(__dirname, 'plugin');

/** The folder with the npm packages, the AWS SDK among them. */
const SDK = join(__dirname, '..', '..', 'node_modules');

/** An AWS account on this machine. */
export interface Emulator {
  readonly url: string;
  /** For the CDK CLI and AWS SDKs: AWS's address, credentials and region. */
  readonly env: NodeJS.ProcessEnv;
  readonly account: string;
  readonly region: string;
  /** JSON lines: {time, event: 'start'|'end'|'fail', action: 'create'|'update'|'delete', logicalId, type, stack, said?}. */
  readonly eventsFile: string;
  /** JSON, written when a cluster is deleted: the objects in it that came since it was created. */
  readonly remainsFile: string;
  /** Text, written when a cluster's Kubernetes version is changed: the version that the rehearsal then has to run. */
  readonly upgradeFile: string;
  /** The file with all that it says, Lambda functions among it. */
  readonly log: string;
}

export interface EmulatorOptions {
  readonly toolchain: Toolchain;
  readonly processes: Processes;
  /** The folder of this rehearsal. */
  readonly folder: string;
  readonly ports: Ports;
  readonly controlPlane: ControlPlane;
  /** The last part of the address of the token webhook that the API server calls. */
  readonly authSecret: string;
  /** The seed of the random order in which resources are created. @default - MiniStack's own order */
  readonly seed?: number;
  /** A folder with the CustomResourceDefinitions that Cilium's operator registers. @default - Cilium's own */
  readonly crds?: string;
  /** How many seconds a node group waits for its nodes. @default 20 */
  readonly nodeSeconds?: number;
  /** How many seconds an add-on waits for its pods. @default 20 */
  readonly addonSeconds?: number;
}

/** Starts MiniStack with our plugin, in a file system where `/opt`, `/var/lang` and `/tmp` look as in Lambda. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { toolchain, processes, folder, ports, controlPlane } = options;
  const url = `http://127.0.0.1:${ports.emulator}`;
  const eventsFile = join(folder, 'events.jsonl');
  writeFileSync(eventsFile, '');
  const remainsFile = join(folder, 'remains.json');
  const upgradeFile = join(folder, 'upgrade');
  const script = join(folder, 'emulator.sh');
  writeFileSync(script, lambdaLike(toolchain, folder), { mode: 0o700 });
  const running = processes.start('emulator', 'unshare', [...namespace(), 'sh', script], {
    cwd: folder,
    env: {
      HOME: folder,
      PATH: '/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
      LANG: 'C.UTF-8',
      PYTHONDONTWRITEBYTECODE: '1',
      GATEWAY_PORT: String(ports.emulator),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      MINISTACK_REGION: REGION,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'rehearsal',
      AUTH: 'true',
      LAMBDA_EXECUTOR: 'local',
      NODE_PATH: SDK, // part of Lambda's runtime
      // Tokens for Kubernetes are signed for this address; nobody calls it.
      AWS_ENDPOINT_URL_STS: `https://sts.${REGION}.amazonaws.com`,
      REHEARSAL_ENDPOINT: controlPlane.endpoint,
      REHEARSAL_CA_FILE: controlPlane.caFile,
      REHEARSAL_KUBECONFIG: controlPlane.adminKubeconfig,
      REHEARSAL_AUTH_SECRET: options.authSecret,
      REHEARSAL_EVENTS_FILE: eventsFile,
      REHEARSAL_REMAINS_FILE: remainsFile,
      REHEARSAL_UPGRADE_FILE: upgradeFile,
      ...options.seed === undefined ? {} : { REHEARSAL_SEED: String(options.seed) },
      REHEARSAL_CRDS: options.crds ?? ciliumDefinitions(toolchain, folder),
      REHEARSAL_NODE_SECONDS: String(options.nodeSeconds ?? 20),
      REHEARSAL_ADDON_SECONDS: String(options.addonSeconds ?? 20),
    },
  });
  await waitUntil('answer of the AWS emulator', async () => (await fetch(`${url}/_ministack/health`)).ok, running, 30);
  return {
    url,
    account: ACCOUNT,
    region: REGION,
    eventsFile,
    remainsFile,
    upgradeFile,
    log: running.log,
    env: {
      ...withoutAws(process.env),
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'rehearsal',
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      // The user's own profiles and credentials must not be used.
      AWS_CONFIG_FILE: join(folder, 'no-aws-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-aws-credentials'),
    },
  };
}

/** Writes Cilium's own definitions to a folder. */
function ciliumDefinitions({ programs: { judge } }: Toolchain, folder: string): string {
  const definitions = join(folder, 'crds');
  writeDefinitions(judge, definitions);
  return definitions;
}

/** The environment without the variables that lead an SDK or the CDK CLI to a real account. */
export function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS|CDK)_/.test(name)));
}

/** The options of `unshare` for mounts that only the emulator sees: as root, or as root of a user namespace. */
export function namespace(): string[] {
  return process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
}

/**
 * The script that makes the file system look as in Lambda, for MiniStack and everything that it starts.
 *
 * `/tmp` is a folder of the rehearsal, so that functions leave nothing behind. What is needed of the machine's `/tmp` stays visible.
 */
export function lambdaLike(toolchain: Pick<Toolchain, 'opt' | 'python' | 'node24'>, folder: string): string {
  const layers = existsSync(toolchain.opt) ? readdirSync(toolchain.opt).map(entry => realpathSync(join(toolchain.opt, entry))) : [];
  const needed = [folder, toolchain.opt, ...layers, dirname(dirname(toolchain.python)), dirname(toolchain.node24), PLUGIN, SDK]
    .filter(path => path.startsWith('/tmp/'));
  const work = join(folder, 'lambda');
  mkdirSync(join(work, 'tmp'), { recursive: true });
  mkdirSync(join(work, 'var'), { recursive: true });
  return `set -eu
work=${quote(work)}
mount --rbind ${quote(toolchain.opt)} /opt
if [ ! -d /var/lang ]; then # a copy of /var, with one more folder
  mount --rbind /var "$work/var"
  mount -t tmpfs tmpfs /var
  for entry in "$work"/var/*; do
    name="/var/\${entry##*/}"
    if [ -L "$entry" ]; then ln -s "$(readlink "$entry")" "$name"
    elif [ -d "$entry" ]; then mkdir "$name"; mount --rbind "$entry" "$name"
    else cp -p "$entry" "$name"
    fi
  done
  mkdir /var/lang
fi
mount -t tmpfs tmpfs /var/lang
mkdir /var/lang/bin
for name in python python3 python3.13; do ln -s ${quote(toolchain.python)} "/var/lang/bin/$name"; done
ln -s ${quote(toolchain.node24)} /var/lang/bin/node
${needed.map(path => `mkdir -p "$work/tmp"${quote(path.slice(4))}; mount --rbind ${quote(path)} "$work/tmp"${quote(path.slice(4))}`).join('\n')}
mount --rbind "$work/tmp" /tmp
cd /tmp
exec ${quote(toolchain.python)} ${quote(PLUGIN)}
`;
}

function quote(text: string): string {
  return `'${text.replace(/'/g, '\'\\\'\'')}'`;
}

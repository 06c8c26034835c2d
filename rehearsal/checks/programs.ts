import { createHash } from 'crypto';
import { readdirSync, readFileSync } from 'fs';
import { basename, join } from 'path';
import { VERSIONS } from '../../src/kubernetes/versions';
import { buildProgram, checkGo, SHARED_RELEASE, type GoProgram } from '../setup/go';
import { folderOf, isComplete, type Piece } from '../setup/pieces';

/** The name of a program that checks run. */
export type Program = 'judge' | 'coredns' | 'external-dns';

const REDIRECT_POLICY = 'pkg/loadbalancer/redirectpolicy';

/** What the programs are made of: the versions that the platform deploys. */
const PROGRAMS: Record<Program, Omit<GoProgram, 'name'> & { readonly title: string; readonly seconds: number }> = {
  'judge': {
    title: 'the judge of Cilium\'s objects',
    seconds: 75,
    module: 'github.com/cilium/cilium',
    version: VERSIONS.charts.cilium.version,
    package: '.',
    sources: join(__dirname, '..', 'judge'),
    borrowed: { [`${REDIRECT_POLICY}/redirectpolicy.go`]: 'redirectpolicy', [`${REDIRECT_POLICY}/config.go`]: 'redirectpolicy' },
    own: ['github.com/vishvananda/netlink', 'github.com/vishvananda/netns'],
  },
  'coredns': {
    title: 'CoreDNS',
    seconds: 15,
    module: 'github.com/coredns/coredns',
    version: '1.14.7', // node-cache 1.26.8 is a CoreDNS
    package: '.',
    sources: join(__dirname, 'coredns'),
    own: ['github.com/coredns/caddy'],
  },
  'external-dns': {
    title: 'external-dns',
    seconds: 30,
    module: 'sigs.k8s.io/external-dns',
    version: '0.21.0', // of chart 1.21.1
    package: 'sigs.k8s.io/external-dns',
    newer: { 'sigs.k8s.io/controller-runtime': 'v0.24.1' },
    replaced: { 'provider/factory/provider.go': join(__dirname, 'external-dns', 'provider.go') },
  },
};

/** A program as a piece of the set-up. */
export function programPiece(name: Program): Piece {
  const { title, seconds, ...program } = PROGRAMS[name];
  return {
    title: `${title} ${program.version}`,
    id: `${name}-${program.version}-${hashOf(program)}`,
    announcement: `building ${title} ${program.version} from Go modules, about ${seconds} seconds on two cores`,
    megabytes: 700,
    check: checkGo,
    make: folder => buildProgram({ name, ...program }, folder),
  };
}

/** Where a program lies, or will lie. */
export function programIn(cacheFolder: string, name: Program): string {
  return join(folderOf(cacheFolder, programPiece(name)), name);
}

/** Whether a program is there, made of what it is made of now. */
export function isBuilt(cacheFolder: string, name: Program): boolean {
  return isComplete(cacheFolder, programPiece(name));
}

/** Changes with all that a program is made of. */
function hashOf({ sources, replaced, ...rest }: Omit<GoProgram, 'name'>): string {
  const ours = [
    ...sources ? readdirSync(sources, { recursive: true, encoding: 'utf8' }).sort().map(file => join(sources, file)) : [],
    ...Object.values(replaced ?? {}),
  ].filter(file => file.endsWith('.go'));
  const hash = createHash('sha256').update(JSON.stringify(rest)).update(SHARED_RELEASE);
  ours.forEach(file => hash.update(basename(file)).update(readFileSync(file)));
  return hash.digest('hex').slice(0, 8);
}

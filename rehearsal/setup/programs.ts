import { createHash } from 'crypto';
import { existsSync, readdirSync, readFileSync } from 'fs';
import { basename, join, relative } from 'path';
import { buildKubernetes, buildPrograms, checkGo, SHARED_RELEASE, SOURCES, type GoPrograms } from './go';
import type { Piece } from './pieces';
import { VERSIONS } from '../../src/kubernetes/versions';

const REDIRECT_POLICY = 'pkg/loadbalancer/redirectpolicy';
const CILIUM = 'github.com/cilium/cilium';
const OPA = 'github.com/open-policy-agent/opa';
const CONFTEST = 'github.com/open-policy-agent/conftest';

const KUBERNETES: Record<string, string> = {
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  'etcd': 'go.etcd.io/etcd/server/v3',
};

/** The programs of Kubernetes that are built. */
export const KUBERNETES_PROGRAMS = Object.keys(KUBERNETES);

/** What is built beside Kubernetes. Of what the platform deploys, the versions are the same. */
const PROGRAMS = {
  'kwok': {
    title: 'kwok 0.8.0',
    packages: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
    modules: { 'sigs.k8s.io/kwok': '0.8.0' },
  },
  'judge': {
    title: `the judge of Cilium's objects ${VERSIONS.charts.cilium.version}`,
    packages: { judge: './judge' },
    modules: { [CILIUM]: VERSIONS.charts.cilium.version },
    own: ['github.com/vishvananda/netlink', 'github.com/vishvananda/netns'],
    borrowed: { [CILIUM]: { [`${REDIRECT_POLICY}/redirectpolicy.go`]: 'judge/redirectpolicy', [`${REDIRECT_POLICY}/config.go`]: 'judge/redirectpolicy' } },
  },
  'coredns': {
    title: 'CoreDNS 1.14.7', // node-cache 1.26.8 is a CoreDNS
    packages: { coredns: './coredns' },
    modules: { 'github.com/coredns/coredns': '1.14.7' },
    own: ['github.com/coredns/caddy'],
  },
  'external-dns': {
    title: 'external-dns 0.21.0', // of chart 1.21.1
    packages: { 'external-dns': 'sigs.k8s.io/external-dns' },
    // It asks for a controller-runtime that is too old for this Kubernetes.
    modules: { 'sigs.k8s.io/external-dns': '0.21.0', 'sigs.k8s.io/controller-runtime': '0.24.1' },
    reduced: { 'sigs.k8s.io/external-dns': [] },
  },
  'policies': {
    title: 'opa 1.21.1 and conftest 0.71.1', // which is made of that opa
    packages: { opa: OPA, conftest: CONFTEST },
    modules: { [OPA]: '1.21.1', [CONFTEST]: '0.71.1' },
    reduced: {
      [OPA]: ['cmd/bench.go', 'cmd/exec.go'],
      [CONFTEST]: ['downloader/oci_detector.go', 'downloader/oci_getter.go'],
    },
  },
} satisfies { readonly [name: string]: GoPrograms & { readonly title: string } };

/** What each takes of a processor, one after the other, with nothing that is compiled in Go's cache, and with all modules in it. */
const CPU_SECONDS = { 'kubernetes': 420, 'kwok': 20, 'judge': 40, 'coredns': 10, 'external-dns': 35, 'policies': 40 };

/** What is built beside Kubernetes, each a piece of the set-up. */
export type ProgramPiece = keyof typeof PROGRAMS;

/** What is built beside Kubernetes, as pieces of the set-up. */
export const PROGRAM_PIECES = Object.keys(PROGRAMS) as ProgramPiece[];

/** A piece of the set-up that is built beside Kubernetes. */
export function programPiece(name: ProgramPiece): Piece {
  const { title, ...programs }: GoPrograms & { readonly title: string } = PROGRAMS[name];
  return {
    title,
    id: `${name}-${Object.values(programs.modules)[0]}-${hashOf(programs)}`,
    announcement: `building ${title} from Go modules, about ${time(CPU_SECONDS[name])}`,
    megabytes: 700,
    check: checkGo,
    make: folder => buildPrograms(programs, folder),
  };
}

/** The programs of Kubernetes, but for those that are provided. */
export function kubernetesPiece(release: string, provided: string[]): Piece {
  const packages = Object.fromEntries(Object.entries(KUBERNETES).filter(([program]) => !provided.includes(program)));
  const none = Object.keys(packages).length === 0;
  return {
    title: `Kubernetes ${release}`,
    id: ['kubernetes', release, ...provided.length > 0 ? ['without', ...provided] : []].join('-'),
    announcement: none ? 'nothing to build of Kubernetes' : `building Kubernetes ${release} from Go modules, about ${time(CPU_SECONDS.kubernetes)}`,
    megabytes: none ? 1 : 3500,
    check: none ? undefined : checkGo,
    make: async folder => none ? undefined : buildKubernetes(release, packages, folder),
  };
}

function time(cpuSeconds: number): string {
  return cpuSeconds < 60 ? `${cpuSeconds} CPU seconds` : `${cpuSeconds / 60} CPU minutes`;
}

/** Changes with all that programs are made of. */
function hashOf(programs: GoPrograms): string {
  const folders = [...Object.keys(programs.packages), ...Object.keys(programs.reduced ?? {})].map(name => join(SOURCES, basename(name)));
  const files = [...new Set(folders)].filter(existsSync)
    .flatMap(folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort().map(file => join(folder, file)))
    .filter(file => file.endsWith('.go'));
  const hash = createHash('sha256').update(JSON.stringify(programs)).update(SHARED_RELEASE);
  files.forEach(file => hash.update(relative(SOURCES, file)).update(readFileSync(file)));
  return hash.digest('hex').slice(0, 8);
}

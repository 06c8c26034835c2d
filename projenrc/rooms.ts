import type { awscdk } from 'projen';

/** Who may look into whom, by name. */
type Rooms = { readonly [room: string]: readonly string[] };

/** The top folders, and which of the others each may import. Tests, examples and the project's own files are not held to it. */
export const HOUSES: Rooms = {
  src: [],
  handlers: [],
  tools: [],
  demo: ['src', 'examples', 'tools'],
  bench: ['src', 'tools'],
  integ: ['src', 'tools'],
  rehearsal: ['src', 'tools', 'examples', 'integ', 'handlers'],
  gate: [],
};

/** The top folders beside the library itself: what builds, measures, shows and tests it. */
export const SIDE_HOUSES = Object.keys(HOUSES).filter(it => it !== 'src');

/** The rooms of each house, from the cellar to the roof. */
export const ROOMS: { readonly [house: string]: Rooms } = {
  src: {
    cdk: [],
    kubernetes: ['cdk'],
    network: ['cdk', 'kubernetes'],
    cluster: ['cdk', 'kubernetes', 'network'],
    addons: ['cdk', 'kubernetes', 'network', 'cluster'],
    policy: ['cdk', 'kubernetes'],
    rules: ['cdk', 'kubernetes'],
    ingress: ['cdk', 'kubernetes', 'network', 'cluster', 'addons', 'policy', 'rules'],
    platform: ['cdk', 'kubernetes', 'network', 'cluster', 'addons', 'policy', 'rules', 'ingress'],
  },
  handlers: {
    shared: [],
    kubernetes: ['shared'],
    teardown: ['shared'],
  },
  rehearsal: {
    apps: [],
    charts: [],
    template: [],
    aws: [],
    support: [],
    setup: ['support'],
    cluster: ['support', 'setup'],
    judge: ['template', 'cluster'],
    emulator: ['support', 'setup', 'cluster', 'judge'],
    controller: ['support', 'aws', 'cluster', 'emulator'],
    checks: ['support', 'aws', 'cluster', 'emulator'],
    environment: ['support', 'aws', 'setup', 'charts', 'cluster', 'emulator', 'controller'],
    report: ['charts'],
    lifecycle: ['support', 'template', 'aws', 'charts', 'judge', 'emulator', 'controller', 'checks', 'environment', 'report'],
    faults: ['support'],
    dependencies: ['support', 'template', 'aws', 'emulator', 'environment', 'report', 'lifecycle'],
  },
};

/** Holds imports to the rooms: arrows point down only. */
export function rooms(project: awscdk.AwsCdkConstructLibrary) {
  const zones = [
    ...zonesOf('.', HOUSES),
    ...Object.entries(ROOMS).flatMap(([house, inside]) => zonesOf(`./${house}`, inside)),
  ];
  project.eslint!.addRules({
    'import/no-cycle': ['error'],
    'import/no-restricted-paths': ['error', { zones }],
  });
}

function zonesOf(house: string, inside: Rooms) {
  return Object.entries(inside).map(([name, allowed]) => ({
    target: `${house}/${name}`,
    from: house,
    except: [name, ...allowed, ...house === '.' ? ['node_modules'] : []].map(other => `./${other}`),
    message: `${name} may import ${allowed.join(', ') || 'no other room'}.`,
  }));
}

import { join } from 'path';
import type { Planted } from './planted';
import type { Inventory } from '../aws/inventory';
import type { RunningEnvironment } from '../environment/environment';
import { changed, type SynthesizedApp } from '../template/assembly';
import { setKubernetesVersion } from '../template/changes';

/** The Kubernetes that is deployed first, and the programs of the one that it is then upgraded to. */
export interface Upgrade {
  readonly from: string;
  readonly to: string;
  readonly kubeBin: string;
}

/** All that changes during a lifecycle. */
export interface State {
  /** The app as it was deployed last. */
  deployed: SynthesizedApp;
  /** What was in the account before the platform. */
  before: Inventory;
  /** What was planted for the teardown and the drain to find. */
  planted?: Planted;
}

/** All that a step of the lifecycle works with. */
export interface Context extends RunningEnvironment {
  /** The app as it was synthesized. */
  readonly app: SynthesizedApp;
  readonly upgrade?: Upgrade;
  readonly state: State;
}

/** What the first step works with. The app is deployed as it is, or first on the Kubernetes that it is upgraded from. */
export function contextOf(environment: RunningEnvironment, app: SynthesizedApp, upgrade?: Upgrade): Context {
  const deployed = upgrade
    ? changed(app, join(environment.folder, 'older-kubernetes'), { template: template => setKubernetesVersion(template, upgrade.from) })
    : app;
  return { ...environment, app, upgrade, state: { deployed, before: {} } };
}

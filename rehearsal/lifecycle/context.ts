import { join } from 'path';
import type { Inventory } from '../aws/inventory';
import type { ControlPlane } from '../cluster/control-plane';
import type { RealController } from '../controller/real-controller';
import type { Emulator } from '../emulator/emulator';
import type { Cdk } from '../environment/cdk';
import type { Toolchain } from '../setup/toolchain';
import { run } from '../support/run';
import type { SynthesizedStack } from '../template/assembly';

/** All that a step of the lifecycle works with. */
export interface Context {
  readonly toolchain: Toolchain;
  readonly controlPlane: ControlPlane;
  readonly emulator: Emulator;
  readonly cdk: Cdk;
  /** State of this rehearsal. */
  readonly folder: string;
  /** The folder with what each part says. */
  readonly logs: string;
  /** The synthesized app. */
  readonly assembly: string;
  readonly stack: SynthesizedStack;
  /** The Kubernetes that is deployed first, and the programs of the one that it is then upgraded to. */
  readonly upgrade?: { readonly from: string; readonly to: string; readonly kubeBin: string };
  /** The real load balancer controller, where one is named. */
  readonly controller?: RealController;
}

/** Calls AWS's API at the emulator by the AWS CLI that CDK brings as a layer. */
export async function aws({ toolchain, emulator }: Context, ...args: string[]): Promise<any> {
  const output = await run(toolchain.python, [join(toolchain.opt, 'awscli/aws'), '--output', 'json', ...args], { env: emulator.env });
  return output.trim() === '' ? undefined : JSON.parse(output);
}

/** What is in the account. */
export async function inventory({ toolchain, emulator }: Context): Promise<Inventory> {
  const env = { ...emulator.env, PYTHONPATH: join(toolchain.opt, 'awscli') };
  return JSON.parse(await run(toolchain.python, [join(__dirname, '../aws/inventory.py')], { env }));
}

/** Asks Helm, as an administrator of the cluster. */
export async function helm({ toolchain, controlPlane, folder }: Context, ...args: string[]): Promise<any> {
  const env = { ...process.env, HELM_CACHE_HOME: join(folder, 'helm'), HELM_CONFIG_HOME: join(folder, 'helm'), HELM_DATA_HOME: join(folder, 'helm') };
  return JSON.parse(await run(join(toolchain.kubeBin, 'helm'), [...args, '--output', 'json', '--kubeconfig', controlPlane.adminKubeconfig], { env }));
}

/** Objects of a kind in all namespaces. */
export async function objects({ controlPlane }: Context, ...args: string[]): Promise<any[]> {
  return JSON.parse(await controlPlane.kubectl('get', ...args, '--all-namespaces', '-o', 'json')).items;
}

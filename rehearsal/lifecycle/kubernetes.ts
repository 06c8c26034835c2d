import { join } from 'path';
import type { RunningEnvironment } from '../environment/environment';
import { run } from '../support/run';

/** Asks Helm, as an administrator of the cluster. */
export async function helm(
  { toolchain, controlPlane, folder }: Pick<RunningEnvironment, 'toolchain' | 'controlPlane' | 'folder'>, ...args: string[]
): Promise<any> {
  const env = { ...process.env, HELM_CACHE_HOME: join(folder, 'helm'), HELM_CONFIG_HOME: join(folder, 'helm'), HELM_DATA_HOME: join(folder, 'helm') };
  return JSON.parse(await run(join(toolchain.kubeBin, 'helm'), [...args, '--output', 'json', '--kubeconfig', controlPlane.adminKubeconfig], { env }));
}

/** Objects of a kind in all namespaces. */
export async function objects({ controlPlane }: Pick<RunningEnvironment, 'controlPlane'>, ...args: string[]): Promise<any[]> {
  return JSON.parse(await controlPlane.kubectl('get', ...args, '--all-namespaces', '-o', 'json')).items;
}

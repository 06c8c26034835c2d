import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { startControlPlane, type ControlPlane } from '../../rehearsal/cluster/control-plane';
import { choosePorts } from '../../rehearsal/cluster/ports';
import { CONTROL_PLANE, prepare } from '../../rehearsal/setup/toolchain';
import { Processes } from '../../rehearsal/support/processes';

/** A real API server and its controllers, without an emulated AWS. */
export interface RunningControlPlane extends ControlPlane {
  /** The kubectl program. */
  readonly kubectlPath: string;
  /** The layers of the kubectl handler: kubectl, helm and awscli. */
  readonly opt: string;
  /** For files; deleted when the control plane stops. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** Starts what the rehearsal has built; tests ask before what of {@link CONTROL_PLANE} is missing. */
export async function runControlPlane(): Promise<RunningControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'control-plane-of-a-test-'));
  const processes = new Processes(join(folder, 'logs'));
  const toolchain = await prepare({
    kubernetes: '1.36', needs: CONTROL_PLANE, say: () => undefined, env: { ...process.env, KUBEBUILDER_ASSETS: undefined },
  });
  const controlPlane = await startControlPlane({
    toolchain, processes, folder, ports: await choosePorts(), authSecret: 'secret-of-a-test-0', serviceRange: '172.20.0.0/16',
  });
  const stop = async () => {
    await processes.stopAll();
    rmSync(folder, { recursive: true });
  };
  return { ...controlPlane, kubectlPath: join(toolchain.kubeBin, 'kubectl'), opt: toolchain.opt, folder, stop };
}

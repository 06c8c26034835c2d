import { componentFlags, isHealthy, startProgram, type ProgramOptions } from './program';
import type { Running } from '../support/processes';

/** Starts the scheduler, and waits until it is healthy. */
export async function startKubeScheduler(options: ProgramOptions): Promise<Running> {
  const { credentials, ports } = options;
  const running = startProgram('kube-scheduler', options, componentFlags(options, credentials.kubeconfigs['system:kube-scheduler'], ports.scheduler));
  await isHealthy(running, options, ports.scheduler);
  return running;
}

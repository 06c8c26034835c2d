import { join } from 'path';
import { answers } from './health';
import { componentFlags, isHealthy, startProgram, type ProgramOptions } from './program';
import { waitUntil, type Running } from '../support/processes';

/** Starts the controllers of Kubernetes itself, and waits until they work. */
export async function startKubeControllerManager(options: ProgramOptions): Promise<Running> {
  const { credentials, endpoint, folder, ports } = options;
  const running = startProgram('kube-controller-manager', options, {
    ...componentFlags(options, credentials.kubeconfigs['system:kube-controller-manager'], ports.controllerManager),
    'use-service-account-credentials': 'true',
    'service-account-private-key-file': credentials.serviceAccountKeyFile,
    'root-ca-file': credentials.caFile,
    'cluster-signing-cert-file': credentials.caFile,
    'cluster-signing-key-file': credentials.caKeyFile,
    'flex-volume-plugin-dir': join(folder, 'flex-volumes'),
  });
  await isHealthy(running, options, ports.controllerManager);
  // Pods of a namespace are refused until its service account is made.
  await waitUntil('service account', () =>
    answers(`${endpoint}/api/v1/namespaces/default/serviceaccounts/default`, credentials.authority, credentials.adminToken), running);
  return running;
}

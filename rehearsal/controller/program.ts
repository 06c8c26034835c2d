import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import type { AwsClient } from '../aws/client';
import { webIdentityToken, withRole } from '../aws/web-identity';
import type { ControlPlane } from '../cluster/control-plane';
import { kubeconfig } from '../cluster/kubeconfig';
import type { Emulator } from '../emulator/emulator';
import { freePorts, waitUntil, type Processes, type Running } from '../support/processes';

export const NAMESPACE = 'kube-system';
export const DEPLOYMENT = 'aws-load-balancer-controller';

/** Names the real controller's program. */
export const VARIABLE = 'AWS_LOAD_BALANCER_CONTROLLER';

/** With what the real controller is started. */
export interface ProgramOptions {
  /** Its file. */
  readonly program: string;
  readonly processes: Processes;
  /** For its credentials. */
  readonly folder: string;
  readonly controlPlane: Pick<ControlPlane, 'endpoint' | 'caFile' | 'kubectl'>;
  readonly emulator: Pick<Emulator, 'env'>;
  readonly aws: AwsClient;
}

/** The real controller, as it runs. */
export interface Program {
  readonly running: Running;
  /** Of its webhooks. */
  readonly port: number;
}

/**
 * Starts the real controller as a pod of its Deployment: with its arguments, environment and certificate, as its service account in Kubernetes, by
 * the role of that account in AWS.
 *
 * What a pod has and this machine has not is added: ports that are free, and the namespace of the lease.
 *
 * @param deployment the Deployment as the API server has it
 * @param count how many were started before, for the name of the log
 */
export async function startProgram(options: ProgramOptions, deployment: any, count: number): Promise<Program> {
  const { program, processes, folder, controlPlane } = options;
  const { serviceAccountName, containers: [container], volumes } = deployment.spec.template.spec;
  const account = JSON.parse(await controlPlane.kubectl('get', 'serviceaccount', serviceAccountName, '-n', NAMESPACE, '-o', 'json'));
  const secret = volumes.find((volume: any) => volume.secret)?.secret.secretName;
  if (secret === undefined || container.args === undefined) {
    throw new Error(`\`${VARIABLE}\` names the real controller, and the Deployment ${NAMESPACE}/${DEPLOYMENT} is not of the real chart`);
  }
  const write = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const { data } = JSON.parse(await controlPlane.kubectl('get', 'secret', secret, '-n', NAMESPACE, '-o', 'json'));
  write('webhook.crt', Buffer.from(data['tls.crt'], 'base64'));
  write('webhook.key', Buffer.from(data['tls.key'], 'base64'));
  const kubernetesToken = (await controlPlane.kubectl('create', 'token', serviceAccountName, '-n', NAMESPACE, '--duration=6h')).trim();
  const { cluster } = await options.aws.call('eks', 'describe_cluster', { name: clusterOf(container.args) });
  const token = webIdentityToken(cluster.identity.oidc.issuer, NAMESPACE, serviceAccountName);
  const [port, metrics, health] = await freePorts(3);
  const running = processes.start(count === 0 ? DEPLOYMENT : `${DEPLOYMENT}-${count}`, program, [
    ...container.args,
    `--kubeconfig=${write('controller.kubeconfig', kubeconfig(controlPlane.endpoint, readFileSync(controlPlane.caFile, 'utf8'), kubernetesToken))}`,
    `--leader-election-namespace=${NAMESPACE}`,
    `--webhook-bind-port=${port}`,
    `--webhook-cert-dir=${folder}`,
    '--webhook-cert-file=webhook.crt',
    '--webhook-key-file=webhook.key',
    `--metrics-bind-addr=127.0.0.1:${metrics}`,
    `--health-probe-bind-addr=127.0.0.1:${health}`,
  ], {
    cwd: folder,
    env: {
      ...Object.fromEntries((container.env ?? []).map(({ name, value }: any) => [name, value])),
      ...withRole(options.emulator.env, roleOf(account), write('web-identity.token', token)),
    },
  });
  await waitUntil('readiness of the controller', async () => (await fetch(`http://127.0.0.1:${health}/readyz`)).ok, running, 30);
  return { running, port };
}

function roleOf(account: any): string {
  const role = account.metadata.annotations?.['eks.amazonaws.com/role-arn'];
  if (!role) {
    throw new Error(`the service account ${account.metadata.name} names no role: the rehearsal of the real controller takes WorkloadIdentity.IRSA only`);
  }
  return role;
}

function clusterOf(args: string[]): string {
  return args.find(arg => arg.startsWith('--cluster-name='))!.split('=')[1];
}

import { createHash } from 'crypto';
import { readFileSync } from 'fs';
import { join } from 'path';
import { Duration, Stack } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';
import { salt } from './sandbox';

/** Has curl, dig, jq and ping, for arm64 too. */
const IMAGE = 'docker.io/nicolaka/netshoot:v0.13';

/** How long a probe may take, and how long the function that reads its report waits: Lambda ends it after 15 minutes. */
const LONGEST = Duration.minutes(10);
const READ_WITHIN = Duration.minutes(12);

export interface ProbeProps {
  readonly cluster: eks.ICluster;
  /** The name of a script in `probes`. */
  readonly script: string;
  /** @default default */
  readonly namespace?: string;
  /** The script's environment variables. */
  readonly environment?: { readonly [name: string]: string };
  /** What the probe may do with the Kubernetes API, as rules of a ClusterRole. */
  readonly rules?: object[];
}

/**
 * A Job that runs checks in the cluster, and the report that it leaves.
 *
 * The report is the termination message of its container: that needs no network and no permissions, so it also comes out of a namespace
 * where everything is denied.
 *
 * @see https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
 */
export class Probe extends Construct {
  /** `PASSED` or `FAILED` with counts, then a line for each check, failed ones first. */
  public readonly report: string;

  constructor(scope: Construct, id: string, props: ProbeProps) {
    super(scope, id);
    const { cluster, namespace = 'default' } = props;
    const objects = probeObjects(props, namespace, run => this.hash(run));
    const manifest = new eks.KubernetesManifest(this, 'Manifest', { cluster, manifest: objects, overwrite: true });
    const read = new eks.KubernetesObjectValue(this, 'Report', {
      cluster,
      objectType: 'pods',
      objectName: `--selector=batch.kubernetes.io/job-name=${objects[objects.length - 1].metadata.name}`,
      objectNamespace: namespace,
      jsonPath: '.items[0].status.containerStatuses[0].state.terminated.message',
      timeout: READ_WITHIN,
    });
    read.node.addDependency(manifest);
    this.report = read.value;
  }

  /** A Job can't be changed: another script or environment makes another Job. */
  private hash(run: object): string {
    return createHash('sha256').update(JSON.stringify(Stack.of(this).resolve(run))).digest('hex').slice(0, 8);
  }
}

/** Reads a file that runs in a container. */
export function fileOf(...path: string[]): string {
  return readFileSync(join(__dirname, ...path), 'utf8');
}

function probeObjects(props: ProbeProps, namespace: string, hash: (run: object) => string): any[] {
  const name = `probe-${props.script}`;
  const files = { 'words.sh': fileOf('probes', 'words.sh'), 'probe.sh': fileOf('probes', `${props.script}.sh`) };
  const env = Object.entries({ PROBE_SECONDS: `${LONGEST.toSeconds()}`, ...props.environment }).map(([key, value]) => ({ name: key, value }));
  const job = `${name}-${hash({ files, env, salt: salt() })}`;
  const subject = { kind: 'ServiceAccount', name, namespace };
  const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  const rbac = props.rules ? [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules: props.rules },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name }, roleRef: role, subjects: [subject] },
  ] : [];
  const container = {
    name: 'probe',
    image: IMAGE,
    command: ['sh', '/probe/probe.sh'],
    env: [...env, { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
    volumeMounts: [{ name: 'scripts', mountPath: '/probe' }],
  };
  const template = {
    metadata: { labels: { app: 'probe' } },
    spec: { serviceAccountName: name, restartPolicy: 'Never', containers: [container], volumes: [{ name: 'scripts', configMap: { name: job } }] },
  };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    ...rbac,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: job, namespace }, data: files },
    // Once: the report of a second pod would hide the first one's.
    { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: job, namespace }, spec: { backoffLimit: 0, template } },
  ];
}

import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { KubernetesManifest } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import { fileOf } from './probe';

/** Runs the backend: Node 24 takes TypeScript as it is. */
const IMAGE = 'public.ecr.aws/docker/library/node:24-alpine';

export interface BackendsProps {
  readonly cluster: eks.ICluster;
  /** Of each backend the label `app`, the name of its Service, and what it calls itself in its answers. */
  readonly names: string[];
  /** @default default */
  readonly namespace?: string;
  /** Whether a backend has a pod on each node. @default false - one pod */
  readonly everywhere?: boolean;
}

/** Backends, each with a Service of its name: HTTP and WebSocket on port 8080, gRPC on 50051. */
export function backends(scope: Construct, id: string, { cluster, names, namespace = 'default', everywhere = false }: BackendsProps): KubernetesManifest {
  const source = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'backend', namespace }, data: { 'backend.ts': fileOf('backend.ts') } };
  return new KubernetesManifest(scope, id, {
    cluster,
    manifest: [source, ...names.flatMap(name => [workload(name, namespace, everywhere), service(name, namespace)])],
    overwrite: true,
  });
}

function workload(name: string, namespace: string, everywhere: boolean): any {
  const labels = { app: name };
  const container = {
    name: 'backend',
    image: IMAGE,
    command: ['node', '/backend/backend.ts'],
    env: [{ name: 'BACKEND', value: name }],
    ports: [{ containerPort: 8080 }, { containerPort: 50051 }],
    readinessProbe: { httpGet: { path: '/health', port: 8080 } },
    volumeMounts: [{ name: 'source', mountPath: '/backend' }],
  };
  const template = { metadata: { labels }, spec: { containers: [container], volumes: [{ name: 'source', configMap: { name: 'backend' } }] } };
  return {
    apiVersion: 'apps/v1',
    kind: everywhere ? 'DaemonSet' : 'Deployment',
    metadata: { name, namespace },
    spec: { ...everywhere ? {} : { replicas: 2 }, selector: { matchLabels: labels }, template },
  };
}

function service(name: string, namespace: string): any {
  const ports = [{ name: 'http', port: 8080 }, { name: 'grpc', port: 50051 }];
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: { app: name }, ports } };
}

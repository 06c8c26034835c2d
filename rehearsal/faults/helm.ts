import { join } from 'path';
import { Refused, type ApiServer, type KubernetesObject } from './api-server';
import { CAUSE, Interrupted, type Failure } from './calls';
import type { Charts } from './charts';
import type { VirtualClock } from './clock';
import type { Files } from './files';
import { parse, type Command } from './kubectl';
import type { Ended } from './sandbox';

const WITH_VALUE = [
  'namespace', 'values', 'labels', 'timeout', 'destination', 'repo', 'version', 'registry-config', 'server-side', 'username', 'description', 'output', 'revision',
];

/** A revision as Helm keeps it: a Secret, whose labels say what is known without reading it. */
type Revision = KubernetesObject;

/** Makes one step of Helm at the API server. A step may fail, or be the last one because Helm is killed. */
export type Step = <T>(what: string, effect: () => T) => Promise<T>;

/** What a step throws that failed through no fault of Helm's. */
export class StepFailed extends Error {
  constructor(how: Failure) {
    super({
      'error': `an error on the server ("${CAUSE}") has prevented the request from succeeding`,
      'throttling': `the server has received too many requests and has asked us to try again later (${CAUSE})`,
      'time-out': `net/http: request canceled (Client.Timeout exceeded while awaiting headers) (${CAUSE})`,
    }[how]);
  }
}

/**
 * Helm 4, for charts that are data.
 *
 * Rests on: a Secret a revision, labelled with owner, name, status and version, and with the labels of `--labels`, which the next
 * revision inherits; `upgrade --install` refuses a release whose last revision is pending, and objects that it does not own;
 * the status is written before and after the objects, and the former revision is superseded in between; an interrupted upgrade is
 * recorded as failed, a killed one stays pending; a rollback takes the labels of the revision that it goes back to; `uninstall`
 * ignores that a status can't be written, records `uninstalled` even if its waiting failed, and purges what is uninstalled already
 * (pkg/action/{upgrade,rollback,uninstall}.go of Helm 4). It has no hooks, and no pods that it could wait for.
 */
export class Helm {
  private readonly verbs: { readonly [verb: string]: (command: Command) => Promise<string | void> | string | void } = {
    pull: ({ words, options }) => {
      const chart = this.charts.find(words[1].split('/').pop()!, options.version);
      this.files.write(join(options.destination, `${chart.name}-${chart.version}.tgz`), JSON.stringify(chart));
    },
    registry: () => undefined,
    show: ({ words }) => this.chartAt(words[2]).crds.map((it: object) => JSON.stringify(it)).join('\n'),
    get: ({ words: [, , name], options: { namespace } }) => {
      const last = this.history(name, namespace).at(-1);
      if (last === undefined) {
        throw new Refused('NotFound', 'release: not found');
      }
      return last.data.release.manifest.map((it: object) => JSON.stringify(it)).join('\n');
    },
    upgrade: command => this.upgrade(command),
    rollback: command => this.rollback(command),
    uninstall: command => this.uninstall(command),
  };

  constructor(
    private readonly api: ApiServer, private readonly charts: Charts, private readonly files: Files, private readonly clock: Pick<VirtualClock, 'now'>,
    private readonly step: Step, private readonly pause: () => Promise<void>,
  ) {}

  public async run(args: readonly string[]): Promise<Ended> {
    const command = parse(args, WITH_VALUE);
    const verb = command.words[0];
    const run = this.verbs[verb];
    if (run === undefined) {
      throw new Error(`rehearsal/faults/helm.ts does not know helm ${verb}: teach it what the real one does`);
    }
    try {
      return { code: 0, stdout: await run(command) ?? '', stderr: '' };
    } catch (error) {
      if (error instanceof Refused || error instanceof StepFailed || error instanceof Interrupted) {
        return { code: 1, stdout: '', stderr: `Error: ${error instanceof Interrupted ? 'context canceled' : error.message}` };
      }
      throw error;
    }
  }

  private async upgrade({ words: [, name, archive], options }: Command): Promise<void> {
    const { namespace } = options;
    const chart = this.chartAt(archive);
    const values = JSON.parse(this.files.read(options.values));
    const last = this.history(name, namespace).at(-1);
    const isInstall = last === undefined || last.metadata.labels.status === 'uninstalled';
    this.refusePending(last);
    if (options['create-namespace'] === 'true' && this.api.find(namespaceOf(namespace)) === undefined) {
      await this.step('namespace', () => this.api.find(namespaceOf(namespace)) ?? this.api.create(namespaceOf(namespace), 'helm'));
    }
    const manifest = this.charts.render(chart, values, name).map(it => owned(it, name, namespace));
    const known = isInstall ? [] : last.data.release.manifest.map(keyOf);
    this.refuseOthers(options['take-ownership'] === 'true' ? [] : manifest.filter(it => !known.includes(keyOf(it))), name, namespace);
    const labels = { ...customLabels(isInstall ? undefined : last), ...labelsIn(options.labels) };
    try {
      await this.release({ name, namespace, chart, values, manifest, labels }, last, isInstall ? 'install' : 'upgrade');
    } catch (error: any) {
      const isRecorded = this.history(name, namespace).at(-1)?.metadata.labels.status === 'failed';
      if (options['rollback-on-failure'] !== 'true' || error instanceof Interrupted || !isRecorded) {
        throw error;
      }
      await this.takeBack(name, options);
      throw new Refused('Conflict', `release ${name} failed, and has been taken back due to rollback-on-failure being set: ${error.message}`);
    }
  }

  /** What `--rollback-on-failure` does: rolls back to the last revision that worked, or uninstalls where there is none. */
  private async takeBack(name: string, options: Command['options']): Promise<void> {
    const good = this.history(name, options.namespace).filter(({ metadata: { labels: { status } } }) => ['deployed', 'superseded'].includes(status)).at(-1);
    const command = { words: ['', name, good?.metadata.labels.version], options: { ...options, wait: 'true' } };
    await (good === undefined ? this.uninstall(command) : this.rollback(command));
  }

  private async rollback({ words: [, name, number], options: { namespace } }: Command): Promise<void> {
    const history = this.history(name, namespace);
    const target = history.find(it => it.metadata.labels.version === number);
    if (target === undefined) {
      throw new Refused('NotFound', 'release: not found');
    }
    await this.release({ name, namespace, ...target.data.release, labels: customLabels(target) }, history.at(-1), 'rollback');
  }

  /** Writes a pending revision, changes the objects, and writes what became of it. */
  private async release(next: any, last: Revision | undefined, what: 'install' | 'upgrade' | 'rollback'): Promise<void> {
    const { name, namespace, chart, values, manifest, labels } = next;
    const version = Number(last?.metadata.labels.version ?? 0) + 1;
    const revision = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'helm.sh/release.v1',
      metadata: {
        name: `sh.helm.release.v1.${name}.v${version}`,
        namespace,
        labels: { ...labels, name, owner: 'helm', status: `pending-${what}`, version: `${version}` },
      },
      data: { release: { chart, values, manifest } },
    };
    await this.step(`${what}: record pending`, () => this.api.create(revision, 'Helm'));
    try {
      for (const object of manifest) {
        await this.step(`${what}: apply ${object.kind} ${object.metadata.name}`, () => this.api.apply(object, 'helm', true));
      }
      const dropped = (last?.data.release.manifest ?? []).filter((it: any) => !manifest.some((other: any) => keyOf(other) === keyOf(it)));
      for (const object of dropped) {
        await this.step(`${what}: delete ${object.kind} ${object.metadata.name}`, () => this.api.find(object) && this.api.delete(object));
      }
      const living = this.history(name, namespace).filter(it => it.metadata.labels.status === 'deployed');
      for (const former of living) {
        await this.step(`${what}: record superseded`, () => this.mark(former, 'superseded'));
      }
      await this.step(`${what}: record deployed`, () => this.mark(revision, 'deployed'));
    } catch (error: any) {
      this.mark(revision, 'failed');
      if (what === 'rollback' && last !== undefined && this.api.find(last) !== undefined) {
        this.mark(last, 'superseded');
      }
      throw error instanceof StepFailed ? new Refused('Conflict', `${what.toUpperCase()} FAILED: ${error.message}`) : error;
    }
  }

  private async uninstall({ words: [, name], options }: Command): Promise<void> {
    const { namespace } = options;
    const history = this.history(name, namespace);
    const last = history.at(-1);
    if (last === undefined) {
      throw new Refused('NotFound', `uninstall: Release not loaded: ${name}: release: not found`);
    }
    if (last.metadata.labels.status === 'uninstalled' && options['keep-history'] === 'true') {
      throw new Refused('Conflict', `the release named "${name}" is already deleted`);
    }
    let problem: unknown;
    if (last.metadata.labels.status !== 'uninstalled') {
      await this.attempt('uninstall: record uninstalling', () => this.mark(last, 'uninstalling'));
      const manifest: any[] = [...last.data.release.manifest].reverse();
      const failures: string[] = [];
      for (const object of manifest) {
        await this.step(`uninstall: delete ${object.kind} ${object.metadata.name}`, () => this.api.find(object) && this.api.delete(object))
          .catch(error => failures.push(this.passing(error)));
      }
      if (failures.length > 0) { // Helm itself says less: it keeps the causes to its log
        throw new Refused('Conflict', `failed to delete release: ${name}: ${failures.join(', ')}`);
      }
      problem = await this.gone(manifest, options).then(() => undefined, error => error);
      await this.attempt('uninstall: record uninstalled', () => this.mark(last, 'uninstalled'));
    }
    if (options['keep-history'] !== 'true') {
      for (const revision of history) {
        await this.step('uninstall: purge', () => this.api.find(revision) && this.api.delete(revision));
      }
    }
    if (problem !== undefined) {
      throw problem;
    }
  }

  /** A step whose failure Helm only logs. */
  private async attempt(what: string, effect: () => unknown): Promise<void> {
    await this.step(what, effect).catch(error => this.passing(error));
  }

  private passing(error: unknown): string {
    if (error instanceof StepFailed) {
      return error.message;
    }
    throw error;
  }

  private async gone(manifest: any[], { wait, timeout }: Command['options']): Promise<void> {
    const end = this.clock.now() + parseInt(timeout ?? '300', 10) * 1000;
    while (wait === 'true' && manifest.some(it => this.api.find(it) !== undefined)) {
      if (this.clock.now() >= end) {
        throw new Refused('Conflict', 'context deadline exceeded');
      }
      await this.pause();
    }
  }

  private history(name: string, namespace: string): Revision[] {
    if (!this.api.isThere) {
      throw new Refused('NotFound', 'Kubernetes cluster unreachable: Get "https://shop.eks.amazonaws.com/version": dial tcp: no such host');
    }
    return [...this.api.objects.values()]
      .filter(({ kind, type, metadata }) => kind === 'Secret' && type === 'helm.sh/release.v1' && metadata.namespace === namespace && metadata.labels.name === name)
      .sort((one, other) => Number(one.metadata.labels.version) - Number(other.metadata.labels.version));
  }

  private mark(revision: Revision, status: string): void {
    const living = this.api.get(revision);
    this.api.replace({ ...living, metadata: { ...living.metadata, labels: { ...living.metadata.labels, status }, resourceVersion: undefined } }, 'Helm');
  }

  /** A chart that was pulled. Helm takes an archive or a folder. */
  private chartAt(path: string): any {
    return JSON.parse(this.files.read(path.endsWith('.tgz') ? path : join(path, this.files.list(path)[0])));
  }

  private refusePending(last: Revision | undefined): void {
    if (/^pending-/.test(last?.metadata.labels.status ?? '')) {
      throw new Refused('Conflict', 'UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress');
    }
  }

  private refuseOthers(manifest: any[], name: string, namespace: string): void {
    for (const object of manifest) {
      const living = this.api.find(object);
      if (living !== undefined && living.metadata.annotations?.['meta.helm.sh/release-name'] !== name) {
        throw new Refused('Conflict', `Unable to continue with install: ${object.kind} "${object.metadata.name}" in namespace "${object.metadata.namespace ?? ''}" `
          + `exists and cannot be imported into the current release: invalid ownership metadata; ${namespace}/${name} does not own it`);
      }
    }
  }
}

/** An object with the marks of its release. */
function owned(object: any, name: string, namespace: string): any {
  const { labels, annotations, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: {
      namespace,
      ...metadata,
      labels: { ...labels, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { ...annotations, 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace },
    },
  };
}

function namespaceOf(name: string): any {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { name } } };
}

function customLabels(revision: Revision | undefined): { [name: string]: string } {
  const { name, owner, status, version, ...custom } = revision?.metadata.labels ?? {};
  return custom;
}

function labelsIn(text: string | undefined): { [name: string]: string } {
  return Object.fromEntries((text ?? '').split(',').filter(Boolean).map(it => it.split('=')));
}

function keyOf({ apiVersion, kind, metadata: { namespace, name } }: any): string {
  return [apiVersion, kind, namespace, name].join(' ');
}

import { randomBytes } from 'crypto';
import { readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { chartArguments } from './external-dns-arguments';
import { ExternalDnsZones } from './external-dns-zones';
import { withoutWebhooks } from './webhooks';
import type { AwsClient } from '../aws/client';
import { textOfRecord } from '../aws/route53';
import { webIdentityToken, withRole } from '../aws/web-identity';
import type { ControlPlane } from '../cluster/control-plane';
import { kubeconfig } from '../cluster/kubeconfig';
import type { Emulator } from '../emulator/emulator';
import { eventually } from '../support/expect';
import { freePorts, lastLines, sleep, type Processes, type Running } from '../support/processes';

const BALANCER = 'k8s-shop-0123456789.us-east-1.elb.amazonaws.com';

/** With a policy that lets records stay: for how long it is watched that they do. It looks at Ingresses every 5 seconds at most. */
const KEPT_MS = 8000;

const PATIENCE_MS = 90_000;

/** With what ExternalDNS is checked. */
export interface ExternalDnsCheck {
  /** The real external-dns. */
  readonly program: string;
  readonly processes: Processes;
  /** For what is written meanwhile. */
  readonly folder: string;
  /** Calls AWS as an administrator. */
  readonly aws: AwsClient;
  /** The environment of such calls. */
  readonly emulator: Pick<Emulator, 'env'>;
  readonly controlPlane: Pick<ControlPlane, 'endpoint' | 'caFile' | 'kubectl'>;
  /** The release's namespace. */
  readonly namespace: string;
  /** The role that its service account names. */
  readonly role: string;
  /** The values that the release has in the cluster. */
  readonly values: any;
}

/**
 * Runs the real external-dns beside the release that is deployed: with its arguments, by its role in AWS and by its account in Kubernetes.
 *
 * Whoever calls it knows that the emulator checks IAM. Zones that are not there, records and Ingresses are the check's own and are removed again.
 *
 * @returns what was seen, line by line
 * @throws where something else was seen
 */
export async function checkExternalDns(check: ExternalDnsCheck): Promise<string[]> {
  return new Check(check).run();
}

class Check {
  private readonly seen: string[] = [];
  private zones!: ExternalDnsZones;
  private running!: Running;
  private readonly namespace = `external-dns-${randomBytes(4).toString('hex')}`;
  private readonly undo: (() => Promise<unknown>)[] = [];

  constructor(private readonly check: ExternalDnsCheck) {}

  async run(): Promise<string[]> {
    try {
      this.zones = await ExternalDnsZones.make(this.check.aws, this.check.values, undo => this.undo.push(undo));
      const credentials = await this.credentials();
      await this.roleIsRefusedElsewhere(credentials);
      await this.makeIngresses();
      await this.start(credentials);
      await this.recordsAppear();
      await this.recordsGo();
      return this.seen;
    } finally {
      for (const undo of this.undo.reverse()) {
        await undo();
      }
    }
  }

  /** What a pod of the release's service account finds in its environment. */
  private async credentials(): Promise<NodeJS.ProcessEnv> {
    const { namespace, emulator, folder, role, aws } = this.check;
    const { clusters: [name] } = await aws.call('eks', 'list_clusters');
    const { cluster } = await aws.call('eks', 'describe_cluster', { name });
    const token = join(folder, 'external-dns.token');
    writeFileSync(token, webIdentityToken(cluster.identity.oidc.issuer, namespace, 'external-dns'), { mode: 0o600 });
    this.undo.push(async () => rmSync(token));
    return withRole(emulator.env, role, token);
  }

  private async roleIsRefusedElsewhere(env: NodeJS.ProcessEnv) {
    const asRole = this.check.aws.as(env);
    await this.zones.checkRole(asRole).finally(() => asRole.end());
    this.seen.push(`the role may change records in ${this.zones.domain}, and is refused in two other zones`);
  }

  private async makeIngresses() {
    const hosts = {
      shop: `shop.${this.zones.domain}`, wildcard: `*.apps.${this.zones.domain}`, taken: `taken.${this.zones.domain}`, elsewhere: 'shop.elsewhere.test',
    };
    const { kubectl } = this.check.controlPlane;
    await kubectl('create', 'namespace', this.namespace);
    this.undo.push(async () => {
      await kubectl('delete', 'ingress', '--all', '-n', this.namespace);
      await kubectl('delete', 'namespace', this.namespace, '--wait=false'); // it takes some seconds, and nobody needs the name again
    });
    await withoutWebhooks(this.check.controlPlane, this.namespace, undo => this.undo.push(undo));
    const items = Object.entries(hosts).map(([name, host]) => ingress(this.namespace, name, host));
    const file = join(this.check.folder, 'ingresses.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    // It takes a second or two until the API server knows of the change to its webhooks.
    await eventually(() => kubectl('apply', '-f', file));
    // The load balancer controller would do this.
    await kubectl('patch', 'ingress', ...Object.keys(hosts), '-n', this.namespace, '--subresource=status', '--type=merge',
      '-p', JSON.stringify({ status: { loadBalancer: { ingress: [{ hostname: BALANCER }] } } }));
  }

  private async start(env: NodeJS.ProcessEnv) {
    const { processes, program, values, folder } = this.check;
    const [port] = await freePorts(1);
    this.running = processes.start('external-dns', program, [
      ...chartArguments(values), `--kubeconfig=${await this.kubeconfig()}`, `--metrics-address=127.0.0.1:${port}`,
    ], { env: { ...env, ...Object.fromEntries(values.env.map(({ name, value }: any) => [name, value])) }, cwd: folder });
    this.undo.push(() => this.running.stop());
  }

  /** Of the release's service account, with the rights that the chart gives it. */
  private async kubeconfig(): Promise<string> {
    const { controlPlane: { kubectl, endpoint, caFile }, namespace, folder } = this.check;
    const token = (await kubectl('create', 'token', 'external-dns', '-n', namespace)).trim();
    const file = join(folder, 'external-dns.kubeconfig');
    writeFileSync(file, kubeconfig(endpoint, readFileSync(caFile, 'utf8'), token), { mode: 0o600 });
    this.undo.push(async () => rmSync(file));
    return file;
  }

  private async recordsAppear() {
    const { managedRecordTypes, txtOwnerId } = this.check.values;
    const start = Date.now();
    const types = ['A', 'AAAA'].filter(type => managedRecordTypes.includes(type));
    const expected = types.flatMap(type => [`shop.${this.zones.domain}.`, `*.apps.${this.zones.domain}.`].map(name => `${type} ${name}`)).sort();
    await this.until('records of both Ingresses are in the zone', async () => {
      const found = (await this.zones.records()).filter(it => it.AliasTarget?.DNSName.startsWith(BALANCER)).map(it => `${it.Type} ${it.Name}`);
      return JSON.stringify(found.sort()) === JSON.stringify(expected);
    });
    const markers = (await this.zones.records()).filter(it => it.Type === 'TXT' && textOfRecord(it).includes(`external-dns/owner=${txtOwnerId},`));
    if (markers.length !== expected.length) {
      throw new Error(`expected a marker for each of ${expected.join(', ')}, found: ${markers.map(it => it.Name).join(', ') || 'none'}`);
    }
    this.seen.push(`${expected.length} records of two Ingresses came after ${seconds(start)}, each with its owner's mark`);
    await this.zones.checkOthers();
  }

  private async recordsGo() {
    const { policy, txtOwnerId } = this.check.values;
    const start = Date.now();
    const ours = async () => (await this.zones.records()).filter(it => it.AliasTarget || textOfRecord(it).includes(`owner=${txtOwnerId},`));
    const before = (await ours()).length;
    await this.check.controlPlane.kubectl('delete', 'ingress', '--all', '-n', this.namespace);
    if (policy === 'sync') {
      await this.until('the records go with their Ingresses', async () => (await ours()).length === 0);
      this.seen.push(`they went with their Ingresses after ${seconds(start)}, by the policy sync`);
    } else {
      await sleep(KEPT_MS);
      if ((await ours()).length !== before) {
        throw new Error(`expected the records to stay, by the policy ${policy}, found that ${before - (await ours()).length} went`);
      }
      await this.running.stop();
      await this.zones.removeRecords(it => it.AliasTarget !== undefined || textOfRecord(it).includes(`owner=${txtOwnerId},`));
      this.seen.push(`they stayed when their Ingresses went, by the policy ${policy}`);
    }
    await this.zones.checkOthers();
    this.seen.push('another owner\'s record stayed as it was, other zones stayed empty');
  }

  private async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    let ended = false;
    void this.running.exited.then(() => ended = true);
    for (const end = Date.now() + PATIENCE_MS; !await holds(); await sleep(200)) {
      if (ended || Date.now() > end) {
        const found = ended ? 'external-dns ended' : `that did not come within ${PATIENCE_MS / 1000} s`;
        throw new Error(`expected that ${what}; ${found}. ${this.running.log} ends with:\n${lastLines(this.running.log)}`);
      }
    }
  }
}

function ingress(namespace: string, name: string, host: string): any {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace },
    spec: { rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'shop', port: { number: 80 } } } }] } }] },
  };
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

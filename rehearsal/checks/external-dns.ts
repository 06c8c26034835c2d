import { randomBytes } from 'crypto';
import { rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { helmValues, type Template } from './template';
import type { ControlPlane } from '../cluster/control-plane';
import type { Emulator } from '../emulator/emulator';
import { freePorts, lastLines, type Processes, type Running, sleep } from '../support/processes';
import { run } from '../support/run';
import { ExternalDns, type ExternalDnsPolicy } from '@org/eks-platform';

const ISSUER = 'oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const BALANCER = 'k8s-shop-0123456789.us-east-1.elb.amazonaws.com';
const OWNER = 'shop';

/** With what a check of ExternalDNS works. */
export interface ExternalDnsCheck {
  /** The real external-dns. */
  readonly program: string;
  /** A Python that has boto3. */
  readonly python: string;
  readonly processes: Processes;
  /** For what is written meanwhile. */
  readonly folder: string;
  readonly emulator: Pick<Emulator, 'env' | 'account' | 'region'>;
  readonly controlPlane: Pick<ControlPlane, 'adminKubeconfig' | 'kubectl'>;
  /** What it may do to its own records. @default - what ExternalDns sets */
  readonly policy?: ExternalDnsPolicy;
}

/** A record as Route 53 lists it. */
interface DnsRecord {
  readonly Name: string;
  readonly Type: string;
  readonly AliasTarget?: { readonly DNSName: string };
  readonly ResourceRecords?: { readonly Value: string }[];
}

/**
 * Runs the real external-dns with the arguments, and by the role, that an ExternalDns brings, for Ingresses in the given cluster.
 *
 * Whoever calls it knows that the emulator checks IAM. Zones, role and Ingresses are the check's own and are removed again.
 *
 * @returns what was seen, line by line
 * @throws where something else was seen
 */
export async function checkExternalDns(check: ExternalDnsCheck): Promise<string[]> {
  return new Check(check).run();
}

/**
 * The arguments that the chart gives to external-dns for values such as ours: those that it sets for every value that we set.
 */
export function chartArguments(values: any): string[] {
  const each = (flag: string, all: string[] = []) => all.map(value => `--${flag}=${value}`);
  return [
    `--log-level=${values.logLevel ?? 'info'}`,
    `--log-format=${values.logFormat}`,
    `--interval=${values.interval}`,
    ...values.triggerLoopOnEvent ? ['--events'] : [],
    ...each('source', values.sources),
    `--policy=${values.policy}`,
    `--registry=${values.registry}`,
    `--txt-owner-id=${values.txtOwnerId}`,
    `--txt-prefix=${values.txtPrefix}`,
    ...each('domain-filter', values.domainFilters),
    `--annotation-prefix=${values.annotationPrefix}`,
    ...each('managed-record-types', values.managedRecordTypes),
    `--provider=${values.provider.name}`,
    ...Object.keys(values.extraArgs).sort().flatMap(flag => each(flag, [values.extraArgs[flag]].flat())),
  ];
}

class Check {
  private readonly seen: string[] = [];
  /** Of our zone, of another account's with the same name, and of one with another name. */
  private zones: string[] = [];
  private running?: Running;
  /** Of the stack with the role, and of the namespace with the Ingresses. */
  private readonly name = `external-dns-${randomBytes(4).toString('hex')}`;
  private readonly undo: (() => Promise<unknown>)[] = [];

  constructor(private readonly check: ExternalDnsCheck) {}

  async run(): Promise<string[]> {
    try {
      for (const name of ['example.com', 'example.com', 'example.org']) {
        this.zones.push(await this.makeZone(name));
      }
      await this.writeForeignRecord();
      const template = synthesize(this.zones[0], this.check);
      const credentials = await this.makeRole(template);
      await this.refusedElsewhere(credentials);
      await this.makeIngresses();
      await this.start(template, credentials);
      await this.recordsAppear();
      await this.recordsGo();
      return this.seen;
    } finally {
      for (const undo of this.undo.reverse()) {
        await undo();
      }
    }
  }

  private async makeZone(name: string): Promise<string> {
    const { HostedZone: zone } = await this.aws('route53', 'create_hosted_zone', { Name: name, CallerReference: randomBytes(8).toString('hex') });
    const id = zone.Id.replace('/hostedzone/', '');
    this.undo.push(async () => {
      const records = (await this.records(id)).filter(record => !['NS', 'SOA'].includes(record.Type));
      if (records.length > 0) {
        await this.change(id, records.map(record => ({ Action: 'DELETE', ResourceRecordSet: record })));
      }
      await this.aws('route53', 'delete_hosted_zone', { Id: id });
    });
    return id;
  }

  /** A record that another cluster owns, in our zone. */
  private async writeForeignRecord() {
    const record = (name: string, type: string, value: string) => ({
      Action: 'CREATE', ResourceRecordSet: { Name: name, Type: type, TTL: 300, ResourceRecords: [{ Value: value }] },
    });
    await this.change(this.zones[0], [
      record('taken.example.com', 'A', '192.0.2.1'),
      record('edns-a.taken.example.com', 'TXT', '"heritage=external-dns,external-dns/owner=other,external-dns/resource=ingress/default/taken"'),
    ]);
  }

  /** Deploys the role of the template, and gives what a pod of the service account finds in its environment. */
  private async makeRole({ Resources }: Template): Promise<NodeJS.ProcessEnv> {
    const roles = Object.fromEntries(Object.entries(Resources).filter(([, resource]) => resource.Type === 'AWS::IAM::Role'));
    const [logicalId, ...others] = Object.keys(roles);
    if (!logicalId || others.length > 0) {
      throw new Error(`expected one role in the template of an ExternalDns, found: ${Object.keys(roles).join(', ') || 'none'}`);
    }
    await this.aws('cloudformation', 'create_stack', {
      StackName: this.name, TemplateBody: JSON.stringify({ Resources: roles }), Capabilities: ['CAPABILITY_NAMED_IAM'],
    });
    this.undo.push(() => this.aws('cloudformation', 'delete_stack', { StackName: this.name }));
    const physicalId = await this.until('the role is made', async () => {
      const { StackResources: found } = await this.aws('cloudformation', 'describe_stack_resources', { StackName: this.name });
      return found.find((it: any) => it.LogicalResourceId === logicalId && it.ResourceStatus === 'CREATE_COMPLETE')?.PhysicalResourceId;
    });
    const token = join(this.check.folder, 'external-dns.token');
    writeFileSync(token, serviceAccountToken(), { mode: 0o600 });
    this.undo.push(async () => rmSync(token));
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = this.check.emulator.env;
    return {
      ...env,
      // The SDK of external-dns asks for credentials before it reads the variable for all services.
      AWS_ENDPOINT_URL_STS: env.AWS_ENDPOINT_URL,
      AWS_ROLE_ARN: `arn:aws:iam::${this.check.emulator.account}:role/${physicalId}`,
      AWS_WEB_IDENTITY_TOKEN_FILE: token,
    };
  }

  private async refusedElsewhere(env: NodeJS.ProcessEnv) {
    const record = { Name: 'shop.example.com', Type: 'TXT', TTL: 300, ResourceRecords: [{ Value: '"x"' }] };
    const change = (action: string, zone: string) => this.aws('route53', 'change_resource_record_sets', {
      HostedZoneId: zone, ChangeBatch: { Changes: [{ Action: action, ResourceRecordSet: record }] },
    }, env);
    await change('CREATE', this.zones[0]);
    await change('DELETE', this.zones[0]);
    for (const zone of this.zones.slice(1)) {
      const refusal = await change('CREATE', zone).then(() => 'a record was written', (error: Error) => error.message);
      if (!/AccessDenied/.test(refusal)) {
        throw new Error(`expected the role to be refused in a zone that is not its own, found: ${refusal}`);
      }
    }
    this.seen.push('the role may change records in its zone, and is refused in two others');
  }

  private async makeIngresses() {
    const hosts = { shop: 'shop.example.com', wildcard: '*.apps.example.com', taken: 'taken.example.com', elsewhere: 'shop.example.org' };
    const { kubectl } = this.check.controlPlane;
    await kubectl('create', 'namespace', this.name);
    this.undo.push(async () => {
      await kubectl('delete', 'ingress', '--all', '-n', this.name);
      await kubectl('delete', 'namespace', this.name, '--wait=false');
    });
    const file = join(this.check.folder, 'ingresses.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: Object.entries(hosts).map(([name, host]) => ingress(this.name, name, host)) }));
    await kubectl('apply', '-f', file);
    for (const name of Object.keys(hosts)) {
      // The load balancer controller would do this.
      await kubectl('patch', 'ingress', name, '-n', this.name, '--subresource=status', '--type=merge',
        '-p', JSON.stringify({ status: { loadBalancer: { ingress: [{ hostname: BALANCER }] } } }));
    }
  }

  private async start(template: Template, env: NodeJS.ProcessEnv) {
    const values = helmValues(template, 'external-dns', { 'AWS::Region': this.check.emulator.region });
    const [port] = await freePorts(1);
    this.running = this.check.processes.start('external-dns', this.check.program, [
      ...chartArguments(values), `--kubeconfig=${this.check.controlPlane.adminKubeconfig}`, `--metrics-address=127.0.0.1:${port}`,
    ], { env: { ...env, ...Object.fromEntries(values.env.map(({ name, value }: any) => [name, value])) }, cwd: this.check.folder });
    this.undo.push(() => this.running!.stop());
  }

  private async recordsAppear() {
    const start = Date.now();
    const expected = ['A', 'AAAA'].flatMap(type => ['shop.example.com.', '*.apps.example.com.'].map(name => `${type} ${name}`)).sort();
    await this.until('records of both Ingresses are in the zone', async () => {
      const found = (await this.records(this.zones[0])).filter(it => it.AliasTarget?.DNSName.startsWith(BALANCER)).map(it => `${it.Type} ${it.Name}`);
      return JSON.stringify(found.sort()) === JSON.stringify(expected);
    });
    const markers = (await this.records(this.zones[0])).filter(it => it.Type === 'TXT' && textOfRecord(it).includes(`external-dns/owner=${OWNER},`));
    const names = markers.map(it => it.Name).sort();
    // An alias of type A is marked as a CNAME.
    const wanted = ['aaaa', 'cname'].flatMap(type => [`edns-${type}.shop.example.com.`, `edns-${type}.wildcard.apps.example.com.`]).sort();
    if (JSON.stringify(names) !== JSON.stringify(wanted)) {
      throw new Error(`expected the markers ${wanted.join(', ')}, found: ${names.join(', ') || 'none'}`);
    }
    this.seen.push(`records of two Ingresses are in the zone, each with its owner's mark, after ${((Date.now() - start) / 1000).toFixed(1)} s`);
    await this.othersUntouched();
  }

  private async recordsGo() {
    const start = Date.now();
    await this.check.controlPlane.kubectl('delete', 'ingress', '--all', '-n', this.name);
    await this.until('the records go with their Ingresses', async () =>
      (await this.records(this.zones[0])).every(it => !it.AliasTarget && !textOfRecord(it).includes(`owner=${OWNER},`)));
    this.seen.push(`they go with their Ingresses, after ${((Date.now() - start) / 1000).toFixed(1)} s`);
    await this.othersUntouched();
  }

  private async othersUntouched() {
    const taken = (await this.records(this.zones[0])).filter(it => it.Name.endsWith('taken.example.com.')).map(it => `${it.Type} ${textOfRecord(it)}`);
    if (taken.length !== 2 || !taken.includes('A 192.0.2.1') || !taken.some(it => it.includes('owner=other,'))) {
      throw new Error(`expected another owner's record to stay as it was, found: ${taken.join('; ') || 'none'}`);
    }
    for (const zone of this.zones.slice(1)) {
      const written = (await this.records(zone)).filter(it => !['NS', 'SOA'].includes(it.Type));
      if (written.length > 0) {
        throw new Error(`expected no record in another zone, found: ${written.map(it => it.Name).join(', ')}`);
      }
    }
    this.seen.push('another owner\'s record, which an Ingress asks for, stays as it was; the zones that are not ours stay empty');
  }

  private async records(zone: string): Promise<DnsRecord[]> {
    const { ResourceRecordSets: records } = await this.aws('route53', 'list_resource_record_sets', { HostedZoneId: zone });
    return records.map((record: DnsRecord) => ({ ...record, Name: record.Name.replace('\\052', '*') })); // Route 53 writes it so
  }

  private async change(zone: string, changes: any[]) {
    await this.aws('route53', 'change_resource_record_sets', { HostedZoneId: zone, ChangeBatch: { Changes: changes } });
  }

  private async aws(service: string, operation: string, parameters: any, env = this.check.emulator.env): Promise<any> {
    return JSON.parse(await run(this.check.python, [join(__dirname, 'aws.py'), service, operation], { env, stdin: JSON.stringify(parameters) }));
  }

  private async until<T>(what: string, holds: () => Promise<T | undefined>, seconds = 90): Promise<T> {
    let ended = false;
    void this.running?.exited.then(() => ended = true);
    for (const end = Date.now() + seconds * 1000; ;) {
      const found = await holds();
      if (found) {
        return found;
      }
      if (ended || Date.now() > end) {
        const log = this.running ? `. ${this.running.log} ends with:\n${lastLines(this.running.log)}` : '';
        throw new Error(`expected that ${what}; ${ended ? 'external-dns ended' : `that did not come within ${seconds} s`}${log}`);
      }
      await sleep(500);
    }
  }
}

/** An ExternalDns in a stack of its own, for a cluster that is not in it. */
function synthesize(hostedZoneId: string, { emulator: { account, region }, policy }: ExternalDnsCheck): Template {
  const app = new App({ context: { 'aws:cdk:disable-asset-staging': true }, analyticsReporting: false });
  const stack = new Stack(app, 'ExternalDns');
  const cluster = eks.Cluster.fromClusterAttributes(stack, 'Cluster', {
    clusterName: OWNER,
    openIdConnectProvider: iam.OpenIdConnectProvider.fromOpenIdConnectProviderArn(stack, 'Oidc', `arn:aws:iam::${account}:oidc-provider/${ISSUER}`),
    kubectlProvider: eks.KubectlProvider.fromKubectlProviderAttributes(stack, 'Kubectl', {
      serviceToken: `arn:aws:lambda:${region}:${account}:function:kubectl`,
      role: iam.Role.fromRoleArn(stack, 'KubectlRole', `arn:aws:iam::${account}:role/kubectl`),
    }),
  });
  new ExternalDns(stack, 'Dns', {
    cluster,
    clusterName: OWNER,
    hostedZones: [route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId })],
    policy,
  });
  return app.synth().getStackByName('ExternalDns').template;
}

/** What EKS puts into the pod, but for `aud`, a list there: the emulator compares texts. It does not check the signature. */
function serviceAccountToken(): string {
  const part = (value: any) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  return [
    part({ alg: 'RS256', typ: 'JWT' }),
    part({ iss: `https://${ISSUER}`, aud: 'sts.amazonaws.com', sub: 'system:serviceaccount:external-dns:external-dns', iat: now, exp: now + 3600 }),
    Buffer.from('unsigned').toString('base64url'),
  ].join('.');
}

function ingress(namespace: string, name: string, host: string): any {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace },
    spec: { rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'shop', port: { number: 80 } } } }] } }] },
  };
}

function textOfRecord(record: DnsRecord): string {
  return (record.ResourceRecords ?? []).map(it => it.Value).join(' ');
}

import type { AwsClient } from '../aws/client';
import { Route53, textOfRecord, type DnsRecord, type Zone } from '../aws/route53';

/** The hosted zones of a check: one that the release names, with a record of another owner, and two that its role must not change. */
export class ExternalDnsZones {
  /**
   * Makes what is not there. A template may name zones that are there before it: those are made with the ids that it names.
   *
   * @param values of the release
   * @param undo hears how each thing that is made is removed
   */
  static async make(aws: AwsClient, { extraArgs, domainFilters }: any, undo: (work: () => Promise<unknown>) => void): Promise<ExternalDnsZones> {
    const ids: string[] = [extraArgs?.['zone-id-filter'] ?? []].flat();
    if (ids.length === 0) {
      throw new Error('expected the release to name its zones in `extraArgs.zone-id-filter`, found: none');
    }
    const route53 = new Route53(aws);
    const make = async (name: string, id?: string): Promise<Zone> => {
      const zone = await route53.makeZone(name, id);
      undo(() => route53.removeZone(zone));
      return zone;
    };
    const { HostedZones: there } = await aws.call('route53', 'list_hosted_zones');
    const [own] = await Promise.all(ids.map(async (id, index) => {
      const found = there.find((zone: any) => zone.Id === `/hostedzone/${id}`);
      return found ? { id, name: found.Name.replace(/\.$/, '') } : make(domainFilters[index] ?? domainFilters[0], id);
    }));
    // One with the name of the release's own, as it may be in another account, and one with another name.
    const zones = new ExternalDnsZones(route53, own, [await make(own.name), await make('elsewhere.test')]);
    await zones.writeForeignRecord();
    undo(() => zones.removeRecords(({ Name: name }) => name.endsWith(`taken.${own.name}.`)));
    return zones;
  }

  private constructor(private readonly route53: Route53, private readonly own: Zone, private readonly others: Zone[]) {}

  /** The name of the release's own zone. */
  get domain(): string {
    return this.own.name;
  }

  /** What is in the release's own zone. */
  records(): Promise<DnsRecord[]> {
    return this.route53.records(this.own.id);
  }

  removeRecords(which: (record: DnsRecord) => boolean): Promise<void> {
    return this.route53.removeRecords(this.own.id, which);
  }

  /** Checks that the release's role may change records in its own zone, and nowhere else. @param asRole calls AWS in that role */
  async checkRole(asRole: AwsClient): Promise<void> {
    const record = { Name: `probe.${this.domain}`, Type: 'A', TTL: 300, ResourceRecords: [{ Value: '192.0.2.2' }] };
    const route53 = new Route53(asRole);
    const change = (action: string, { id }: Zone) => route53.change(id, [{ Action: action, ResourceRecordSet: record }]);
    await change('CREATE', this.own);
    await change('DELETE', this.own);
    for (const zone of this.others) {
      const refusal = await change('CREATE', zone).then(() => 'a record was written', (error: Error) => error.message);
      if (!/AccessDenied/.test(refusal)) {
        throw new Error(`expected the role to be refused in a zone that is not its own, found: ${refusal}`);
      }
    }
  }

  /** Checks that the record of another owner and the other zones are as they were. */
  async checkOthers(): Promise<void> {
    const taken = (await this.records()).filter(it => it.Name.endsWith(`taken.${this.domain}.`)).map(it => `${it.Type} ${textOfRecord(it)}`);
    if (taken.length !== 2 || !taken.includes('A 192.0.2.1') || !taken.some(it => it.includes('owner=other,'))) {
      throw new Error(`expected another owner's record to stay as it was, found: ${taken.join('; ') || 'none'}`);
    }
    for (const { id } of this.others) {
      const written = await this.route53.records(id);
      if (written.length > 0) {
        throw new Error(`expected no record in another zone, found: ${written.map(it => it.Name).join(', ')}`);
      }
    }
  }

  /** A record that another cluster owns. */
  private async writeForeignRecord(): Promise<void> {
    const record = (name: string, type: string, value: string) => ({
      Action: 'CREATE', ResourceRecordSet: { Name: name, Type: type, TTL: 300, ResourceRecords: [{ Value: value }] },
    });
    await this.route53.change(this.own.id, [
      record(`taken.${this.domain}`, 'A', '192.0.2.1'),
      record(`edns-a.taken.${this.domain}`, 'TXT', '"heritage=external-dns,external-dns/owner=other,external-dns/resource=ingress/default/taken"'),
    ]);
  }
}

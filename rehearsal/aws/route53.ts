import { randomBytes } from 'crypto';
import type { AwsClient } from './client';

/** A hosted zone. */
export interface Zone {
  readonly id: string;
  readonly name: string;
}

/** A record as Route 53 lists it. */
export interface DnsRecord {
  readonly Name: string;
  readonly Type: string;
  readonly AliasTarget?: { readonly DNSName: string };
  readonly ResourceRecords?: { readonly Value: string }[];
}

/** The emulator's Route 53. */
export class Route53 {
  constructor(private readonly aws: AwsClient) {}

  /** @param id the one that it shall have @default - Route 53 chooses */
  async makeZone(name: string, id?: string): Promise<Zone> {
    // The emulator's part for zones takes the id from there.
    const reference = id ? `id:${id}` : randomBytes(8).toString('hex');
    const { HostedZone: zone } = await this.aws.call('route53', 'create_hosted_zone', { Name: name, CallerReference: reference });
    return { id: zone.Id.replace('/hostedzone/', ''), name };
  }

  /** Removes a zone with all records in it. */
  async removeZone({ id }: Zone): Promise<void> {
    await this.removeRecords(id, () => true);
    await this.aws.call('route53', 'delete_hosted_zone', { Id: id });
  }

  /** All but those that each zone has. */
  async records(zone: string): Promise<DnsRecord[]> {
    const { ResourceRecordSets: records } = await this.aws.call('route53', 'list_resource_record_sets', { HostedZoneId: zone });
    return records
      .filter((record: DnsRecord) => !['NS', 'SOA'].includes(record.Type))
      .map((record: DnsRecord) => ({ ...record, Name: record.Name.replace('\\052', '*') })); // Route 53 writes it so
  }

  async removeRecords(zone: string, which: (record: DnsRecord) => boolean): Promise<void> {
    const records = (await this.records(zone)).filter(which);
    if (records.length > 0) {
      await this.change(zone, records.map(record => ({ Action: 'DELETE', ResourceRecordSet: record })));
    }
  }

  async change(zone: string, changes: any[]): Promise<void> {
    await this.aws.call('route53', 'change_resource_record_sets', { HostedZoneId: zone, ChangeBatch: { Changes: changes } });
  }
}

/** The values of a record that is no alias. */
export function textOfRecord(record: DnsRecord): string {
  return (record.ResourceRecords ?? []).map(it => it.Value).join(' ');
}

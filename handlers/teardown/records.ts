/** A record set as Route 53 lists it. */
export interface RecordSet {
  readonly Name: string;
  readonly Type: string;
  readonly SetIdentifier?: string;
  readonly AliasTarget?: object;
  readonly ResourceRecords?: { readonly Value: string }[];
  readonly [attribute: string]: unknown;
}

/** How the platform's ExternalDNS names its markers: its `txtPrefix`, with the type of what is marked. */
const MARKER = /^edns-([a-z]+)\.(.+)$/;

/** What stands for the asterisk of a wildcard in a marker's name, and how Route 53 writes an asterisk. */
const [WILDCARD, ASTERISK] = ['wildcard.', '\\052.'];

/** Whether a record is ExternalDNS's marker with the given owner. */
export function isOwner(record: RecordSet, owner: string): boolean {
  return record.Type === 'TXT' && (record.ResourceRecords ?? []).some(({ Value }) => {
    const words = Value.replaceAll('"', '').split(',');
    return words.includes('heritage=external-dns') && words.includes(`external-dns/owner=${owner}`);
  });
}

/**
 * What a marker marks, which may be gone already; undefined where the marker has another format.
 *
 * An alias is marked as a CNAME, which it stands for.
 *
 * @see https://kubernetes-sigs.github.io/external-dns/v0.21.0/docs/registry/txt/
 */
export function ownedBy(marker: RecordSet, records: RecordSet[]): RecordSet[] | undefined {
  const [, type, marked] = MARKER.exec(marker.Name) ?? [];
  if (type === undefined) {
    return undefined;
  }
  const name = marked.startsWith(WILDCARD) ? ASTERISK + marked.slice(WILDCARD.length) : marked;
  return records.filter(it => it.Name === name && it.SetIdentifier === marker.SetIdentifier
    && (it.Type === type.toUpperCase() || (type === 'cname' && it.AliasTarget !== undefined && ['A', 'AAAA'].includes(it.Type))));
}

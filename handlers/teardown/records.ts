/** A record set as Route 53 lists it. */
export interface RecordSet {
  readonly Name: string;
  readonly Type: string;
  readonly SetIdentifier?: string;
  readonly AliasTarget?: object;
  readonly ResourceRecords?: { readonly Value: string }[];
  readonly [attribute: string]: unknown;
}

/** How the platform's ExternalDNS names its markers: with its `txtPrefix`, which holds the type of the marked record. */
const MARKER = /^edns-([a-z]+)\.(.+)$/;

/** What replaces a wildcard's asterisk in a marker's name, and how Route 53 writes the asterisk. */
const [WILDCARD, ASTERISK] = ['wildcard.', '\\052.'];

/** Whether a record is a marker of ExternalDNS that names the given owner. */
export function isOwner(record: RecordSet, owner: string): boolean {
  return record.Type === 'TXT' && (record.ResourceRecords ?? []).some(({ Value }) => {
    const words = Value.replaceAll('"', '').split(',');
    return words.includes('heritage=external-dns') && words.includes(`external-dns/owner=${owner}`);
  });
}

/**
 * The records that a marker marks, none if they are deleted already; undefined if the marker has another format.
 *
 * ExternalDNS marks an alias as a CNAME.
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

import { isOwner, ownedBy } from '../../handlers/teardown/records';

const txt = (Name: string, ...values: string[]) => ({ Name, Type: 'TXT', ResourceRecords: values.map(Value => ({ Value: `"${Value}"` })) });
const own = (Name: string) => txt(Name, 'heritage=external-dns,external-dns/owner=shop,external-dns/resource=ingress/a/b');

test.each([
  ['another owner that begins alike', txt('edns-a.x.', 'heritage=external-dns,external-dns/owner=shop-2')],
  ['a TXT record of another origin', txt('edns-a.x.', 'external-dns/owner=shop')],
  ['a record that is no TXT', { ...own('edns-a.x.'), Type: 'A' }],
])('is not the owner\'s: %s', (_, record) => {
  expect(isOwner(record, 'shop')).toBe(false);
});

test('is the owner\'s: a TXT record with ExternalDNS\'s mark and the owner\'s name', () => {
  expect(isOwner(own('edns-a.x.'), 'shop')).toBe(true);
});

test.each([
  ['an A record', 'edns-a.app.example.com.', { Name: 'app.example.com.', Type: 'A' }],
  ['an AAAA record', 'edns-aaaa.app.example.com.', { Name: 'app.example.com.', Type: 'AAAA' }],
  ['an alias, as the CNAME that it stands for', 'edns-cname.app.example.com.', { Name: 'app.example.com.', Type: 'A', AliasTarget: {} }],
  ['a zone\'s own name', 'edns-a.example.com.', { Name: 'example.com.', Type: 'A' }],
  ['a wildcard', 'edns-a.wildcard.example.com.', { Name: '\\052.example.com.', Type: 'A' }],
])('a marker marks %s', (_, name, record) => {
  expect(ownedBy(own(name), [record])).toEqual([record]);
});

test.each([
  ['another type at the name', { Name: 'app.example.com.', Type: 'MX' }],
  ['an A record that is no alias, by a marker of a CNAME', { Name: 'app.example.com.', Type: 'A' }],
  ['another name', { Name: 'app2.example.com.', Type: 'CNAME' }],
  ['another one of several weighted records', { Name: 'app.example.com.', Type: 'CNAME', SetIdentifier: 'blue' }],
])('a marker does not mark %s', (_, record) => {
  expect(ownedBy(own('edns-cname.app.example.com.'), [record])).toEqual([]);
});

test('leaves alone a marker of another format', () => {
  expect(ownedBy(own('app.example.com.'), [{ Name: 'app.example.com.', Type: 'A' }])).toBeUndefined();
});

/** The section "External DNS" of the architecture document. */
import { platformFixture } from '../support/fixtures';
import { helmRelease, helmValues, idsOf, resourcesOf, text, workloadStatements } from '../support/read';

const template = platformFixture().template(); // with the hosted zone example.com
const values = helmValues(template, 'external-dns');
const statements = workloadStatements(template, 'external-dns/external-dns');
const resources = (action: string) => statements.filter(it => [it.Action].flat().includes(action)).flatMap(it => [it.Resource].flat().map(text));

test('"Automatically manages Route 53 DNS records for Services and Ingresses"', () => {
  expect(values.sources).toEqual(['service', 'ingress']);
});

test('"ExtDNS --> R53 --> Zone": into the given zone and no other', () => {
  expect(values.extraArgs['zone-id-filter']).toEqual(['Z0123456789ABCDEFGHIJ']);
  expect(resources('route53:ChangeResourceRecordSets')).toEqual(['arn:<token>:route53:::hostedzone/Z0123456789ABCDEFGHIJ']);
});

describe('"Configuration"', () => {
  test('"provider: aws"', () => {
    expect(values.provider).toEqual({ name: 'aws' });
  });

  test('"domainFilters: [example.com]"', () => {
    expect(values.domainFilters).toEqual(['example.com']);
  });

  test('"txtOwnerId: {cluster-name}"', () => {
    expect(values.txtOwnerId).toBe('shop');
    expect(values.registry).toBe('txt'); // the registry in which owners are written down
  });

  test('"policy: sync  # Create and delete records"', () => {
    expect(values.policy).toBe('sync');
  });
});

describe('"IRSA Permissions"', () => {
  test('by IRSA', () => {
    expect(values.serviceAccount.annotations).toEqual({ 'eks.amazonaws.com/role-arn': '<token>' });
    const [id] = idsOf(template, 'AWS::IAM::Role', { Description: 'external-dns/external-dns' });
    expect(resourcesOf(template, 'AWS::IAM::Role')[id].Properties.AssumeRolePolicyDocument['Fn::Sub'][0]).toContain('"system:serviceaccount:external-dns:external-dns"');
  });

  test('"ServiceAccount: external-dns"', () => {
    expect(values.serviceAccount).toMatchObject({ create: true, name: 'external-dns' });
  });

  test('"Namespace: external-dns", which is made with the release', () => {
    expect(helmRelease(template, 'external-dns').Properties).toMatchObject({ Namespace: 'external-dns', CreateNamespace: true });
  });

  test('"Permissions: route53:ChangeResourceRecordSets, route53:ListHostedZones, route53:ListResourceRecordSets", and no others', () => {
    expect(statements.flatMap(it => it.Action).sort()).toEqual([
      'route53:ChangeResourceRecordSets', 'route53:ListHostedZones', 'route53:ListResourceRecordSets',
    ]);
  });

  test('narrower than the list: records of the given zones, and only the types that ExternalDNS writes', () => {
    expect(resources('route53:ListResourceRecordSets')).toEqual(['arn:<token>:route53:::hostedzone/Z0123456789ABCDEFGHIJ']);
    expect(resources('route53:ListHostedZones')).toEqual(['*']); // can't be narrowed
    const [change] = statements.filter(it => [it.Action].flat().includes('route53:ChangeResourceRecordSets'));
    expect(Object.values(change.Condition['ForAllValues:StringEquals'])).toEqual([['A', 'AAAA', 'CNAME', 'TXT']]);
  });
});

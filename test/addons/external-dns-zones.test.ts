import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { CfnParameter, aws_route53 as route53, type Stack } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { ExternalDns } from '../../src';
import { clusterFixture, zoneFixture, type StackOptions } from '../support/fixtures';
import { helmRelease, helmValues, resourcesOf, text, workloadStatements } from '../support/read';

type Zones = (stack: Stack, cluster: eks.ICluster) => route53.IHostedZone[];

function dnsFixture(zones: Zones, options: StackOptions = {}) {
  const { stack, cluster, template } = clusterFixture({}, options);
  new ExternalDns(stack, 'Dns', { cluster, clusterName: 'shop', hostedZones: zones(stack, cluster) });
  return template();
}

const ONE: Zones = stack => [zoneFixture(stack)];
const SEVERAL: Zones = (stack, cluster) => [
  zoneFixture(stack),
  new route53.PublicHostedZone(stack, 'Public', { zoneName: 'example.org' }),
  new route53.PrivateHostedZone(stack, 'Private', { zoneName: 'example.internal', vpc: cluster.vpc }),
];

const statements = (zones: Zones) => workloadStatements(dnsFixture(zones), 'external-dns/external-dns');

describe('the role', () => {
  test('writes to the given zone only', () => {
    const [write] = statements(ONE).filter(it => [it.Action].flat().includes('route53:ChangeResourceRecordSets'));
    expect([write.Resource].flat().map(text)).toEqual(['arn:<token>:route53:::hostedzone/Z0123456789ABCDEFGHIJ']);
  });

  test('may do three things, one of them on all zones, as it lists all or nothing', () => {
    expect(statements(ONE).map(({ Action, Resource }) => [Action, text(Resource)])).toEqual([
      ['route53:ChangeResourceRecordSets', 'arn:<token>:route53:::hostedzone/Z0123456789ABCDEFGHIJ'],
      ['route53:ListResourceRecordSets', 'arn:<token>:route53:::hostedzone/Z0123456789ABCDEFGHIJ'],
      ['route53:ListHostedZones', '*'],
    ]);
  });

  test('reads and writes several zones, public and private, imported and defined beside it', () => {
    const [write, read] = statements(SEVERAL);
    const zones = [
      'Z0123456789ABCDEFGHIJ', { Ref: expect.stringMatching(/^Public/) }, { Ref: expect.stringMatching(/^Private/) },
    ];
    const arns = zones.map(zone => ({
      'Fn::Sub': typeof zone === 'string'
        ? `arn:\${AWS::Partition}:route53:::hostedzone/${zone}`
        : ['arn:${AWS::Partition}:route53:::hostedzone/${Zone}', { Zone: zone }],
    }));
    expect(write.Resource).toEqual(arns);
    expect(read.Resource).toEqual(arns);
  });

  test('is one for each instance, with its own zones', () => {
    const { stack, cluster, template } = clusterFixture();
    const other = new eks.Cluster(stack, 'Other', {
      version: eks.KubernetesVersion.V1_36, vpc: cluster.vpc, kubectlProviderOptions: { kubectlLayer: new KubectlV36Layer(stack, 'Layer') },
    });
    new ExternalDns(stack, 'Dns', { cluster, clusterName: 'shop', hostedZones: [zoneFixture(stack)] });
    new ExternalDns(stack, 'OtherDns', { cluster: other, clusterName: 'other', hostedZones: [zoneFixture(stack, 'example.org', 'Z9876543210')] });
    const roles = Object.values(resourcesOf(template(), 'AWS::IAM::Role')).filter(it => it.Properties.Description === 'external-dns/external-dns');
    expect(roles.map(role => text(role.Properties.Policies[0].PolicyDocument.Statement[0].Resource)).sort()).toEqual([
      'arn:<token>:route53:::hostedzone/Z0123456789ABCDEFGHIJ', 'arn:<token>:route53:::hostedzone/Z9876543210',
    ]);
  });

  test.each(['cn-north-1', 'us-gov-west-1'])('leaves the partition to the deployment in %s', region => {
    const template = dnsFixture(ONE, { env: { region, account: '123456789012' } });
    const written = JSON.stringify(workloadStatements(template, 'external-dns/external-dns'));
    expect(written).toContain('arn:${AWS::Partition}:route53');
    expect(written).not.toContain('arn:aws');
  });
});

describe('the filters', () => {
  const filters = (zones: Zones) => {
    const { domainFilters, extraArgs } = helmValues(dnsFixture(zones), 'external-dns');
    return { domainFilters, ids: extraArgs['zone-id-filter'] };
  };

  test('name the zone and its domain', () => {
    expect(filters(ONE)).toEqual({ domainFilters: ['example.com'], ids: ['Z0123456789ABCDEFGHIJ'] });
  });

  test('name several zones and their domains', () => {
    expect(filters(SEVERAL)).toEqual({ domainFilters: ['example.com', 'example.org', 'example.internal'], ids: ['Z0123456789ABCDEFGHIJ', '<token>', '<token>'] });
  });

  test('name a domain once that has a public and a private zone', () => {
    const zones: Zones = stack => [zoneFixture(stack), route53.HostedZone.fromHostedZoneAttributes(stack, 'Private', { zoneName: 'example.com', hostedZoneId: 'Z9' })];
    expect(filters(zones)).toEqual({ domainFilters: ['example.com'], ids: ['Z0123456789ABCDEFGHIJ', 'Z9'] });
  });

  test('name zones that only a deployment knows', () => {
    const zones: Zones = stack => [route53.HostedZone.fromHostedZoneAttributes(stack, 'Given', {
      zoneName: new CfnParameter(stack, 'Name').valueAsString, hostedZoneId: new CfnParameter(stack, 'Id').valueAsString,
    })];
    expect(filters(zones)).toEqual({ domainFilters: ['<token>'], ids: ['<token>'] });
    expect(helmRelease(dnsFixture(zones), 'external-dns').Properties.Values['Fn::Join'][1]).toEqual(expect.arrayContaining([{ Ref: 'Name' }, { Ref: 'Id' }]));
  });
});

describe('hostedZones', () => {
  test('fail as none', () => {
    expect(() => dnsFixture(() => [])).toThrow(
      '`hostedZones` must be one zone or more, got: []; give the zones that ExternalDNS should write to [Shop/Dns]');
  });

  test('fail with a zone that does not know its name', () => {
    const zones: Zones = stack => [zoneFixture(stack), route53.HostedZone.fromHostedZoneId(stack, 'Nameless', 'Z9876543210')];
    expect(() => dnsFixture(zones)).toThrow('`hostedZones[1]` must be a zone that knows its name, got: "Z9876543210"; '
      + 'import it with HostedZone.fromHostedZoneAttributes, which takes its id and its name [Shop/Dns]');
  });
});

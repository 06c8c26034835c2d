import { CfnParameter, aws_route53 as route53, type Stack } from 'aws-cdk-lib';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { ExternalDns, ExternalDnsPolicy, type ExternalDnsProps } from '../../src';
import { VERSIONS } from '../../src/kubernetes/versions';
import { clusterFixture, platformFixture, zoneFixture } from '../support/fixtures';
import { helmRelease, helmValues, workloadStatements } from '../support/read';

function dnsFixture(props: Partial<ExternalDnsProps> = {}, zones = (stack: Stack, _: eks.ICluster) => [zoneFixture(stack)]) {
  const { stack, cluster, template } = clusterFixture();
  new ExternalDns(stack, 'Dns', { cluster, clusterName: 'shop', hostedZones: zones(stack, cluster), ...props });
  return template;
}

const release = (props?: Partial<ExternalDnsProps>) => helmRelease(dnsFixture(props)(), 'external-dns').Properties;
const values = (props?: Partial<ExternalDnsProps>) => helmValues(dnsFixture(props)(), 'external-dns');

describe('the release', () => {
  test('is the chart of its authors, in its own namespace, at the pinned version', () => {
    expect(release()).toMatchObject({
      Release: 'external-dns',
      Chart: 'external-dns',
      Repository: 'https://kubernetes-sigs.github.io/external-dns',
      Version: VERSIONS.charts.externalDns.version,
      Namespace: 'external-dns',
      CreateNamespace: true,
    });
  });

  test('waits until ExternalDNS runs, and ends before the Lambda that runs Helm', () => {
    expect(release()).toMatchObject({ Wait: true, Atomic: true, Timeout: '720s' });
  });
});

describe('ExternalDNS', () => {
  test('writes Route 53 records for Services and Ingresses, and deletes them', () => {
    expect(values()).toMatchObject({ provider: { name: 'aws' }, sources: ['service', 'ingress'], policy: 'sync' });
  });

  test('runs under the service account of the spec, which the chart makes', () => {
    expect(values()).toMatchObject({ fullnameOverride: 'external-dns', serviceAccount: { create: true, name: 'external-dns' } });
  });

  test('owns its records by the name of the cluster, marked inside the zone', () => {
    const { registry, txtOwnerId, txtPrefix, extraArgs } = values();
    expect({ registry, txtOwnerId }).toEqual({ registry: 'txt', txtOwnerId: 'shop' });
    // A dot at the end of the prefix: the marker of example.com is edns-a.example.com, not edns-aexample.com.
    expect(txtPrefix).toMatch(/^[^%]+%\{record_type\}\.$/);
    expect(extraArgs['txt-wildcard-replacement']).toBe('wildcard');
  });

  test('keeps to the prefix of annotations that the next version changes', () => {
    expect(values().annotationPrefix).toBe('external-dns.alpha.kubernetes.io/');
  });

  test('looks at Services of load balancers only, at each event and each minute', () => {
    expect(values()).toMatchObject({ interval: '1m', triggerLoopOnEvent: true, extraArgs: { 'service-type-filter': ['LoadBalancer'] } });
  });

  test('never runs twice at once, comes first when nodes are short, and is bounded', () => {
    expect(values()).toMatchObject({
      deploymentStrategy: { type: 'Recreate' },
      priorityClassName: 'system-cluster-critical',
      resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
    });
  });

  test('gets its region, and need not ask the instance metadata for it', () => {
    const parts: any[] = release().Values['Fn::Join'][1];
    expect(values().env).toEqual([{ name: 'AWS_REGION', value: '<token>' }]);
    expect(parts).toContainEqual({ Ref: 'AWS::Region' });
  });

  test('passes no number that Helm could print as 1e+06', () => {
    const numbers = (value: any): number[] => typeof value === 'number' ? [value] : typeof value === 'object' ? Object.values(value).flatMap(numbers) : [];
    expect(numbers(values())).toEqual([]);
  });
});

describe('policy', () => {
  test.each([
    [ExternalDnsPolicy.SYNC, 'sync'], [ExternalDnsPolicy.UPSERT_ONLY, 'upsert-only'], [ExternalDnsPolicy.CREATE_ONLY, 'create-only'],
  ])('can be %s', (policy, expected) => {
    expect(values({ policy }).policy).toBe(expected);
  });
});

describe('recordTypes', () => {
  const allowed = (props?: Partial<ExternalDnsProps>) => workloadStatements(dnsFixture(props)(), 'external-dns/external-dns')
    .flatMap(it => it.Condition?.['ForAllValues:StringEquals']['route53:ChangeResourceRecordSetsRecordTypes'] ?? []);

  test('are A, AAAA and CNAME, beside the TXT of the owner', () => {
    expect(values().managedRecordTypes).toEqual(['A', 'AAAA', 'CNAME']);
    expect(allowed()).toEqual(['A', 'AAAA', 'CNAME', 'TXT']);
  });

  test('can be others, in the role as in the chart', () => {
    const recordTypes = [route53.RecordType.CNAME, route53.RecordType.MX];
    expect(values({ recordTypes }).managedRecordTypes).toEqual(['CNAME', 'MX']);
    expect(allowed({ recordTypes })).toEqual(['CNAME', 'MX', 'TXT']);
  });

  test('name TXT once in the role', () => {
    expect(allowed({ recordTypes: [route53.RecordType.TXT, route53.RecordType.A] })).toEqual(['TXT', 'A']);
  });

  test('fail as none', () => {
    expect(() => dnsFixture({ recordTypes: [] })).toThrow('`recordTypes` must be one type or more, got: []; leave it out for A, AAAA and CNAME [Shop/Dns]');
  });
});

describe('clusterName', () => {
  test.each(['x'.repeat(33), 'Shop', ''])('fails as "%s"', clusterName => {
    expect(() => dnsFixture({ clusterName })).toThrow(`got: "${clusterName}"; EKS allows more, but Cilium, tag keys and DNS owners carry this name too [Shop/Dns]`);
  });

  test('passes through as a token', () => {
    const { stack, cluster, template } = clusterFixture();
    new ExternalDns(stack, 'Dns', { cluster, clusterName: new CfnParameter(stack, 'Given').valueAsString, hostedZones: [zoneFixture(stack)] });
    expect(helmValues(template(), 'external-dns').txtOwnerId).toBe('<token>');
  });
});

describe('in a platform', () => {
  test('is there with hosted zones only', () => {
    expect(platformFixture().platform.externalDns).toBeInstanceOf(ExternalDns);
    expect(platformFixture({ hostedZones: undefined }).platform.externalDns).toBeUndefined();
    expect(platformFixture({ externalDns: { enabled: false } }).platform.externalDns).toBeUndefined();
  });

  test('accepts its options', () => {
    const { template } = platformFixture({ externalDns: { policy: ExternalDnsPolicy.UPSERT_ONLY } });
    expect(helmValues(template(), 'external-dns')).toMatchObject({ policy: 'upsert-only', txtOwnerId: 'shop' });
  });
});

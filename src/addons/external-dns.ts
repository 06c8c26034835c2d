import { Aws, type RemovalPolicy } from 'aws-cdk-lib';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { ChartOptions } from './chart-options';
import { arn } from '../cdk/arn';
import { pinFeatureFlags } from '../cdk/feature-flags';
import type { Json } from '../cdk/merge';
import { reject } from '../cdk/reject';
import type { WorkloadIdentity } from '../cluster/workload-identity';
import { WorkloadRole } from '../cluster/workload-role';
import { checkClusterName } from '../kubernetes/cluster-name';
import { HelmRelease } from '../kubernetes/helm-release';
import { inRegistry } from '../kubernetes/images';
import { VERSIONS } from '../kubernetes/versions';

/**
 * What ExternalDNS may do to records that it owns.
 */
export enum ExternalDnsPolicy {
  /** Records are created, changed, and deleted with their Service or Ingress. */
  SYNC = 'sync',

  /** Records are created and changed, and stay when their Service or Ingress is deleted. */
  UPSERT_ONLY = 'upsert-only',

  /** Records are created, and never touched again. */
  CREATE_ONLY = 'create-only',
}

/**
 * Options of ExternalDNS, in a platform or on its own.
 */
export interface ExternalDnsCommonOptions extends ChartOptions {
  /**
   * What ExternalDNS may do to records that it owns.
   *
   * @default ExternalDnsPolicy.SYNC
   */
  readonly policy?: ExternalDnsPolicy;

  /**
   * The types of record that ExternalDNS makes, beside the TXT records that say who owns them.
   *
   * @default - A, AAAA and CNAME
   */
  readonly recordTypes?: route53.RecordType[];

  /**
   * What happens to the chart's custom resource definitions when the add-on is deleted: RETAIN or DESTROY.
   *
   * All objects of their kinds are deleted with them. Deleting the cluster deletes them in any case. With CDK's own kubectl
   * provider, deleting the add-on never does.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly crdRemovalPolicy?: RemovalPolicy;
}

/**
 * Options of a platform's ExternalDNS.
 */
export interface ExternalDnsOptions extends ExternalDnsCommonOptions {
  /**
   * Whether ExternalDNS is deployed.
   *
   * @default - true where `hostedZones` are given
   */
  readonly enabled?: boolean;
}

/**
 * Properties of an ExternalDns.
 */
export interface ExternalDnsProps extends ExternalDnsCommonOptions {
  /**
   * The cluster. With IRSA it must know its OpenID Connect provider.
   */
  readonly cluster: eks.ICluster;

  /**
   * The owner that is written beside each record: 1 to 32 lower-case letters, digits and dashes.
   *
   * Two clusters that write to one zone need two names, as each changes only the records that carry its own.
   */
  readonly clusterName: string;

  /**
   * The hosted zones that ExternalDNS may write to, and no others: public or private, one or more.
   *
   * Each must know its name: a zone that was imported by its id alone does not.
   */
  readonly hostedZones: route53.IHostedZone[];

  /**
   * How ExternalDNS gets its AWS credentials.
   *
   * @default WorkloadIdentity.IRSA
   */
  readonly identity?: WorkloadIdentity;
}

/**
 * ExternalDNS, writing Route 53 records for Services and Ingresses.
 *
 * Defines a role that reaches only the given hosted zones, and the Helm release in the namespace
 * external-dns. TXT records below `edns-a`, `edns-cname` and so on mark the records that it owns; the marker of
 * a zone's own name is inside the zone, too.
 *
 * A construct that defines Ingresses must depend on this one, so that it is deleted first: only a running
 * ExternalDNS deletes their records. Its namespace stays when it is removed from a cluster that stays.
 *
 * @see https://kubernetes-sigs.github.io/external-dns/
 */
export class ExternalDns extends Construct {
  /**
   * The role of ExternalDNS.
   */
  public readonly role: iam.IRole;

  constructor(scope: Construct, id: string, props: ExternalDnsProps) {
    super(scope, id);
    pinFeatureFlags(this);
    checkClusterName(this.node.path, props.clusterName);
    if (props.hostedZones.length === 0) {
      reject(this.node.path, 'hostedZones', [], 'one zone or more', 'give the zones that ExternalDNS should write to');
    }
    const recordTypes = props.recordTypes ?? [route53.RecordType.A, route53.RecordType.AAAA, route53.RecordType.CNAME];
    if (recordTypes.length === 0) {
      reject(this.node.path, 'recordTypes', [], 'one type or more', 'leave it out for A, AAAA and CNAME');
    }
    const workload = new WorkloadRole(this, 'Role', {
      cluster: props.cluster,
      identity: props.identity,
      namespace: 'external-dns',
      serviceAccount: 'external-dns',
      statements: externalDnsStatements(props.hostedZones, recordTypes),
    });
    this.role = workload.role;
    const release = new HelmRelease(this, 'Release', {
      ...props,
      chart: VERSIONS.charts.externalDns,
      namespace: 'external-dns',
      values: externalDnsValues(props, this.zoneNames(props.hostedZones), recordTypes, workload),
      userValues: props.values,
      wait: true,
    });
    release.node.addDependency(workload);
  }

  private zoneNames(zones: route53.IHostedZone[]): string[] {
    return zones.map((zone, index) => {
      try {
        return zone.zoneName;
      } catch { // a zone that was imported by its id alone throws an error that does not say where
        return reject(this.node.path, `hostedZones[${index}]`, zone.hostedZoneId, 'a zone that knows its name',
          'import it with HostedZone.fromHostedZoneAttributes, which takes its id and its name');
      }
    });
  }
}

/** @see https://kubernetes-sigs.github.io/external-dns/v0.21.0/docs/tutorials/aws/#iam-policy */
function externalDnsStatements(zones: route53.IHostedZone[], recordTypes: route53.RecordType[]): iam.PolicyStatement[] {
  const zoneArns = zones.map(zone => arn('route53:::hostedzone/${Zone}', { Zone: zone.hostedZoneId }));
  return [
    new iam.PolicyStatement({
      actions: ['route53:ChangeResourceRecordSets'],
      resources: zoneArns,
      conditions: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsRecordTypes': [...new Set([...recordTypes, route53.RecordType.TXT])],
        },
      },
    }),
    new iam.PolicyStatement({ actions: ['route53:ListResourceRecordSets'], resources: zoneArns }),
    new iam.PolicyStatement({ actions: ['route53:ListHostedZones'], resources: ['*'] }), // lists all or nothing
  ];
}

function externalDnsValues(props: ExternalDnsProps, zoneNames: string[], recordTypes: route53.RecordType[], workload: WorkloadRole): Json {
  return {
    fullnameOverride: 'external-dns',
    serviceAccount: { create: true, name: 'external-dns', annotations: workload.annotations },
    provider: { name: 'aws' },
    sources: ['service', 'ingress'],
    policy: props.policy ?? ExternalDnsPolicy.SYNC,
    registry: 'txt',
    txtOwnerId: props.clusterName,
    txtPrefix: 'edns-%{record_type}.', // the dot keeps the marker of a zone's own name inside the zone
    domainFilters: [...new Set(zoneNames)],
    annotationPrefix: 'external-dns.alpha.kubernetes.io/', // the next version has another default
    interval: '1m',
    triggerLoopOnEvent: true,
    logFormat: 'json',
    managedRecordTypes: recordTypes,
    priorityClassName: 'system-cluster-critical',
    deploymentStrategy: { type: 'Recreate' },
    resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
    ...workload.podValues,
    ...props.imageRegistry ? { image: { repository: inRegistry('registry.k8s.io/external-dns/external-dns', props.imageRegistry) } } : {},
    env: [{ name: 'AWS_REGION', value: Aws.REGION }],
    extraArgs: {
      'zone-id-filter': props.hostedZones.map(zone => zone.hostedZoneId),
      'aws-zones-cache-duration': '1h',
      'txt-wildcard-replacement': 'wildcard',
      'service-type-filter': ['LoadBalancer'],
    },
  };
}

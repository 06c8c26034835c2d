import type { Stack } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { partsOf, type Part } from './deployment-order';
import { countTemplate, type Counts } from '../tools/counts';
import { stepsOf } from '../tools/order';
import { ofType, readTemplate, type Resource, type Template } from '../tools/template';
import { textTable } from '../tools/text-table';
import { PlatformProfile, type PlatformSettings } from '@org/eks-platform';

/** An environment: its profile, and its stack as it was synthesized. */
export interface Environment {
  readonly profile: PlatformProfile;
  readonly stack: Stack;
  readonly templateFile: string;
}

/** A section of the story: a title and lines of text. */
export interface Section {
  readonly title: string;
  readonly lines: string[];
}

/** What the templates contain, for people to read. */
export function story(environments: Environment[]): Section[] {
  const names = environments.map(environment => environment.profile.profileName);
  const templates = environments.map(environment => readTemplate(environment.templateFile));
  return [
    { title: 'What differs', lines: textTable([['', ...names], ...settingRows(environments)]) },
    ...subnetSections(names, templates),
    { title: 'What is deployed, step by step; it is deleted in the reverse order', lines: orderLines(environments, templates) },
    { title: 'How much', lines: textTable([['', ...names], ...countRows(environments)]) },
  ];
}

const SETTINGS: { readonly [S in keyof PlatformSettings]: string } = {
  natGateways: 'NAT gateways',
  flowLogs: 'VPC flow logs',
  flowLogRetention: 'Flow logs are kept',
  interfaceEndpoints: 'Interface endpoints',
  endpointAccess: 'Kubernetes API',
  controlPlaneLogs: 'Control plane logs',
  secretsEncryption: 'KMS key for Secrets',
  deletionProtection: 'Deletion protection',
  nodeInstanceType: 'Node type',
  nodeMinSize: 'Nodes, at least',
  nodeMaxSize: 'Nodes, at most',
  controllerReplicas: 'Controller replicas',
  hubbleUi: 'Hubble UI',
};

function settingRows(environments: Environment[]): string[][] {
  return Object.entries(SETTINGS).map(([setting, label]) => [
    label,
    ...environments.map(({ profile }) => show(setting, profile.settings[setting as keyof PlatformSettings])),
  ]);
}

function show(setting: string, value: PlatformSettings[keyof PlatformSettings]): string {
  if (typeof value === 'boolean') {
    return value ? 'yes' : 'no';
  }
  if (Array.isArray(value)) {
    return value.map(item => typeof item === 'string' ? item : item.shortName).join(', ') || 'none';
  }
  if (value instanceof eks.EndpointAccess) {
    const [name] = Object.entries(eks.EndpointAccess).find(([, access]) => access === value) ?? ['CUSTOM'];
    return name.toLowerCase().replaceAll('_', ' ');
  }
  return setting === 'flowLogRetention' ? `${value} days` : String(value);
}

/** One table for all environments whose subnets are the same. */
function subnetSections(names: string[], templates: Template[]): Section[] {
  const tables = new Map<string, string[]>();
  templates.forEach((template, index) => {
    const table = textTable([['zone', 'kind', 'CIDR'], ...subnetRows(template)]).join('\n');
    tables.set(table, [...tables.get(table) ?? [], names[index]]);
  });
  return [...tables].map(([table, shared]) => ({ title: `Subnets of ${list(shared)}`, lines: table.split('\n') }));
}

function subnetRows(template: Template): string[][] {
  return ofType(template, 'AWS::EC2::Subnet').map(({ Properties }) => {
    const isPublic = Properties.Tags.some((tag: any) => tag.Key === 'kubernetes.io/role/elb');
    const zone = Properties.AvailabilityZone;
    return [typeof zone === 'string' ? zone : `${zone['Fn::Select'][0] + 1}`, isPublic ? 'public' : 'private', Properties.CidrBlock];
  });
}

/** All environments in one list. It says which parts only some of them have. */
function orderLines(environments: Environment[], templates: Template[]): string[] {
  const merged = new Map<string, Part & { readonly of: string[] }>();
  environments.forEach(({ profile, stack }, index) => {
    for (const part of partsOf('Platform', stack, templates[index].Resources)) {
      const known = merged.get(part.name) ?? { ...part, of: [] };
      part.needs.forEach(name => known.needs.add(name));
      known.of.push(profile.profileName);
      merged.set(part.name, known);
    }
  });
  const needs = new Map([...merged].map(([name, part]) => [name, part.needs]));
  const rows = stepsOf(needs).flatMap((step, index) => step.map((name, place) => {
    const { of, resources } = merged.get(name)!;
    const only = of.length < environments.length ? ` (${list(of)} only)` : '';
    return [place === 0 ? `${index + 1}` : '', name, `${describe(resources)}${only}`];
  }));
  return textTable(rows, 70);
}

/** Describes a part by its most important resource. */
function describe(resources: Resource[]): string {
  const chief: { readonly [type: string]: (props: any) => string } = {
    'AWS::EC2::VPC': props => `VPC ${props.CidrBlock}`,
    'AWS::EKS::Cluster': props => `EKS cluster, Kubernetes ${props.Version}, without EKS's own network add-ons`,
    'AWS::EKS::Nodegroup': () => 'managed node group, ready once Cilium runs on it',
    'AWS::EKS::Addon': props => `EKS add-on ${props.AddonName}`,
    'AWS::KMS::Key': () => 'KMS key',
    'AWS::Lambda::LayerVersion': () => 'Lambda layer with kubectl and Helm',
    'Custom::EksPlatformDrain': () => 'deletes load balancers that were made by hand',
    'Custom::EksPlatformTeardown': () => 'deletes what the cluster left behind',
    'Custom::EksPlatformDeletionGuard': () => 'refuses to delete a protected cluster',
    'Custom::AWSCDK-EKS-HelmChart': props => `Helm release ${props.Release} ${props.Version}`,
    'Custom::AWSCDK-EKS-KubernetesResource': () => 'Kubernetes manifest',
  };
  const found = Object.keys(chief).flatMap(type => resources.filter(resource => resource.Type === type));
  return found.length > 0 ? chief[found[0].Type](found[0].Properties) : `${resources.length} resources`;
}

function countRows(environments: Environment[]): string[][] {
  const counts = environments.map(({ templateFile }) => countTemplate(templateFile));
  const row = (label: string, value: (count: Counts) => string | number) => [label, ...counts.map(count => `${value(count)}`)];
  return [
    row('Resources', count => count.resources),
    row('of these custom', count => count.customResources),
    row('Lambda functions', count => count.lambdaFunctions),
    row('Template', count => `${(count.templateBytes / 1000).toFixed(1)} KB`),
  ];
}

function list(names: string[]): string {
  return names.join(', ').replace(/, (?=[^,]*$)/, ' and ');
}

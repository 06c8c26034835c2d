import type { Template } from 'aws-cdk-lib/assertions';

/** A resource as CloudFormation gets it. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: any;
  readonly DependsOn?: string | string[];
  readonly [attribute: string]: any;
}

/** All resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): { [logicalId: string]: Resource } {
  return template.findResources(type) as { [logicalId: string]: Resource };
}

/** The one resource of a type. */
export function theOnly(template: Template, type: string): Resource {
  const found = Object.values(resourcesOf(template, type));
  expect(found).toHaveLength(1);
  return found[0];
}

/** A string that CloudFormation will join, with each thing that only a deployment knows as `<token>`. */
export function text(value: any): string {
  if (typeof value === 'string') {
    return value;
  }
  const [sub, variables = {}] = [value?.['Fn::Sub']].flat();
  if (sub !== undefined) {
    return sub.replaceAll(/\$\{([^}]+)\}/g, (_: string, name: string) => text(variables[name]));
  }
  return value?.['Fn::Join'] ? value['Fn::Join'][1].map(text).join(value['Fn::Join'][0]) : '<token>';
}

/** The Helm release of a chart. */
export function helmRelease(template: Template, release: string): Resource {
  const found = Object.values(resourcesOf(template, 'Custom::AWSCDK-EKS-HelmChart')).filter(it => it.Properties.Release === release);
  expect(found).toHaveLength(1);
  return found[0];
}

/** The values that Helm gets for a release. */
export function helmValues(template: Template, release: string): any {
  return JSON.parse(text(helmRelease(template, release).Properties.Values));
}

/** All Kubernetes objects of a stack's manifests. */
export function kubernetesObjects(template: Template): any[] {
  return Object.values(resourcesOf(template, 'Custom::AWSCDK-EKS-KubernetesResource'))
    .flatMap(it => JSON.parse(text(it.Properties.Manifest)));
}

/** The statements of the inline policy of the role that a service account has. */
export function workloadStatements(template: Template, serviceAccount: string): any[] {
  const roles = Object.values(resourcesOf(template, 'AWS::IAM::Role')).filter(it => it.Properties.Description === serviceAccount);
  expect(roles).toHaveLength(1);
  return roles[0].Properties.Policies[0].PolicyDocument.Statement;
}

/** All that a resource needs before it, directly or through others: by Ref, GetAtt, Sub and DependsOn. */
export function neededBy(template: Template, logicalId: string): Set<string> {
  const resources = template.toJSON().Resources as { [logicalId: string]: Resource };
  const seen = new Set<string>();
  const visit = (id: string) => {
    for (const next of directNeeds(resources[id]).filter(it => it in resources && !seen.has(it))) {
      seen.add(next);
      visit(next);
    }
  };
  visit(logicalId);
  return seen;
}

function directNeeds(resource: Resource): string[] {
  return [resource.DependsOn ?? []].flat().concat(references(resource.Properties));
}

function references(value: any): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(references);
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const own = [value.Ref, value['Fn::GetAtt']?.[0] ?? undefined].filter(it => typeof it === 'string');
  const subs = [value['Fn::Sub'] ?? []].flat().filter(it => typeof it === 'string')
    .flatMap(it => [...it.matchAll(/\$\{([A-Za-z0-9]+)[.}]/g)].map(match => match[1]));
  return [...own, ...subs, ...Object.values(value).flatMap(references)];
}

/** The logical ids of the resources of a type, all of them or those whose properties hold the given ones. */
export function idsOf(template: Template, type: string, properties: any = {}): string[] {
  return Object.keys(template.findResources(type, { Properties: properties }));
}

/** The resources in the steps in which CloudFormation can create them, each as early as what it needs allows. */
export function creationSteps(template: Template): { [logicalId: string]: number } {
  const resources = template.toJSON().Resources as { [logicalId: string]: Resource };
  const steps: { [logicalId: string]: number } = {};
  const step = (id: string, path: string[]): number => {
    if (path.includes(id)) {
      throw new Error(`a cycle: ${[...path, id].join(' -> ')}`);
    }
    const needs = directNeeds(resources[id]).filter(it => it in resources);
    return steps[id] ??= 1 + Math.max(0, ...needs.map(it => step(it, [...path, id])));
  };
  Object.keys(resources).forEach(id => step(id, []));
  return steps;
}

/** The cells of the first table of a Markdown section, row by row, its head first; nothing where there is none. */
export function markdownTable(markdown: string, heading: string): string[][] {
  const [, section = ''] = markdown.split(new RegExp(`^## ${heading}$`, 'm'));
  const lines = section.split(/^## /m)[0].split('\n').map(line => line.trim());
  const start = lines.findIndex(line => line.startsWith('|'));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(Math.max(start, 0), start < 0 ? 0 : end)
    .filter(line => !/^[|\s:-]+$/.test(line))
    .map(line => line.split('|').slice(1, -1).map(cell => cell.trim()));
}

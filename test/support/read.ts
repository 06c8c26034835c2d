import type { Template } from 'aws-cdk-lib/assertions';
import { needsIn, reach, stepsOf, type Needs } from '../../tools/order';
import { textOf } from '../../tools/references';
import * as templates from '../../tools/template';

/** All resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): { [logicalId: string]: templates.Resource } {
  return template.findResources(type) as { [logicalId: string]: templates.Resource };
}

/** The one resource of a type. */
export function theOnly(template: Template, type: string): templates.Resource {
  const found = Object.values(resourcesOf(template, type));
  expect(found).toHaveLength(1);
  return found[0];
}

/** A string that CloudFormation will put together, with each thing that only a deployment knows as `<token>`. */
export function text(value: any): string {
  return textOf(value);
}

/** The Helm release of a chart. */
export function helmRelease(template: Template, release: string): templates.Resource {
  const found = Object.values(resourcesOf(template, templates.HELM_RELEASE)).filter(it => it.Properties.Release === release);
  expect(found).toHaveLength(1);
  return found[0];
}

/** The values that Helm gets for a release. */
export function helmValues(template: Template, release: string): any {
  return JSON.parse(text(helmRelease(template, release).Properties.Values));
}

/** All Kubernetes objects of a stack's manifests. */
export function kubernetesObjects(template: Template): any[] {
  return templates.kubernetesObjects(template.toJSON() as templates.Template);
}

/** The statements of the inline policy of the role that a service account has. */
export function workloadStatements(template: Template, serviceAccount: string): any[] {
  const roles = Object.values(resourcesOf(template, 'AWS::IAM::Role')).filter(it => it.Properties.Description === serviceAccount);
  expect(roles).toHaveLength(1);
  return roles[0].Properties.Policies[0].PolicyDocument.Statement;
}

/** All that a resource needs before it, directly or through others. */
export function neededBy(template: Template, logicalId: string): Set<string> {
  return reach(needsOfAll(template), logicalId);
}

/** The logical ids of the resources of a type, all of them or those whose properties hold the given ones. */
export function idsOf(template: Template, type: string, properties: any = {}): string[] {
  return Object.keys(template.findResources(type, { Properties: properties }));
}

/** The step in which CloudFormation can create each resource, as early as what it needs allows. */
export function creationSteps(template: Template): { [logicalId: string]: number } {
  return Object.fromEntries(stepsOf(needsOfAll(template)).flatMap((ids, index) => ids.map(id => [id, index + 1])));
}

const needs = new WeakMap<Template, Needs>();

/** What each resource needs, read once. */
function needsOfAll(template: Template): Needs {
  const found = needs.get(template) ?? needsIn(template.toJSON() as templates.Template);
  needs.set(template, found);
  return found;
}

/** The cells of the first table of a Markdown section, row by row, its head first; empty if there is no table. */
export function markdownTable(markdown: string, heading: string): string[][] {
  const [, section = ''] = markdown.split(new RegExp(`^## ${heading}$`, 'm'));
  const lines = section.split(/^## /m)[0].split('\n').map(line => line.trim());
  const start = lines.findIndex(line => line.startsWith('|'));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(Math.max(start, 0), start < 0 ? 0 : end)
    .filter(line => !/^[|\s:-]+$/.test(line))
    .map(line => line.split('|').slice(1, -1).map(cell => cell.trim()));
}

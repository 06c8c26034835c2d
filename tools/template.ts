import * as fs from 'fs';
import { textOf, type StandIn } from './references';

/** A resource as CloudFormation gets it. */
export interface Resource {
  readonly Type: string;
  Properties?: any;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: any;
}

/** Resources by their logical ids. */
export type Resources = { readonly [logicalId: string]: Resource };

/** A CloudFormation template. */
export interface Template {
  readonly Resources: { [logicalId: string]: Resource };
  readonly Conditions?: { readonly [name: string]: any };
}

export const CLUSTER = 'AWS::EKS::Cluster';
export const NODE_GROUP = 'AWS::EKS::Nodegroup';
export const HELM_RELEASE = 'Custom::AWSCDK-EKS-HelmChart';
export const MANIFEST = 'Custom::AWSCDK-EKS-KubernetesResource';

/** The template in a file. */
export function readTemplate(file: string): Template {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

/** The resources of a type, with their logical ids. */
export function ofType({ Resources }: Template, type: string): { readonly logicalId: string; readonly Properties: any }[] {
  return Object.entries(Resources).filter(([, resource]) => resource.Type === type)
    .map(([logicalId, { Properties = {} }]) => ({ logicalId, Properties }));
}

/** The Kubernetes objects of all manifests, in the template's order. */
export function kubernetesObjects(template: Template, standIn?: StandIn): any[] {
  return ofType(template, MANIFEST).flatMap(({ Properties }) => JSON.parse(textOf(Properties.Manifest, standIn)));
}

/** The values that Helm gets for a release; undefined where the template has no such release. */
export function helmValues(template: Template, release: string, standIn?: StandIn): any {
  const found = ofType(template, HELM_RELEASE).find(({ Properties }) => Properties.Release === release);
  return found && JSON.parse(textOf(found.Properties.Values ?? '{}', standIn));
}

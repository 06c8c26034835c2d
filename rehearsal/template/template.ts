/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  Properties?: any;
  readonly DependsOn?: string | string[];
  readonly Metadata?: any;
}

/** A CloudFormation template. */
export interface Template {
  readonly Resources: { [logicalId: string]: Resource };
  readonly Conditions?: { readonly [name: string]: any };
}

export const CLUSTER = 'AWS::EKS::Cluster';
export const NODE_GROUP = 'AWS::EKS::Nodegroup';
export const HELM_RELEASE = 'Custom::AWSCDK-EKS-HelmChart';
export const MANIFEST = 'Custom::AWSCDK-EKS-KubernetesResource';

/** The resources of a type, with their logical ids. */
export function ofType(template: Template, type: string): { readonly logicalId: string; readonly Properties: any }[] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type)
    .map(([logicalId, resource]) => ({ logicalId, Properties: resource.Properties ?? {} }));
}

/** The Kubernetes objects of all manifests, in the template's order. */
export function kubernetesObjects(template: Template): any[] {
  return ofType(template, MANIFEST).flatMap(({ Properties }) => JSON.parse(textOf(Properties.Manifest)));
}

/** The values that Helm gets for a release; undefined where the template has no such release. */
export function helmValues(template: Template, release: string): any {
  const found = ofType(template, HELM_RELEASE).find(({ Properties }) => Properties.Release === release);
  return found && JSON.parse(textOf(found.Properties.Values ?? '{}'));
}

/** A text as CloudFormation puts it together with Fn::Join and Fn::Sub. */
export function textOf(value: any): string {
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  if (value['Fn::Join']) {
    const [separator, parts] = value['Fn::Join'];
    return parts.map(textOf).join(separator);
  }
  if (value['Fn::Sub']) {
    const [text, variables = {}] = [value['Fn::Sub']].flat();
    return text.replace(/\$\{([^}]+)\}/g, (_: string, name: string) => name in variables ? textOf(variables[name]) : standIn(name));
  }
  return standIn(value.Ref ?? [value['Fn::GetAtt'] ?? 'value'].flat().join('.'));
}

/** All that a value refers to, in it and in what it holds, with Ref, Fn::GetAtt and Fn::Sub. */
export function referencesOf(value: any): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(referencesOf);
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const own = [value.Ref, [value['Fn::GetAtt']].flat()[0]?.split?.('.')[0]].filter(it => typeof it === 'string');
  const text = [value['Fn::Sub']].flat()[0];
  const substituted = typeof text === 'string' ? [...text.matchAll(/\$\{([A-Za-z0-9]+)[.}]/g)].map(match => match[1]) : [];
  return [...own, ...substituted, ...Object.values(value).flatMap(referencesOf)];
}

const PSEUDO: { readonly [parameter: string]: string } = {
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** What stands for a value that only the deployment knows: a word that fits into names, such as `token-clusterarn`. */
function standIn(reference: string): string {
  return PSEUDO[reference] ?? `token-${reference.toLowerCase().replace(/[^a-z0-9]/g, '')}`;
}

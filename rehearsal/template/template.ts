/** A CloudFormation template, as far as it is read here. */
export interface Template {
  readonly Resources: { readonly [logicalId: string]: { readonly Type: string; readonly Properties?: any } };
}

/** What `Ref` and `Fn::GetAtt` give, such as { 'AWS::Region': 'us-east-1', 'Cluster.Arn': 'arn:...' }. */
export type Known = { readonly [reference: string]: string };

/** A text as CloudFormation joins it; what is not known becomes a word that fits into names, such as `token-clusterarn`. */
export function textOf(value: any, known: Known = {}): string {
  const reference = (name: string) => known[name] ?? PSEUDO[name] ?? `token-${name.toLowerCase().replace(/[^a-z0-9]/g, '')}`;
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  if (value['Fn::Join']) {
    const [separator, parts] = value['Fn::Join'];
    return parts.map((part: any) => textOf(part, known)).join(separator);
  }
  if (value['Fn::Sub']) {
    const [text, variables = {}] = [value['Fn::Sub']].flat();
    return text.replace(/\$\{([^}]+)\}/g, (_: string, name: string) => name in variables ? textOf(variables[name], known) : reference(name));
  }
  return reference(value.Ref ?? [value['Fn::GetAtt'] ?? 'value'].flat().join('.'));
}

/** All Kubernetes objects in a template's manifests. */
export function kubernetesObjects(template: Template, known: Known = {}): any[] {
  return Object.values(template.Resources)
    .filter(resource => resource.Type === 'Custom::AWSCDK-EKS-KubernetesResource')
    .flatMap(resource => JSON.parse(textOf(resource.Properties.Manifest, known)));
}

/** The values that Helm gets for a release, or nothing where the template has no such release. */
export function helmValues(template: Template, release: string, known: Known = {}): any {
  const found = Object.values(template.Resources)
    .find(({ Type: type, Properties: props }) => type === 'Custom::AWSCDK-EKS-HelmChart' && props.Release === release);
  return found && JSON.parse(textOf(found.Properties.Values, known));
}

const PSEUDO: Known = {
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** Stands for a value that only a deployment knows. */
const UNKNOWN = '<token>';

/** What `${...}` encloses in `Fn::Sub`; one with an exclamation mark is text. */
const IN_TEXT = /\$\{([^}]+)\}/g;

/** Gives what stands for a reference, which reads as `Fn::Sub` writes it: `AWS::Region`, `Vpc`, `Cluster.Arn`. */
export type StandIn = (reference: string) => string;

/** A text as CloudFormation puts it together with Fn::Join and Fn::Sub, with a stand-in for each thing that only a deployment knows. */
export function textOf(value: any, standIn: StandIn = () => UNKNOWN): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  const [separator, parts] = value?.['Fn::Join'] ?? [];
  if (Array.isArray(parts)) {
    return parts.map(part => textOf(part, standIn)).join(separator);
  }
  if (value?.['Fn::Sub']) {
    const { text, variables } = substitution(value);
    return text.replaceAll(IN_TEXT, (_, name: string) => {
      if (name.startsWith('!')) {
        return `\${${name.slice(1)}}`;
      }
      return name in variables ? textOf(variables[name], standIn) : standIn(name);
    });
  }
  return standIn(value?.Ref ?? [value?.['Fn::GetAtt'] ?? 'value'].flat().join('.'));
}

/** Everything that a value refers to, at any depth, with Ref, Fn::GetAtt and Fn::Sub: logical ids of resources, parameters and pseudo parameters. */
export function referencesOf(value: any): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(referencesOf);
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const { text, variables } = substitution(value);
  const own = [
    value.Ref,
    [value['Fn::GetAtt']].flat()[0],
    ...[...text.matchAll(IN_TEXT)].map(([, name]) => name).filter(name => !name.startsWith('!') && !(name in variables)),
  ];
  return [
    ...own.filter(name => typeof name === 'string').map(name => name.split('.')[0]),
    ...Object.values(value).flatMap(referencesOf),
  ];
}

/** Fn::Sub has two forms: a text alone, and a text with variables. */
function substitution(value: any): { readonly text: string; readonly variables: { readonly [name: string]: any } } {
  const [text, variables = {}] = [value['Fn::Sub']].flat();
  return { text: typeof text === 'string' ? text : '', variables };
}

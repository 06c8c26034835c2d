import type * as reflect from 'jsii-reflect';
import { argumentsOf, fieldOf, fieldsOf, recordedOf, structOf, type Recorded, type Recording, type Typed } from './recorder';

/** Writes a recorded program in Go. */
export function go({ steps }: Recording): string {
  const imports = new Set(['github.com/aws/jsii-runtime-go']);
  /** The package of a type, as it is named in code. */
  const packageOf = (type: reflect.Type): string => {
    const { moduleName, packageName, version } = goTarget(type.assembly);
    const parent = [moduleName, packageName, ...Number(version) > 1 ? [`v${version}`] : []].join('/');
    const submodule = type.namespace?.replace(/_/g, '').toLowerCase();
    imports.add(submodule ? `${parent}/${submodule}` : parent);
    return submodule ?? packageName;
  };
  const nameOf = (type: reflect.Type) => `${packageOf(type)}.${type.name}`;
  const variable = (recorded: Recorded) => `v${recorded.index}`;

  const typeName = (type: reflect.TypeReference): string => {
    if (type.arrayOfType) {
      return `[]${element(type.arrayOfType)}`;
    }
    if (type.mapOfType) {
      return `map[string]${element(type.mapOfType)}`;
    }
    return type.primitive === 'string' ? 'string' : type.primitive === 'number' ? 'float64' : type.primitive === 'boolean' ? 'bool'
      : type.primitive ? 'interface{}' : nameOf(type.type!);
  };
  /** Classes, interfaces, enums and `any` are used as they are; everything else is a pointer. */
  const element = (type: reflect.TypeReference): string => `${isPlain(type) ? '' : '*'}${typeName(type)}`;
  const isPlain = (type: reflect.TypeReference) => ['any', 'json'].includes(type.primitive ?? '') || (type.fqn !== undefined && !structOf(type));

  const literal = ({ value, type }: Typed): string => {
    const recorded = recordedOf(value);
    if (recorded) {
      return variable(recorded);
    }
    if (value === undefined) {
      return 'nil';
    }
    const struct = structOf(type);
    if (struct) {
      const fields = fieldsOf(struct);
      const entries = Object.entries(value).filter(([, it]) => it !== undefined);
      return `&${nameOf(struct)}{${entries.map(([name, it]) => `${pascal(name)}: ${literal({ value: it, type: fieldOf(struct, fields, name).type })}`).join(', ')}}`;
    }
    if (type.arrayOfType) {
      return `&${typeName(type)}{${value.map((it: any) => literal({ value: it, type: type.arrayOfType! })).join(', ')}}`;
    }
    if (type.mapOfType) {
      return `&${typeName(type)}{${Object.entries(value).map(([key, it]) => `${JSON.stringify(key)}: ${literal({ value: it, type: type.mapOfType! })}`).join(', ')}}`;
    }
    return isPlain(type) ? anything(value) : { string: 'jsii.String', number: 'jsii.Number', boolean: 'jsii.Bool' }[typeof value as string] + `(${JSON.stringify(value)})`;
  };
  const anything = (value: any): string => {
    if (Array.isArray(value)) {
      return `[]interface{}{${value.map(anything).join(', ')}}`;
    }
    return typeof value === 'object' && !recordedOf(value)
      ? `map[string]interface{}{${Object.entries(value).map(([key, it]) => `${JSON.stringify(key)}: ${anything(it)}`).join(', ')}}`
      : recordedOf(value) ? variable(recordedOf(value)!) : JSON.stringify(value);
  };
  /** Go has no optional parameters: those that are left out are nil. */
  const args = (typed: Typed[], parameters: readonly reflect.Parameter[]): string => {
    const missing = parameters.slice(typed.length).filter(it => !it.variadic).map(() => 'nil');
    return [...typed.map(literal), ...missing].join(', ');
  };

  const lines = steps.map(step => {
    const { node } = step;
    const right = () => {
      switch (node.kind) {
        case 'new':
          return `${packageOf(node.type)}.New${node.type.name}(${args(argumentsOf(node), node.type.initializer!.parameters)})`;
        case 'call': {
          const { on, method } = node;
          const callee = 'index' in on ? `${variable(on)}.${pascal(method.name)}` : `${nameOf(on)}_${pascal(method.name)}`;
          return `${callee}(${args(argumentsOf(node), method.parameters)})`;
        }
        case 'get':
          return 'index' in node.on ? `${variable(node.on)}.${pascal(node.property.name)}()` : `${nameOf(node.on)}_${pascal(node.property.name)}()`;
        case 'member':
          return `${nameOf(node.type)}_${node.member}`;
      }
    };
    const nothing = node.kind === 'call' && node.method.returns.type.void;
    return nothing ? `\t${right()}` : `\t${variable(step)} := ${right()}\n\t_ = ${variable(step)}`;
  });
  const sources = [...imports].sort().map(it => `\t"${it}"`);
  return ['package main', '', 'import (', ...sources, ')', '', 'func main() {', '\tdefer jsii.Close()', ...lines, '}', ''].join('\n');
}

function goTarget(assembly: reflect.Assembly): { moduleName: string; packageName: string; version: string } {
  const { moduleName, packageName } = assembly.targets!.go as any;
  return { moduleName, packageName: packageName ?? assembly.name.replace(/[^a-z0-9]/gi, ''), version: assembly.version.split('.')[0] };
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

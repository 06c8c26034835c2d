import type * as reflect from 'jsii-reflect';
import { argumentsOf, fieldOf, fieldsOf, recordedOf, structOf, type Recorded, type Recording, type Typed } from './recorder';

/** Writes a recorded program in Python. */
export function python({ steps }: Recording): string {
  const modules = new Set<string>();
  const nameOf = (type: reflect.Type) => {
    const namespace = type.namespace ? `.${type.namespace}` : '';
    const module = `${type.assembly.targets!.python!.module}${namespace}`;
    modules.add(module);
    return `${module}.${type.name}`;
  };
  const variable = (recorded: Recorded) => `v${recorded.index}`;

  const literal = ({ value, type }: Typed): string => {
    const recorded = recordedOf(value);
    if (recorded) {
      return variable(recorded);
    }
    const struct = structOf(type);
    if (struct) {
      return `${nameOf(struct)}(${keywords(struct, value)})`;
    }
    if (Array.isArray(value)) {
      return `[${value.map(it => literal({ value: it, type: type.arrayOfType ?? type })).join(', ')}]`;
    }
    if (typeof value === 'object') {
      return `{${Object.entries(value).map(([key, it]) => `${JSON.stringify(key)}: ${literal({ value: it, type: type.mapOfType ?? type })}`).join(', ')}}`;
    }
    return typeof value === 'boolean' ? (value ? 'True' : 'False') : JSON.stringify(value);
  };
  const keywords = (struct: reflect.InterfaceType, value: any): string => {
    const fields = fieldsOf(struct);
    return Object.entries(value).filter(([, it]) => it !== undefined)
      .map(([name, it]) => `${snake(name)}=${literal({ value: it, type: fieldOf(struct, fields, name).type })}`).join(', ');
  };
  /** A struct that comes last is given as keyword arguments. */
  const args = (typed: Typed[]): string => typed.map((it, index) => {
    const struct = index === typed.length - 1 && !recordedOf(it.value) ? structOf(it.type) : undefined;
    return struct ? keywords(struct, it.value) : literal(it);
  }).join(', ');
  const owner = (on: any) => 'index' in on ? variable(on) : nameOf(on);

  const lines = steps.map(step => {
    const { node } = step;
    const right = {
      new: () => node.kind === 'new' && `${nameOf(node.type)}(${args(argumentsOf(node))})`,
      call: () => node.kind === 'call' && `${owner(node.on)}.${snake(node.method.name)}(${args(argumentsOf(node))})`,
      get: () => node.kind === 'get' && `${owner(node.on)}.${node.property.static ? node.property.name : snake(node.property.name)}`,
      member: () => node.kind === 'member' && `${nameOf(node.type)}.${node.member}`,
    }[node.kind]();
    return `${variable(step)} = ${right}`;
  });
  return [...[...modules].sort().map(module => `import ${module}`), '', ...lines, ''].join('\n');
}

function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

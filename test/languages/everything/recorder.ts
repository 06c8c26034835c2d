import type * as reflect from 'jsii-reflect';

/** What a program does, as it can be written in every language. */
export type Node =
  | { readonly kind: 'new'; readonly type: reflect.ClassType; readonly args: any[] }
  | { readonly kind: 'call'; readonly on: Recorded | reflect.Type; readonly method: reflect.Method; readonly args: any[] }
  | { readonly kind: 'get'; readonly on: Recorded | reflect.Type; readonly property: reflect.Property }
  | { readonly kind: 'member'; readonly type: reflect.EnumType; readonly member: string };

/** A value that a program made; values are numbered in their order. */
export class Recorded {
  constructor(readonly index: number, readonly node: Node, readonly type: reflect.Type | undefined) {}
}

/** A program as a list of what it did. */
export interface Recording {
  readonly steps: Recorded[];
}

const RECORDED = Symbol('recorded');

/** The recorded value behind what the program holds in its hands, if it is one. */
export function recordedOf(value: any): Recorded | undefined {
  return typeof value === 'function' || (typeof value === 'object' && value !== null) ? value[RECORDED] : undefined;
}

/**
 * Runs a program on stand-ins of its modules, and writes down what it does to them.
 *
 * The program is ordinary, type-checked TypeScript; it may do nothing but make, get and call what jsii exports.
 */
export function record(system: reflect.TypeSystem, modules: string[], program: (...modules: any[]) => void): Recording {
  const steps: Recorded[] = [];

  const step = (node: Node, type: reflect.TypeReference | reflect.Type | undefined): any => {
    const recorded = new Recorded(steps.length, node, type && 'spec' in type && 'fqn' in type ? resolve(type) : undefined);
    steps.push(recorded);
    return instance(recorded);
  };
  const resolve = (type: any): reflect.Type | undefined => type.type ?? (type.fqn ? system.tryFindFqn(type.fqn) : undefined);

  const instance = (recorded: Recorded): any => new Proxy(() => undefined, {
    get: (_, name) => {
      if (name === RECORDED) {
        return recorded;
      }
      const { type } = recorded;
      if (typeof name !== 'string' || !type || !(type.isClassType() || type.isInterfaceType())) {
        throw new Error(`${String(name)} of ${type?.fqn ?? 'a value without a type'} can not be had in every language`);
      }
      return access(recorded, type, name, false);
    },
  });

  const access = (on: Recorded | reflect.Type, type: reflect.ClassType | reflect.InterfaceType, name: string, isStatic: boolean): any => {
    const property = type.allProperties.find(it => it.name === name && Boolean(it.static) === isStatic);
    if (property) {
      return step({ kind: 'get', on, property }, property.type);
    }
    const method = type.allMethods.find(it => it.name === name && Boolean(it.static) === isStatic);
    if (method) {
      return (...args: any[]) => step({ kind: 'call', on, method, args }, method.returns.type);
    }
    throw new Error(`${type.fqn} has no ${name}`);
  };

  const exported = (fqn: string): any => {
    const type = system.tryFindFqn(fqn);
    if (!type) {
      return new Proxy({}, { get: (_, name) => exported(`${fqn}.${String(name)}`) }); // a submodule
    }
    if (type.isEnumType()) {
      return new Proxy({}, { get: (_, member) => step({ kind: 'member', type, member: String(member) }, type) });
    }
    if (!type.isClassType()) {
      throw new Error(`${fqn} is no class`);
    }
    return new Proxy(class {}, {
      construct: (_, args) => step({ kind: 'new', type, args }, type),
      get: (_, name) => access(type, type, String(name), true),
    });
  };

  program(...modules.map(exported));
  return { steps };
}

/** A literal with the type that it is given as. */
export interface Typed {
  readonly value: any;
  readonly type: reflect.TypeReference;
}

/** The arguments of a step, each with the type of its parameter; `undefined` ones at the end are left out. */
export function argumentsOf(node: Node): Typed[] {
  const parameters = node.kind === 'new' ? node.type.initializer!.parameters : node.kind === 'call' ? node.method.parameters : [];
  const args = node.kind === 'new' || node.kind === 'call' ? node.args : [];
  return args.map((value, index) => ({ value, type: (parameters[index] ?? parameters.at(-1)!).type }));
}

/** All fields of a struct with those that it inherits, by name. */
export function fieldsOf(struct: reflect.InterfaceType): Map<string, reflect.Property> {
  return new Map(struct.allProperties.map(property => [property.name, property]));
}

/** The struct that a value of a type is, if it is one. */
export function structOf(type: reflect.TypeReference): reflect.InterfaceType | undefined {
  return type.fqn && type.type?.isInterfaceType() && type.type.isDataType() ? type.type : undefined;
}

/** Calls back for each value in the arguments of a step, those inside of structs, lists and maps too. */
export function walk(typed: Typed, visit: (typed: Typed) => void): void {
  visit(typed);
  const { value, type } = typed;
  if (recordedOf(value) || typeof value !== 'object' || value === null) {
    return;
  }
  const struct = structOf(type);
  if (struct) {
    const fields = fieldsOf(struct);
    Object.entries(value).filter(([, child]) => child !== undefined)
      .forEach(([name, child]) => walk({ value: child, type: fieldOf(struct, fields, name).type }, visit));
  } else if (type.arrayOfType) {
    value.forEach((child: any) => walk({ value: child, type: type.arrayOfType! }, visit));
  } else if (type.mapOfType) {
    Object.values(value).forEach(child => walk({ value: child, type: type.mapOfType! }, visit));
  }
}

/** A field of a struct by its name. */
export function fieldOf(struct: reflect.InterfaceType, fields: Map<string, reflect.Property>, name: string): reflect.Property {
  const field = fields.get(name);
  if (!field) {
    throw new Error(`${struct.fqn} has no field ${name}`);
  }
  return field;
}

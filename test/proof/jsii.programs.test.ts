import { jsiiAssembly } from '../../tools/compiled';

jest.setTimeout(300_000);

/** @see https://docs.python.org/3/reference/lexical_analysis.html#keywords */
const PYTHON_KEYWORDS = [
  'False', 'None', 'True', 'and', 'as', 'assert', 'async', 'await', 'break', 'class', 'continue', 'def', 'del', 'elif', 'else', 'except', 'finally',
  'for', 'from', 'global', 'if', 'import', 'in', 'is', 'lambda', 'nonlocal', 'not', 'or', 'pass', 'raise', 'return', 'try', 'while', 'with', 'yield',
];

/** @see https://go.dev/ref/spec#Keywords */
const GO_KEYWORDS = [
  'break', 'case', 'chan', 'const', 'continue', 'default', 'defer', 'else', 'fallthrough', 'for', 'func', 'go', 'goto', 'if', 'import', 'interface',
  'map', 'package', 'range', 'return', 'select', 'struct', 'switch', 'type', 'var',
];

let types: any[];
beforeAll(() => {
  types = Object.values(jsiiAssembly().types);
});

const structs = () => types.filter(type => type.datatype);
const props = () => structs().flatMap(struct => named(struct, struct.properties));
const named = (type: any, members: any[] = []) => members.map(member => ({ ...member, path: `${type.name}.${member.name}` }));
const members = () => types.flatMap(type => [...named(type, type.properties), ...named(type, type.methods), ...named(type, type.members)]);
const parameters = () => types.flatMap(type => named(type, type.methods).flatMap(method => named({ name: method.path }, method.parameters)));
const documented = () => [...types.map(type => ({ ...type, path: type.name })), ...members(), ...parameters()];
const paths = (found: { path: string }[]) => found.map(it => it.path);

test('the API is all here', () => {
  expect(types.length).toBeGreaterThan(30);
  expect(paths(props())).toContain('EksPlatformProps.clusterName');
  expect(paths(members())).toEqual(expect.arrayContaining(['EksPlatform.addNodeGroup', 'EksPlatform.vpc', 'WorkloadIdentity.IRSA']));
});

test('every type and every member has a summary', () => {
  expect(types.filter(type => !type.docs?.summary).map(type => type.name)).toEqual([]);
  expect(paths(members().filter(member => !member.docs?.summary))).toEqual([]);
});

test('every parameter of a method has a summary', () => {
  expect(paths(parameters())).toContain('EksPlatform.addNodeGroup.options');
  expect(paths(parameters().filter(parameter => !parameter.docs?.summary))).toEqual([]);
});

test('no summary is cut short: jsii ends it at a semicolon, too', () => {
  expect(documented().length).toBeGreaterThan(500);
  expect(paths(documented().filter(it => !/[^;]\.$/.test(it.docs.summary)))).toEqual([]);
});

test('the text is for users of all languages: TypeScript is only in examples, which are translated', () => {
  const code = /\bnew [a-z]*\.?[A-Z]\w+\(|\(\.\.\.\)|[(,] ?\{ ?\w|=>|\bundefined\b|\{@link/;
  const words = (it: any) => [it.docs.summary, it.docs.remarks, it.docs.default, it.docs.returns].join('\n');
  expect(paths(documented().filter(it => code.test(words(it))))).toEqual([]);
});

test('every optional prop documents its default, and no required one does', () => {
  expect(paths(props().filter(prop => Boolean(prop.optional) !== Boolean(prop.docs?.default)))).toEqual([]);
});

test('no default is undefined', () => {
  expect(paths(props().filter(prop => prop.docs?.default?.startsWith('undefined')))).toEqual([]);
});

test('props can be read only', () => {
  expect(paths(props().filter(prop => !prop.immutable))).toEqual([]);
});

test('nothing has a union type, which Python and Go would not check', () => {
  const withUnions = types.filter(type => JSON.stringify(type).includes('"union":'));
  expect(withUnions.map(type => type.name)).toEqual([]);
});

test('no prop is named as the parameters of a constructor: jsii would not know them apart in Python', () => {
  expect(paths(props().filter(prop => ['scope', 'id'].includes(prop.name)))).toEqual([]);
});

test('no member and no parameter is named as a keyword of Python or Go', () => {
  const everyParameter = types.flatMap(type => [type.initializer ?? [], type.methods ?? []].flat())
    .flatMap((method: any) => named({ name: method.name ?? 'constructor' }, method.parameters));
  expect(everyParameter.length).toBeGreaterThan(10);
  expect(paths([...members(), ...everyParameter].filter(it => [...PYTHON_KEYWORDS, ...GO_KEYWORDS].includes(it.name)))).toEqual([]);
});

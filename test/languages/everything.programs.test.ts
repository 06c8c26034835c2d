import { rmSync } from 'fs';
import { join } from 'path';
import type * as reflect from 'jsii-reflect';
import { everythingHere, recordEverything } from './everything/everything';
import { argumentsOf, recordedOf, structOf, walk, type Recording } from './everything/recorder';
import { BUILD } from '../../tools/packages';

jest.setTimeout(300_000);

let library: reflect.Assembly;
let recording: Recording;
beforeAll(async () => {
  ({ library, recording } = await recordEverything());
});

test('the app that sets everything synthesizes', () => {
  const outdir = join(BUILD, 'everything-here');
  rmSync(outdir, { recursive: true, force: true });
  for (const template of Object.values(everythingHere(outdir))) {
    expect(Object.keys(template.Resources).length).toBeGreaterThan(20);
  }
});

test('sets every prop of the library', () => {
  const given = new Set<string>();
  recording.steps.flatMap(step => argumentsOf(step.node)).forEach(typed => walk(typed, ({ value, type }) => {
    const struct = structOf(type);
    if (struct && !recordedOf(value)) {
      const parents = [struct, ...struct.getInterfaces(true)];
      Object.keys(value).forEach(name => parents.filter(it => it.allProperties.some(field => field.name === name)).forEach(it => given.add(`${it.name}.${name}`)));
    }
  }));
  const props = library.allInterfaces.filter(it => it.isDataType() && !RETURNED.includes(it.name))
    .flatMap(struct => struct.ownProperties.map(it => `${struct.name}.${it.name}`));
  expect(props.length).toBeGreaterThan(80);
  expect(props.filter(name => !given.has(name))).toEqual([]);
});

test('makes every class of the library and calls every method', () => {
  const used = new Set(recording.steps.flatMap(({ node }) => {
    switch (node.kind) {
      case 'new': return [node.type.name];
      case 'call': return [`${node.method.parentType.name}.${node.method.name}`];
      case 'get': return [`${node.property.parentType.name}.${node.property.name}`];
      case 'member': return [];
    }
  }));
  const ours = library.allClasses.flatMap(type => [
    ...type.initializer && !type.initializer.protected && !type.abstract ? [type.name] : [],
    ...type.ownMethods.filter(it => !it.protected).map(it => `${type.name}.${it.name}`),
    ...type.ownProperties.filter(it => it.static).map(it => `${type.name}.${it.name}`),
  ]);
  expect(ours.length).toBeGreaterThan(8);
  expect(ours.filter(name => !used.has(name) && !CALLED_BY_CDK.includes(name))).toEqual([]);
});

/** Structs that the library gives and does not take. */
const RETURNED = ['PlatformSettings'];

/** What CDK calls while it synthesizes. */
const CALLED_BY_CDK = ['IngressPolicy.validate'];

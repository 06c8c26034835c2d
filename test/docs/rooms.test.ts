import { existsSync, readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { HOUSES, ROOMS } from '../../projenrc/rooms';
import { ROOT } from '../../tools/programs';
import { markdownTable } from '../support/read';

/** The top folders that no rule of imports is about. */
const OTHERS = ['docs', 'examples', 'policies', 'projenrc', 'test'];

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const foldersIn = (folder: string) => readdirSync(join(ROOT, folder), { withFileTypes: true }).filter(it => it.isDirectory()).map(it => it.name);
const hasCode = (folder: string) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).some(it => it.endsWith('.ts'));

/** What CONTRIBUTING says of who may import whom, by the room. */
function mayImport(heading: string): { [room: string]: string } {
  const [, ...rows] = markdownTable(read('CONTRIBUTING.md').replace(/^###/gm, '##'), heading);
  rows.forEach(row => expect(row).toEqual([expect.stringMatching(/^`[\w/]+`$/), expect.stringMatching(/\w/), expect.any(String)]));
  return Object.fromEntries(rows.map(([room, , allowed]) => [room.replaceAll('`', ''), allowed]));
}

const list = (names: readonly string[]) => names.map(it => `\`${it}\``).join(', ');

test('CONTRIBUTING has a row for each top folder that rules of imports are about, and says them', () => {
  expect(mayImport('The top folders')).toEqual(Object.fromEntries(Object.entries(HOUSES).map(([house, allowed]) => [house, list(allowed)])));
});

test('CONTRIBUTING has a row for each room of the library and of the handlers, and says what it may import', () => {
  const expected = [ROOMS.src, ROOMS.handlers].flatMap((rooms, index) => Object.entries(rooms).map(([room, allowed]) => {
    const below = Object.keys(rooms).slice(0, Object.keys(rooms).indexOf(room));
    return [`${['src', 'handlers'][index]}/${room}`, below.length > 1 && allowed.length === below.length ? 'all below' : list(allowed)];
  }));
  expect(mayImport('The rooms in them')).toEqual(Object.fromEntries(expected));
});

test('docs/rehearsal.md has a row for each room of the rehearsal, or for several', () => {
  const rows = markdownTable(read('docs/rehearsal.md'), 'How it is built').slice(1);
  const named = rows.flatMap(([rooms]) => [...rooms.matchAll(/`([\w-]+)`/g)].map(([, room]) => room));
  expect(named.sort()).toEqual(Object.keys(ROOMS.rehearsal ?? {}).sort());
});

test.each(Object.entries(ROOMS))('every folder of %s that holds code is a room, and every room is such a folder', (house, rooms) => {
  expect(foldersIn(house).filter(it => hasCode(join(house, it))).sort()).toEqual(Object.keys(rooms).sort());
});

test('docs/architecture.md says what every folder is for, and names no other', () => {
  const [, ...rows] = markdownTable(read('docs/architecture.md'), 'The rooms');
  expect(rows.map(([folder]) => folder.replaceAll('`', '')).sort()).toEqual([...Object.keys(HOUSES), ...OTHERS].sort());
  rows.forEach(([folder]) => expect(existsSync(join(ROOT, folder.replaceAll('`', '')))).toBe(true));
});

test('docs/architecture.md names files and folders that exist', () => {
  const named = [...read('docs/architecture.md').matchAll(/`((?:src|handlers|tools|demo|bench|integ|rehearsal|gate|projenrc|policies|docs|examples|test)\/[\w./-]*)`/g)];
  expect(named.length).toBeGreaterThan(40);
  expect(named.map(([, path]) => path).filter(path => !existsSync(join(ROOT, path)))).toEqual([]);
});

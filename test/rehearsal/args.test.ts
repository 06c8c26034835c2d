import { parse } from '../../rehearsal/lifecycle/args';

test('rehearses dev of the starter on Kubernetes 1.36 in one order by default', () => {
  expect(parse([])).toMatchObject({ profile: 'dev', app: undefined, seeds: [1], kubernetes: '1.36', keep: false });
});

test('each seed gives a different order', () => {
  expect(parse(['--seeds', '3']).seeds).toEqual([1, 2, 3]);
  expect(parse(['--seeds', '2', '--seed', '7']).seeds).toEqual([7, 8]);
});

test('accepts a command for a user\'s own app', () => {
  expect(parse(['--app', 'npx ts-node main.ts', '--stack', 'shop', '--html', 'report.html']))
    .toMatchObject({ app: 'npx ts-node main.ts', stack: 'shop', html: 'report.html' });
});

test('can only set up, can wait for another rehearsal, and can print the key of the cache', () => {
  expect(parse(['--setup', '--wait'])).toMatchObject({ setup: true, wait: true, cacheKey: false });
  expect(parse(['--cache-key'])).toMatchObject({ setup: false, wait: false, cacheKey: true });
});

test('upgrades from the minor before', () => {
  expect(parse(['--upgrade-from', '1.35'])).toMatchObject({ kubernetes: '1.36', upgradeFrom: '1.35' });
  expect(parse(['--kubernetes', '1.35', '--upgrade-from', '1.34'])).toMatchObject({ kubernetes: '1.35', upgradeFrom: '1.34' });
  expect(parse([]).upgradeFrom).toBeUndefined();
});

test('accepts that command word by word, too', () => {
  expect(parse(['--app', 'npx', 'ts-node', 'main.ts', '--seed', '2'])).toMatchObject({ app: 'npx ts-node main.ts', seeds: [2] });
});

test.each([
  [['prod'], 'every option begins with --, got: prod'],
  [['--profile', 'test'], '`--profile` must be one of dev, staging, prod, got: test'],
  [['--seeds', '0'], '`--seeds` must be a whole number, 1 or more, got: 0'],
  [['--seeds', 'many'], '`--seeds` must be a whole number, 1 or more, got: many'],
  [['--seed', '1.5'], '`--seed` must be a whole number, 1 or more, got: 1.5'],
  [['--kubernetes', '1.36.3'], '`--kubernetes` must be a minor version such as 1.36, got: 1.36.3'],
  [['--upgrade-from', '1.34'], '`--upgrade-from` must be one minor before 1.36, got: 1.34'],
  [['--upgrade-from', '1.36'], '`--upgrade-from` must be one minor before 1.36, got: 1.36'],
  [['--upgrade-from', '1.35.4'], '`--upgrade-from` must be one minor before 1.36, got: 1.35.4'],
  [['--stack', 'shop'], '`--stack` is of your own app: give `--app`, too'],
  [['--app', 'x', '--profile', 'prod'], '`--profile` is of the starter, and can\'t be given with `--app`'],
  [['--sedes', '2'], 'Unknown option \'--sedes\''],
])('refuses %j', (argv, message) => {
  expect(() => parse(argv)).toThrow(message);
});

import { spawn, type ChildProcess } from 'child_process';
import { configMap, Releases } from './releases';
import type { Programs, Ran, RunOptions } from '../../../handlers/kubernetes/programs';
import { Unfinished } from '../../../handlers/shared/custom-resource';
import { CONTROL_PLANE, missingOf } from '../../../rehearsal/setup/toolchain';
import { describeUnless } from '../../support/run';

/** Numbers between 0 and 1 that are the same in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = state * 16_807 % 2_147_483_647) / 2_147_483_647;
}

/**
 * Programs of a handler that is killed, as Lambda does: the one that runs then, and any that would come after it.
 *
 * The time runs from the start of Helm, or from when it has written down what it is about to do.
 */
class Killed implements Programs {
  private child?: ChildProcess;
  private isDead = false;

  constructor(private readonly releases: Releases, private readonly afterMilliseconds: number, private readonly from: 'upgrade' | 'uninstall' | 'written') {}

  public async helm(args: string[], options: RunOptions): Promise<Ran> {
    if (args[0] === this.from) {
      this.kill();
    }
    if (args[0] === 'upgrade' && this.from === 'written') {
      await this.watch();
    }
    return this.run(this.releases.helmPath, args, options);
  }

  private kill(): void {
    setTimeout(() => {
      this.isDead = true;
      this.child?.kill('SIGKILL');
    }, this.afterMilliseconds);
  }

  /** Returns when it sees what is there, and kills after what comes next: by then Helm has written its plan down. */
  private async watch(): Promise<void> {
    const args = ['get', 'configmaps', '--namespace', this.releases.namespace, '--watch', '--output', 'name'];
    const watch = spawn(this.releases.plane.kubectlPath, args, { env: { ...process.env, ...this.releases.environment } });
    await new Promise(resolve => watch.stdout.once('data', () => setTimeout(resolve, 200)));
    watch.stdout.once('data', () => {
      watch.kill();
      this.kill();
    });
  }

  public kubectl(args: string[], options: RunOptions): Promise<Ran> {
    return this.run(this.releases.plane.kubectlPath, args, options);
  }

  private run(program: string, args: string[], { input }: RunOptions): Promise<Ran> {
    return new Promise((resolve, reject) => {
      if (this.isDead) {
        reject(new Error('killed'));
        return;
      }
      const child = this.child = spawn(program, args, { env: { ...process.env, ...this.releases.environment } });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', text => { stdout += text; });
      child.stderr.on('data', text => { stderr += text; });
      child.stdin.on('error', () => {}); // it was killed before it had read all
      child.stdin.end(input ?? '');
      child.on('close', code => this.isDead ? reject(new Error('killed')) : resolve({ code: code ?? -1, stdout, stderr, interrupted: false }));
    });
  }
}

/** Tells how long Helm worked in the cluster. */
class Timed implements Programs {
  public milliseconds = 0;

  constructor(private readonly programs: Programs) {}

  public async helm(args: string[], options: RunOptions): Promise<Ran> {
    const start = Date.now();
    const ran = await this.programs.helm(args, options);
    this.milliseconds = args[0] === 'upgrade' ? Date.now() - start : this.milliseconds;
    return ran;
  }

  public kubectl(args: string[], options: RunOptions): Promise<Ran> {
    return this.programs.kubectl(args, options);
  }
}

/** So many objects that there is some time to be killed in. */
const OBJECTS = 40;

/** About how long Helm takes to write them, in milliseconds. */
const WRITING = 100;

function templates(version: number) {
  const names = Array.from({ length: OBJECTS }, (_, index) => `object-${version * OBJECTS / 2 + index}`);
  return Object.fromEntries(names.map(name => [name, configMap(name, { version: `${version}` })]));
}

describeUnless(missingOf(CONTROL_PLANE))('releases whose Helm is interrupted', () => {
  let releases: Releases;

  beforeAll(async () => {
    releases = await Releases.start();
    await releases.publish('many', '1.0.0', { templates: templates(1) });
    await releases.publish('many', '2.0.0', { templates: templates(2) });
  }, 60_000);

  beforeEach(() => {
    releases.said = [];
  });

  afterAll(() => releases?.stop(), 30_000);

  const release = (version: number) => ({ Release: 'many', Version: `${version}.0.0` });

  /** Every other time Helm is at work in the cluster, which takes it a small part of its time only. */
  function killed(kill: number, share: number, milliseconds: number): Killed {
    return kill % 2 === 0 ? new Killed(releases, share * milliseconds, 'upgrade') : new Killed(releases, share * WRITING, 'written');
  }

  async function expectExactly(version: number): Promise<void> {
    const { items } = await releases.get('configmaps');
    const found = items.filter((it: any) => it.metadata.name.startsWith('object-')).map((it: any) => [it.metadata.name, it.data.version]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(Object.keys(templates(version)).map(name => [name, `${version}`])));
    expect((await releases.history('many')).at(-1)).toBe('deployed');
  }

  test('the handler is killed at ten moments of an install: the next request installs each time', async () => {
    const random = seeded(7);
    const timed = new Timed(releases.programs);
    await releases.create(release(1), { programs: timed });
    for (let kill = 0; kill < 10; kill++) {
      await releases.delete(release(1));
      await releases.refusal(releases.create(release(1), { programs: killed(kill, random(), timed.milliseconds) }));
      await releases.create(release(1));
      await expectExactly(1);
    }
    expect(releases.said).toContain('shop/many was left pending-install');
  }, 300_000);

  test('the handler is killed at ten moments of an upgrade: the next request upgrades each time', async () => {
    const random = seeded(11);
    await releases.update(release(2));
    let [from, to] = [2, 1];
    const timed = new Timed(releases.programs);
    await releases.update(release(to), { programs: timed });
    for (let kill = 0; kill < 10; kill++) {
      [from, to] = [to, from];
      await releases.refusal(releases.update(release(to), { programs: killed(kill, random(), timed.milliseconds) }));
      await releases.update(release(to));
      await expectExactly(to);
    }
    expect(releases.said).toContain('shop/many was left pending-upgrade');
  }, 300_000);

  test('the handler is killed while it uninstalls: the next delete continues', async () => {
    const random = seeded(13);
    for (let kill = 0; kill < 3; kill++) {
      await releases.create(release(1));
      await releases.refusal(releases.delete(release(1), { programs: new Killed(releases, 500 * random(), 'uninstall') }));
      await releases.delete(release(1));
      expect(await releases.history('many')).toEqual([]);
      expect((await releases.get('configmaps')).items.map((it: any) => it.metadata.name)).toEqual(['kube-root-ca.crt']);
    }
  }, 60_000);

  test('the API server is away for a while: an upgrade waits for it, and ends well', async () => {
    await releases.create(release(1));
    const away = releases.api.interrupt(10_000);
    await releases.update(release(2));
    await away;
    await expectExactly(2);
    expect(releases.said.join('\n')).toMatch(/^again in \d+ s: .*(refused|reset|unreachable|EOF)/m);
  }, 60_000);

  test('the API server goes away in the middle of an upgrade: what Helm left is recovered', async () => {
    const upgrading = releases.update(release(1));
    await new Promise(resolve => setTimeout(resolve, 700));
    await releases.api.interrupt(5_000);
    await upgrading;
    await expectExactly(1);
  }, 60_000);

  test('the API server stays away: another invocation continues', async () => {
    const away = releases.api.interrupt(6_000);
    await expect(releases.update(release(2), { seconds: 4 })).rejects.toBeInstanceOf(Unfinished);
    await away;
    await releases.update(release(2));
    await expectExactly(2);
  }, 60_000);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { wordsOf } from '../../../handlers/kubernetes/cluster';
import { Layer } from '../../../handlers/kubernetes/programs';

const folder = mkdtempSync(join(tmpdir(), 'eks-platform-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A layer whose kubectl is a script. */
function layer(script: string): Layer {
  mkdirSync(join(folder, 'kubectl'), { recursive: true });
  writeFileSync(join(folder, 'kubectl', 'kubectl'), `#!/bin/sh\n${script}\n`, { mode: 0o700 });
  return new Layer({}, folder);
}

test('a program that was killed says so, and not what it had written of the objects until then', async () => {
  const ran = await layer('echo \'{"kind":"Secret","data":{"word":"c3dvcmRmaXNo"}}\'; kill -9 $$').kubectl(['get'], { deadline: Date.now() + 10_000 });
  expect(ran).toMatchObject({ code: -1, stderr: 'ended by SIGKILL', interrupted: false });
  expect(wordsOf(ran)).toBe('ended by SIGKILL');
});

test('a program that fails keeps its own words', async () => {
  expect(await layer('echo no >&2; exit 3').kubectl(['get'], { deadline: Date.now() + 10_000 })).toMatchObject({ code: 3, stderr: 'no\n' });
});

import { Jumping } from './fake-programs';
import { limited } from '../../../handlers/kubernetes/limits';
import type { Programs, Ran } from '../../../handlers/kubernetes/programs';

const clock = new Jumping();

/** What a program is run with, where it is silent until it is interrupted. */
async function asked(program: 'helm' | 'kubectl', args: string[], seconds = 800): Promise<{ ran: Ran; args: string[]; seconds: number }> {
  const run = jest.fn<Promise<Ran>, Parameters<Programs['helm']>>(async () => ({ code: -1, stdout: '', stderr: '', interrupted: true }));
  const ran = await limited({ helm: run, kubectl: run }, clock)[program](args, { deadline: clock.now() + seconds * 1000 });
  return { ran, args: run.mock.calls[0][0], seconds: (run.mock.calls[0][1].deadline - clock.now()) / 1000 };
}

test('each request of kubectl has an end, but for those that wait in the cluster, which have their own', async () => {
  expect((await asked('kubectl', ['get', '--raw', '/'])).args).toEqual(['get', '--raw', '/', '--request-timeout=70s']);
  for (const args of [['delete', 'a', '--timeout=600s'], ['delete', 'a', '--timeout', '120s'], ['wait', '--for', 'a'], ['rollout', 'status', 'a']]) {
    expect((await asked('kubectl', args)).args).toEqual(args);
  }
});

test.each(['pull', 'show', 'registry', 'get'])('helm %s does not wait for the function\'s end: a silent repository is a failure', async verb => {
  expect(await asked('helm', [verb])).toMatchObject({ seconds: 120, ran: { code: 1, interrupted: false, stderr: 'no answer within 120 s' } });
});

test('what runs until the function\'s time is up was interrupted, and is no failure', async () => {
  expect(await asked('helm', ['pull'], 60)).toMatchObject({ seconds: 60, ran: { interrupted: true } });
  expect(await asked('helm', ['upgrade'])).toMatchObject({ seconds: 800, ran: { interrupted: true } });
});

import { criticalPath } from '../../rehearsal/report/critical-path';
import { gantt } from '../../rehearsal/report/gantt';
import { page } from '../../rehearsal/report/html';
import { summary, timeline } from '../../rehearsal/report/text';
import { helmSaid, readEvents, spansOf, type Rehearsed, type ResourceEvent, type Span } from '../../rehearsal/report/timeline';

const at = (second: number) => new Date(second * 1000).toISOString();
const event = (second: number, what: ResourceEvent['event'], logicalId: string, more: Partial<ResourceEvent> = {}): ResourceEvent =>
  ({ time: at(second), event: what, action: 'create', logicalId, type: 'AWS::EC2::VPC', ...more });
const run = { verb: 'upgrade', release: 'cilium', start: 11, end: 12, exitCode: 0, said: 'NAME: cilium\nSTATUS: deployed\nREVISION: 2\n' };

describe('events', () => {
  test('are read line by line, without the one that is still being written', () => {
    expect(readEvents(`${JSON.stringify(event(1, 'start', 'Vpc'))}\n{"time":`)).toHaveLength(1);
  });

  test('become spans from start to end, in the order of their starts', () => {
    const spans = spansOf([event(1, 'start', 'Vpc'), event(2, 'start', 'Cluster'), event(3, 'end', 'Cluster'), event(5, 'end', 'Vpc')]);
    expect(spans.map(({ logicalId, start, end, outcome }) => [logicalId, start, end, outcome])).toEqual([
      ['Vpc', 1000, 5000, 'done'], ['Cluster', 2000, 3000, 'done'],
    ]);
  });

  test('distinguish a resource that failed, with its reason, from one that never ended', () => {
    const spans = spansOf([event(1, 'start', 'Vpc'), event(2, 'fail', 'Vpc', { said: 'no room' }), event(3, 'start', 'Cluster'), event(9, 'start', 'Role')]);
    expect(spans.map(({ outcome, said, end }) => [outcome, said, end])).toEqual([
      ['failed', 'no room', 2000], ['unfinished', undefined, 9000], ['unfinished', undefined, 9000],
    ]);
  });

  test('may say when by seconds, too', () => {
    expect(spansOf([event(0, 'end', 'Vpc', { time: 1.5 })])[0]).toMatchObject({ start: 1500, end: 1500 });
  });

  test('of charts carry what Helm said while they went on', () => {
    const type = 'Custom::AWSCDK-EKS-HelmChart';
    const [cilium, other] = spansOf([
      event(10, 'start', 'Cilium', { type }), event(13, 'end', 'Cilium', { type }), event(14, 'start', 'Other', { type }), event(15, 'end', 'Other', { type }),
    ], [run]);
    expect(cilium.said).toBe('helm upgrade cilium: deployed, revision 2');
    expect(other.said).toBeUndefined();
  });
});

test.each([
  ['the error of a run that failed', { exitCode: 1, said: 'WARNING: x\nError: chart "cilium" matching 99.99.99 not found\n' }, 'Error: chart "cilium" matching 99.99.99 not found'],
  ['the last line where no error is named', { exitCode: 1, said: 'killed\n' }, 'killed'],
  ['the release of one that was removed', { verb: 'uninstall', said: 'release "cilium" uninstalled\n' }, 'helm uninstall cilium: done'],
])('Helm\'s words are cut to %s', (_, changes, said) => {
  expect(helmSaid({ ...run, ...changes })).toBe(said);
});

const span = (logicalId: string, start: number, end: number, more: Partial<Span> = {}): Span =>
  ({ logicalId, type: 'AWS::EC2::VPC', action: 'create', start: start * 1000, end: end * 1000, outcome: 'done', ...more });

const rehearsed: Rehearsed = {
  title: 'Rehearsal of <shop>',
  facts: ['stand-in charts'],
  steps: [
    { name: 'deploy', start: 0, end: 70_000, outcome: 'passed', detail: 'CREATE_COMPLETE' },
    { name: 'destroy', start: 70_001, end: 80_000, outcome: 'failed', detail: 'expected nothing\n  found a VPC' },
  ],
  spans: [span('Vpc', 1, 3), span('Cilium', 62, 65, { outcome: 'failed', said: 'Error: no\nchart' }), span('Late', 71, 72, { action: 'delete' })],
};

describe('the text', () => {
  test('shows each resource below the step in which it was made, with what was said', () => {
    const lines = timeline(rehearsed).map(line => line.trim().replace(/ +/g, ' '));
    expect(lines).toContain('deploy (70.0 s)');
    expect(lines).toContain('0:01 0:03 2.0 create Vpc AWS::EC2::VPC');
    expect(lines).toContain('1:02 1:05 3.0 create failed Cilium AWS::EC2::VPC');
    expect(lines).toContain('Error: no chart');
    expect(lines.indexOf('destroy (10.0 s)')).toBeGreaterThan(lines.indexOf('Error: no chart'));
  });

  test('sums up the steps and all of them', () => {
    const lines = summary(rehearsed).map(line => line.replace(/ +/g, ' '));
    expect(lines[1]).toBe('deploy 70.0 passed CREATE_COMPLETE');
    expect(lines[2]).toBe('destroy 10.0 failed see below');
    expect(lines[3]).toBe('in all 80.0 failed');
  });
});

describe('the critical path', () => {
  const resources = {
    Vpc: { Type: 'A' },
    Cluster: { Type: 'B', Properties: { Vpc: { Ref: 'Vpc' } } },
    Role: { Type: 'C' },
    Nodes: { Type: 'D', DependsOn: ['Cluster', 'Role'] },
  };

  test('is the chain that takes longest, not the longest chain', () => {
    const path = (spans: Span[]) => criticalPath(resources, spans).map(part => part.logicalId);
    expect(path([span('Vpc', 0, 2), span('Cluster', 2, 5), span('Role', 0, 4), span('Nodes', 5, 6)])).toEqual(['Vpc', 'Cluster', 'Nodes']);
    expect(path([span('Vpc', 0, 2), span('Cluster', 2, 5), span('Role', 0, 9), span('Nodes', 9, 10)])).toEqual(['Role', 'Nodes']);
  });

  test('sums the seconds', () => {
    expect(criticalPath(resources, [span('Vpc', 0, 2), span('Cluster', 2, 5), span('Nodes', 5, 6)]).map(part => part.sum)).toEqual([2, 5, 6]);
  });

  test('ends if resources wait for each other', () => {
    expect(criticalPath({ A: { Type: 'A', DependsOn: 'B' }, B: { Type: 'B', DependsOn: 'A' } }, [span('A', 0, 1)]).length).toBeGreaterThan(0);
  });
});

describe('the page', () => {
  const row = (start: number, end: number) => ({ label: 'Vpc', start, end, kinds: [], title: 'Vpc' });
  const html = page({ ...rehearsed, names: { Vpc: 'The network' } }, { step: 'deploy', parts: [{ logicalId: 'Vpc', seconds: 2, sum: 2 }] });

  test('needs no other file', () => {
    expect(html).not.toMatch(/src=|href=|@import|url\(/);
  });

  test('escapes what it shows', () => {
    expect(html).toContain('Rehearsal of &#60;shop&#62;');
    expect(html).not.toContain('<shop>');
  });

  test('has a bar for each step and each resource, marked where it is on the path or failed', () => {
    expect(html.match(/class="bar"/g)).toHaveLength(5);
    expect(html).toMatch(/class="row path" title="create Vpc[^>]*><span>The network</);
    expect(html).toMatch(/class="row failed" title="create Cilium[^>]*><span>Cilium</);
    expect(html).toMatch(/class="row failed" title="destroy">/);
  });

  test('folds away what took no time, except for what failed', () => {
    const short = page({ ...rehearsed, spans: [span('Vpc', 1, 3), span('Role', 3, 3), span('Policy', 3, 3, { outcome: 'failed' })] }, { step: 'deploy', parts: [] });
    expect(short).toMatch(/<summary>1 more took less than 0.15 s each<\/summary>\s*<div class="row " title="create Role/);
  });

  test('has an axis with round seconds, few enough to be read', () => {
    expect(gantt([row(0, 4000)]).match(/\d+ s</g)).toEqual(['0 s<', '1 s<', '2 s<', '3 s<', '4 s<']);
    expect(gantt([row(0, 100_000)]).match(/\d+ s</g)).toEqual(['0 s<', '20 s<', '40 s<', '60 s<', '80 s<', '100 s<']);
  });

  test('lists the critical path', () => {
    expect(html).toMatch(/<h2>Critical path<\/h2>[^]*<td>The network<\/td><td class="n">2.0<\/td><td class="n">2.0<\/td>/);
  });
});

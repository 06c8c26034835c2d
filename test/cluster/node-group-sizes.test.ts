import { CfnParameter } from 'aws-cdk-lib';
import { NodeGroup, type NodeGroupOptions } from '../../src';
import { importedClusterFixture } from '../support/fixtures';
import { theOnly } from '../support/read';

function sizes(options: NodeGroupOptions) {
  const { stack, cluster, template } = importedClusterFixture();
  new NodeGroup(stack, 'Nodes', { cluster, ...options });
  const { MinSize, DesiredSize, MaxSize } = theOnly(template(), 'AWS::EKS::Nodegroup').Properties.ScalingConfig;
  return [MinSize, DesiredSize, MaxSize];
}

const ADVICE = 'give sizes in the order `minSize` <= `desiredSize` <= `maxSize`';

// Least, desired, most.
test.each([
  [{}, [2, 2, 4]],
  [{ minSize: 3 }, [3, 3, 6]],
  [{ minSize: 0 }, [0, 0, 1]],
  [{ minSize: 0, maxSize: 5 }, [0, 0, 5]],
  [{ maxSize: 2 }, [2, 2, 2]],
  [{ desiredSize: 4 }, [2, 4, 4]],
  [{ minSize: 1, desiredSize: 3, maxSize: 9 }, [1, 3, 9]],
  [{ minSize: 3, desiredSize: 3, maxSize: 3 }, [3, 3, 3]],
])('%j means %j nodes', (options, expected) => {
  expect(sizes(options)).toEqual(expected);
});

test.each([-1, 1.5, NaN])('fails with `minSize` %d', minSize => {
  expect(() => sizes({ minSize })).toThrow(`\`minSize\` must be a whole number, 0 or more, got: ${minSize}; ${ADVICE} [Shop/Nodes]`);
});

test.each([
  [{ minSize: 3, maxSize: 2 }, 3, 2],
  [{ maxSize: 1 }, 2, 1],
  [{ minSize: 0, maxSize: 0 }, 1, 0],
  [{ maxSize: 4.5 }, 2, 4.5],
])('fails with %j: `maxSize` is %i at the least', (options, least, given) => {
  expect(() => sizes(options)).toThrow(`\`maxSize\` must be a whole number, ${least} or more, got: ${given}; ${ADVICE} [Shop/Nodes]`);
});

test.each([
  [{ desiredSize: 1 }, 'from 2 to 4', 1],
  [{ desiredSize: 5 }, 'from 2 to 4', 5],
  [{ desiredSize: 2.5 }, 'from 2 to 4', 2.5],
  [{ minSize: 1, maxSize: 1, desiredSize: 2 }, 'from 1 to 1', 2],
])('fails with %j: `desiredSize` is %s', (options, range, given) => {
  expect(() => sizes(options)).toThrow(`\`desiredSize\` must be a whole number ${range}, got: ${given}; ${ADVICE} [Shop/Nodes]`);
});

test.each([0, -1, 251, 10.5, NaN])('fails with `maxPods` %d', maxPods => {
  expect(() => sizes({ maxPods })).toThrow(
    `\`maxPods\` must be a whole number from 1 to 250, got: ${maxPods}; EKS supports no more on a node [Shop/Nodes]`);
});

describe('tokens', () => {
  function withParameter(options: (size: number) => NodeGroupOptions) {
    const { stack, cluster, template } = importedClusterFixture();
    const size = new CfnParameter(stack, 'Size', { type: 'Number' }).valueAsNumber;
    new NodeGroup(stack, 'Nodes', { cluster, ...options(size) });
    return theOnly(template(), 'AWS::EKS::Nodegroup').Properties.ScalingConfig;
  }

  test.each([
    ['minSize', (size: number) => ({ minSize: size, maxSize: 8 }), { MinSize: { Ref: 'Size' }, DesiredSize: { Ref: 'Size' }, MaxSize: 8 }],
    ['desiredSize', (size: number) => ({ desiredSize: size }), { MinSize: 2, DesiredSize: { Ref: 'Size' }, MaxSize: 4 }],
    ['maxSize', (size: number) => ({ maxSize: size }), { MinSize: 2, DesiredSize: 2, MaxSize: { Ref: 'Size' } }],
  ])('go through as `%s`', (_, options, expected) => {
    expect(withParameter(options)).toEqual(expected);
  });

  test('fail as `minSize` without `maxSize`, which can\'t be computed from it', () => {
    expect(() => withParameter(size => ({ minSize: size }))).toThrow(
      '`maxSize` must be given where `minSize` is a token, got: nothing; give the largest number of nodes, too [Shop/Nodes]');
  });
});

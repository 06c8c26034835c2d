import { Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { reject } from '../../src/cdk/reject';

test('names the prop, what is allowed, what was given, what to do, and where', () => {
  expect(() => reject('Shop/Vpc', 'natGateways', 4, 'from 1 to 3', 'give fewer gateways'))
    .toThrow(new Error('`natGateways` must be from 1 to 3, got: 4; give fewer gateways [Shop/Vpc]'));
});

test.each([
  ['a text in quotes', '1', '"1"'],
  ['a number without', 1, '1'],
  ['no number', NaN, 'NaN'],
  ['a number without end', Infinity, 'Infinity'],
  ['nothing', undefined, 'nothing'],
  ['null', null, 'null'],
  ['a list', ['a', 'b'], '["a","b"]'],
  ['an empty list', [], '[]'],
  ['a map', { team: 'a,b' }, '{"team":"a,b"}'],
])('shows %s', (_, given, shown) => {
  expect(() => reject('Shop', 'prop', given, 'another', 'change it')).toThrow(`, got: ${shown}; `);
});

test('shows a construct by its path', () => {
  const bucket = new s3.Bucket(new Stack(undefined, 'Shop'), 'Logs');
  expect(() => reject('Shop', 'network', { flowLogBucket: bucket }, 'left out', 'change it')).toThrow('got: {"flowLogBucket":"Shop/Logs"};');
});

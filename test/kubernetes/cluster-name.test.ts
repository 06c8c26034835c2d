import { Fn, Lazy } from 'aws-cdk-lib';
import { checkClusterName } from '../../src/kubernetes/cluster-name';

test.each(['shop', 'a', '7', 'shop-1', '1shop', 'a--b', 'a'.repeat(32), `a${'-'.repeat(30)}z`])('takes %s', name => {
  expect(() => checkClusterName('Shop/Platform', name)).not.toThrow();
});

test.each([
  '', 'a'.repeat(33), 'Shop', 'SHOP', '-shop', 'shop-', '-', 'shop_1', 'shop.1', 'my shop', 'shöp', 'shop/1', 'shop\n', ' shop',
])('fails with %j', name => {
  expect(() => checkClusterName('Shop/Platform', name)).toThrow(new Error(
    '`clusterName` must be 1 to 32 lower-case letters, digits and dashes, with no dash at either end, '
    + `got: ${JSON.stringify(name)}; EKS allows more, but Cilium, tag keys and DNS owners carry this name too [Shop/Platform]`));
});

test.each([
  ['an import', Fn.importValue('name')],
  ['a text with a token in it', `SHOP-${Lazy.string({ produce: () => 'x' })}`],
])('does not look into %s', (_, name) => {
  expect(() => checkClusterName('Shop/Platform', name)).not.toThrow();
});

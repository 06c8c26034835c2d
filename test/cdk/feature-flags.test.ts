import { FeatureFlags } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { pinFeatureFlags } from '../../src/cdk/feature-flags';
import { stackFixture } from '../support/fixtures';

const OIDC = '@aws-cdk/aws-eks:useNativeOidcProvider';
const LOG_GROUP = '@aws-cdk/aws-lambda:useCdkManagedLogGroup';

test.each([true, false])('decides the flags of a construct and all below it, whatever the app says (%s)', inApp => {
  const stack = stackFixture({ context: { [OIDC]: inApp, [LOG_GROUP]: inApp } });
  const scope = new Construct(stack, 'Ours');
  pinFeatureFlags(scope);
  const child = new Construct(scope, 'Child');
  expect(FeatureFlags.of(child).isEnabled(OIDC)).toBe(true);
  expect(FeatureFlags.of(child).isEnabled(LOG_GROUP)).toBe(false);
});

test('leaves the flags of all other constructs alone', () => {
  const stack = stackFixture({ context: { [OIDC]: false } });
  pinFeatureFlags(new Construct(stack, 'Ours'));
  expect(FeatureFlags.of(new Construct(stack, 'Theirs')).isEnabled(OIDC)).toBe(false);
});

import type { IConstruct } from 'constructs';

/**
 * The flags that change what our constructs write, each with the value that we build on.
 *
 * @see https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cx-api/FEATURE_FLAGS.md
 */
const FLAGS = {
  '@aws-cdk/aws-eks:useNativeOidcProvider': true, // a custom resource and its Lambda otherwise
  '@aws-cdk/aws-lambda:useCdkManagedLogGroup': false,
  '@aws-cdk/aws-lambda:createNewPoliciesWithAddToRolePolicy': false,
};

/**
 * Makes a construct's templates independent of the feature flags in the user's cdk.json.
 *
 * Context can only be set before a construct has children: call it first.
 */
export function pinFeatureFlags(construct: IConstruct): void {
  for (const [flag, value] of Object.entries(FLAGS)) {
    construct.node.setContext(flag, value);
  }
}

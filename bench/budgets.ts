/** What the library may cost at most: a dev platform with one hosted zone and all add-ons, in one stack. */
export const BUDGETS = {
  resources: 60,
  customResources: 6,
  lambdaFunctions: 2,
  nestedStacks: 0,
  templateBytes: 68_500, // more than planned: docs/decisions/0009-template-size.md, 0013-teardown.md, 0014-own-kubectl-provider.md

  /** Packages that `npm install @org/eks-platform aws-cdk-lib constructs` brings. */
  packages: 35,
  packedBytes: 1_000_000,
} as const;

/** At most how many times what an app without the library takes, measured in the same run. */
export const RATIO_BUDGETS = {
  synth: 1.25,
  memory: 1.25,
  require: 1.25,
  python: 1.3,
} as const;

/** What 200 Ingresses in 20 namespaces may cost: seconds more than the platform without them, and CloudFormation's limits for a stack. */
export const INGRESS_BUDGETS = {
  synthMs: 2000,
  resources: 500,
  templateBytes: 1_000_000,
} as const;

import { App, Stack, Tags } from 'aws-cdk-lib';

/** The tag of everything that a test's stacks make: `orphans.ts` looks for it. */
export const RUN_TAG = 'eks-platform-integ';

/**
 * What a test is deployed as: the name of its stack, of its cluster, and the value of its tag.
 *
 * `INTEG_RUN` lets two runs stand side by side in one account.
 */
export function nameOf(subject: string, run = process.env.INTEG_RUN): string {
  const name = run ? `integ-${subject}-${run}` : `integ-${subject}`;
  if (!/^[a-z0-9-]{1,32}$/.test(name)) {
    throw new Error(`\`INTEG_RUN\` must leave ${name} with at most 32 lower-case letters, digits and dashes, got '${run}'`);
  }
  return name;
}

/** A text that differs from one deployment to the next, so that checks run again. */
export function salt(): string {
  return process.env.INTEG_SALT ?? 'snapshot';
}

/**
 * An app with the stack of a test. It has no environment, so that its template is the same everywhere: the CLI deploys it
 * to the account and the region of its caller, `CDK_DEFAULT_ACCOUNT` and `CDK_DEFAULT_REGION`.
 */
export function sandbox(subject: string): { app: App; stack: Stack; name: string; availabilityZones?: string[] } {
  const name = nameOf(subject);
  // A snapshot needs no copies of assets, which have 39 MB with kubectl and Helm.
  const app = new App(process.env.INTEG_TEMPLATES_ONLY ? { context: { 'aws:cdk:disable-asset-staging': true } } : {});
  const stack = new Stack(app, name);
  Tags.of(app).add(RUN_TAG, name);
  // EKS refuses a zone in some regions: there INTEG_ZONES names three others.
  return { app, stack, name, availabilityZones: process.env.INTEG_ZONES ? process.env.INTEG_ZONES.split(',') : undefined };
}

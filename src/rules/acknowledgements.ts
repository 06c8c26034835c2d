import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Somebody's statement, on a construct, that a rule may be broken. */
export interface Acknowledgement {
  /** Why; empty when no reason was given. */
  readonly reason: string;
  /** The path of that construct. */
  readonly path: string;
}

/** The acknowledgement of a rule that applies to a construct: its own, or the nearest one above it. */
export function acknowledgementOf(construct: IConstruct, id: string): Acknowledgement | undefined {
  return [...construct.node.scopes].reverse().flatMap(scope => acknowledgementsAt(scope, id)).at(0);
}

/** Whether a rule is acknowledged on any construct of the app. CDK takes that for the whole app. */
export function isAcknowledgedAnywhere(construct: IConstruct, id: string): boolean {
  return construct.node.root.node.findAll().some(it => acknowledgementsAt(it, id).length > 0);
}

function acknowledgementsAt(construct: IConstruct, id: string): Acknowledgement[] {
  return construct.node.metadata
    .filter(entry => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY && id in entry.data)
    .map(entry => ({ reason: `${entry.data[id]}`.trim(), path: construct.node.path }));
}

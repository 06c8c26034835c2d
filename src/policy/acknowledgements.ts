import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** That a rule may be broken, as somebody wrote at a construct. */
export interface Acknowledgement {
  /** Why; empty when no reason was given. */
  readonly reason: string;
  /** The path of the construct at which it was written. */
  readonly path: string;
}

/** The acknowledgement of a rule that holds for a construct: its own, or that of a construct around it. */
export function acknowledgementOf(construct: IConstruct, id: string): Acknowledgement | undefined {
  return [...construct.node.scopes].reverse().flatMap(scope => acknowledgementsAt(scope, id)).at(0);
}

/** Whether a rule is acknowledged at any construct of the app, which to CDK means everywhere. */
export function isAcknowledgedAnywhere(construct: IConstruct, id: string): boolean {
  return construct.node.root.node.findAll().some(it => acknowledgementsAt(it, id).length > 0);
}

function acknowledgementsAt(construct: IConstruct, id: string): Acknowledgement[] {
  return construct.node.metadata
    .filter(entry => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY && id in entry.data)
    .map(entry => ({ reason: `${entry.data[id]}`.trim(), path: construct.node.path }));
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { CloudFormationValidatePlugin } from 'aws-cdk-lib';
import type { RuleParameters } from './ingress-rules';
import { PLACEHOLDER } from './manifests';

/** A finding, as `policies/networking.rego` reports it. */
export interface Finding {
  readonly id: string;
  readonly object: string;
  readonly field: string;
  readonly problem: string;
  readonly fix: string;
}

/** The Rego file: the path is the same from the sources and from the compiled code. */
const REGO = join(__dirname, '..', '..', 'policies', 'networking.rego');

/**
 * Runs the rules on each Kubernetes object of a template.
 *
 * Each object gets one diagnostic with its findings, even if there are none: so an object that was not judged is noticed.
 */
const ADAPTER = `
package cdk_rules.ingress_policy

import rego.v1

violation contains diagnostic if {
	some name, resource in input.resources
	settings := json.unmarshal(resource.properties.Settings)
	some i, object in json.unmarshal(resource.properties.Objects)
	found := (data.main.deny | data.main.warn) with input as object with data.networking as settings
	diagnostic := make_diag_at(sprintf("object-%d", [i]), "WARN", name, "Properties.Objects", json.marshal(found))
}
`;

/** Takes seconds to make: made for the first Ingress, and kept for the process. */
let engine: CloudFormationValidatePlugin | undefined;

/**
 * What the rules find in each of the given Kubernetes objects.
 *
 * CDK's own Rego engine evaluates the rules. It reads CloudFormation templates only, so the objects are put into one.
 */
export function judge(objects: any[], parameters: RuleParameters): Finding[][] {
  if (objects.length === 0) {
    return [];
  }
  engine ??= new CloudFormationValidatePlugin({
    includeDefaultRules: false,
    regoRules: [
      { name: 'networking.rego', content: `${readFileSync(REGO, 'utf8')}\nviolation := set()\n` }, // the engine asks every package for it
      { name: 'ingress-policy.rego', content: ADAPTER },
    ],
  });
  const folder = mkdtempSync(join(tmpdir(), 'ingress-policy-'));
  try {
    const templatePath = join(folder, 'objects.template.json');
    const settings = { parameters, placeholder: PLACEHOLDER };
    writeFileSync(templatePath, JSON.stringify({
      Resources: { Objects: { Type: 'Custom::KubernetesObjects', Properties: { Settings: JSON.stringify(settings), Objects: JSON.stringify(objects) } } },
    }));
    const stack = { stackConstructPath: '', templatePath, accountId: undefined, region: undefined };
    const { violations } = engine.validate({ stackTemplates: [stack], templatePaths: [templatePath] } as any);
    const found = new Map(violations.map(it => [it.ruleName, it.description]));
    return objects.map((_, index) => findingsOf(found.get(`object-${index}`)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function findingsOf(description?: string): Finding[] {
  if (description === undefined) {
    throw new Error('the Rego engine of aws-cdk-lib did not judge all Kubernetes objects: this version of aws-cdk-lib does not work with policies/networking.rego');
  }
  const findings: Finding[] = JSON.parse(description.slice(description.indexOf('[')).replaceAll(PLACEHOLDER, '<token>'));
  return findings.sort((a, b) => `${a.id} ${a.field}`.localeCompare(`${b.id} ${b.field}`));
}

import { type IPolicyValidationContext, type IPolicyValidationPlugin, type PolicyValidationPluginReport, type PolicyViolation } from 'aws-cdk-lib';
import { acknowledgementOf, isAcknowledgedAnywhere } from './acknowledgements';
import { INGRESS_RULES, ruleParameters, type IngressRuleOptions, type RuleParameters } from './ingress-rules';
import { readManifests, type ReadManifest } from './manifests';
import { judge, type Finding } from './rego';

/**
 * Properties of an IngressPolicy: the parameters of its rules.
 */
export interface IngressPolicyProps extends IngressRuleOptions {}

/**
 * Judges every Ingress of an app at synthesis, by the rules of `policies/networking.rego`.
 *
 * It reads all Kubernetes manifests, whichever construct made them. Tokens, which only a deployment resolves, count as given
 * and are not judged. A finding can be acknowledged on its construct, or on one above, with the plugin's name and the rule's id.
 *
 * @example
 * import * as eksplatform from '@org/eks-platform';
 * import { App, Stack, Validations } from 'aws-cdk-lib';
 *
 * declare const app: App;
 * declare const legacy: Stack;
 * Validations.of(app).addPlugins(new eksplatform.IngressPolicy({ allowedDomains: ['example.com'] }));
 * Validations.of(legacy).acknowledge({ id: 'IngressPolicy::waf-required', reason: 'its clients are in the office only' });
 */
export class IngressPolicy implements IPolicyValidationPlugin {
  /**
   * The plugin's name, with which acknowledgements start.
   */
  public static readonly PLUGIN_NAME = 'IngressPolicy';

  public readonly name: string = IngressPolicy.PLUGIN_NAME;
  public readonly ruleIds?: string[] = INGRESS_RULES.map(rule => rule.id);
  private readonly parameters: RuleParameters;

  constructor(props: IngressPolicyProps = {}) {
    this.parameters = ruleParameters(IngressPolicy.PLUGIN_NAME, props);
  }

  /**
   * CDK calls this when all templates are written.
   *
   * @param context what was synthesized
   */
  public validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const manifests = readManifests(context);
    const objects = manifests.flatMap(manifest => manifest.objects.map(object => ({ manifest, object })));
    const found = judge(objects.map(({ object }) => object), this.parameters)
      .flatMap((findings, index) => findings.map(finding => ({ finding, manifest: objects[index].manifest })));
    const unreadable = manifests.filter(it => it.problem).map(manifest => ({ finding: unread(manifest), manifest }));
    const violations = [...unreadable, ...found].map(({ finding, manifest }) => violationOf(finding, manifest));
    return { success: !violations.some(it => it.severity === 'error' && !it.ruleMetadata?.acknowledged), violations };
  }
}

/**
 * CDK applies an acknowledgement of a rule to the whole app. So a finding that is not acknowledged on its own construct, or
 * above, gets a name of its own, which no acknowledgement has.
 */
function violationOf(finding: Finding, { construct, logicalId, templatePath }: ReadManifest): PolicyViolation {
  const id = `${IngressPolicy.PLUGIN_NAME}::${finding.id}`;
  const acknowledgement = acknowledgementOf(construct, id);
  const named = !acknowledgement?.reason && isAcknowledgedAnywhere(construct, id);
  const where = construct.node.path.replace(/[()[\]{}]/g, '');
  return {
    ruleName: named ? `${finding.id}[${where}]` : finding.id,
    description: `${finding.object}: ${finding.field} ${finding.problem}${acknowledgement?.reason === '' ? ' (acknowledged without a reason)' : ''}`,
    fix: finding.fix,
    severity: INGRESS_RULES.find(rule => rule.id === finding.id)!.severity === 'deny' ? 'error' : 'warning',
    ruleMetadata: acknowledgement?.reason ? { acknowledged: acknowledgement.reason, acknowledgedAt: acknowledgement.path } : undefined,
    violatingResources: [{ resourceLogicalId: logicalId, templatePath, locations: ['Properties.Manifest'] }],
  };
}

function unread(manifest: ReadManifest): Finding {
  return {
    id: 'malformed',
    object: 'a manifest',
    field: 'Properties.Manifest',
    problem: manifest.problem!,
    fix: 'write the objects themselves, or an Ingress among them cannot be judged',
  };
}

import { readFileSync } from 'fs';
import { join, resolve } from 'path';
import { CfnResource, type IPolicyValidationContext, Stack, Stage } from 'aws-cdk-lib';
import type { Json } from '../cdk/merge';

/** What stands for what only a deployment knows. It is a character that no manifest has. */
export const PLACEHOLDER = '\uE000';

/** The type of CDK's custom resource for Kubernetes manifests, of both of its EKS modules. */
const TYPE = 'Custom::AWSCDK-EKS-KubernetesResource';

/** A Kubernetes manifest of a template. */
export interface ReadManifest {
  readonly construct: CfnResource;
  readonly logicalId: string;
  readonly templatePath: string;
  /** The objects that may be Ingresses, or hold some. */
  readonly objects: any[];
  /** Why the objects cannot be read, if they cannot. */
  readonly problem?: string;
}

/**
 * The Kubernetes manifests of the stacks that CDK asks to validate, and of the nested stacks in them.
 *
 * They are found in the tree, as nested stacks are not among what CDK hands over, and read from the templates, which hold
 * what will be deployed.
 */
export function readManifests(context: IPolicyValidationContext): ReadManifest[] {
  const asked = new Set(context.stackTemplates.map(it => resolve(it.templatePath)));
  const templates = new Map<string, any>();
  return context.appConstruct.node.findAll()
    .filter((it): it is CfnResource => CfnResource.isCfnResource(it) && it.cfnResourceType === TYPE)
    .filter(it => asked.has(templateOf(outermost(Stack.of(it)))))
    .map(construct => {
      const stack = Stack.of(construct);
      const templatePath = templateOf(stack);
      const template = templates.get(templatePath) ?? JSON.parse(readFileSync(templatePath, 'utf8'));
      templates.set(templatePath, template);
      const logicalId: string = stack.resolve(construct.logicalId);
      return { construct, logicalId, templatePath, ...parse(template.Resources[logicalId].Properties.Manifest) };
    });
}

/**
 * The text of a property, with {@link PLACEHOLDER} for what only a deployment knows.
 *
 * The text is JSON: outside of its strings the placeholder is put into quotes.
 */
export function seeThrough(property: unknown): string {
  return pieces(property).reduce<string>((text, piece) => {
    return text + (piece ?? (endsInString(text) ? PLACEHOLDER : `"${PLACEHOLDER}"`));
  }, '');
}

/** Texts, and nothing for each thing that only a deployment knows. */
function pieces(property: unknown): (string | undefined)[] {
  if (typeof property === 'string') {
    return [property];
  }
  const { 'Fn::Join': join_, 'Fn::Sub': sub } = (property ?? {}) as Json;
  if (Array.isArray(join_) && Array.isArray(join_[1])) {
    return join_[1].flatMap((item, index) => index > 0 ? [join_[0], ...pieces(item)] : pieces(item));
  }
  if (sub !== undefined) {
    const [text, variables = {}] = [sub].flat() as [string, Json?];
    return text.split(/(\$\{[^}]*\})/).flatMap(part => {
      const [, literal, name] = /^\$\{(!?)([^}]*)\}$/.exec(part) ?? [];
      return name === undefined ? [part] : literal ? [`\${${name}}`] : pieces(variables[name.trim()]);
    });
  }
  return [undefined];
}

/** Whether a text that starts as JSON stops inside one of its strings. */
function endsInString(text: string): boolean {
  const quotes = text.replace(/\\./gs, '').split('"').length - 1;
  return quotes % 2 === 1;
}

function parse(property: unknown): { objects: any[]; problem?: string } {
  try {
    const content = JSON.parse(seeThrough(property));
    return content === PLACEHOLDER ? { objects: [], problem: 'is known to the deployment only' } : { objects: [content].flat(Infinity).filter(mayHoldIngress) };
  } catch (error) {
    return { objects: [], problem: `is not JSON: ${(error as Error).message}` };
  }
}

/** What is surely something else need not be judged, nor need the engine be made for it. */
function mayHoldIngress(object: any): boolean {
  return typeof object?.kind === 'string' ? /^(ingress|ingresslist|list)$/i.test(object.kind) : /^networking\.k8s\.io\//.test(object?.apiVersion);
}

function outermost(stack: Stack): Stack {
  return stack.nestedStackParent ? outermost(stack.nestedStackParent) : stack;
}

function templateOf(stack: Stack): string {
  return resolve(join(Stage.of(stack)!.outdir, stack.templateFile));
}

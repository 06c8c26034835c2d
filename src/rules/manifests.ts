import { readFileSync } from 'fs';
import { join, resolve } from 'path';
import { CfnResource, type IPolicyValidationContext, Stack, Stage } from 'aws-cdk-lib';
import type { Json } from '../cdk/merge';

/** Stands for a value that only a deployment knows: a character that no manifest contains. */
export const PLACEHOLDER = '\uE000';

/** The type of CDK's custom resource for Kubernetes manifests, in both of its EKS modules. */
const TYPE = 'Custom::AWSCDK-EKS-KubernetesResource';

/** A Kubernetes manifest of a template. */
export interface ReadManifest {
  readonly construct: CfnResource;
  readonly logicalId: string;
  readonly templatePath: string;
  /** The objects that may be Ingresses, or contain some. */
  readonly objects: any[];
  /** Why the objects cannot be read, if that is so. */
  readonly problem?: string;
}

/**
 * The Kubernetes manifests of the stacks that CDK asks to validate, and of the nested stacks in them.
 *
 * They are found in the construct tree, as CDK does not pass nested stacks, and read from the templates, which hold what will be
 * deployed.
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
 * The text of a property, with {@link PLACEHOLDER} for each value that only a deployment knows.
 *
 * The text is JSON: outside its strings the placeholder gets quotes.
 */
export function seeThrough(property: unknown): string {
  return pieces(property).reduce<string>((text, piece) => {
    return text + (piece ?? (endsInString(text) ? PLACEHOLDER : `"${PLACEHOLDER}"`));
  }, '');
}

/** The known parts of a property, and `undefined` for each that only a deployment knows. */
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

/** Whether the beginning of a JSON text ends inside a string. */
function endsInString(text: string): boolean {
  const quotes = text.replace(/\\./gs, '').split('"').length - 1;
  return quotes % 2 === 1;
}

function parse(property: unknown): { objects: any[]; problem?: string } {
  try {
    const content = JSON.parse(seeThrough(property));
    return content === PLACEHOLDER ? { objects: [], problem: 'is only known when deployed' } : { objects: [content].flat(Infinity).filter(mayHoldIngress) };
  } catch (error) {
    return { objects: [], problem: `is not JSON: ${(error as Error).message}` };
  }
}

/** Whether an object has to be judged. If none has to be, the engine need not start. */
function mayHoldIngress(object: any): boolean {
  return typeof object?.kind === 'string' ? /^(ingress|ingresslist|list)$/i.test(object.kind) : /^networking\.k8s\.io\//.test(object?.apiVersion);
}

function outermost(stack: Stack): Stack {
  return stack.nestedStackParent ? outermost(stack.nestedStackParent) : stack;
}

function templateOf(stack: Stack): string {
  return resolve(join(Stage.of(stack)!.outdir, stack.templateFile));
}

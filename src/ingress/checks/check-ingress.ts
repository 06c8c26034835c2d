import type { Finding } from './finding';
import { checkSpec, conditionFindings } from './ingress-spec';
import { actionFindings, checkTogether, type Context } from './together';
import { ALB_ANNOTATIONS } from '../alb-annotations';
import { isObject, type Annotations } from '../annotation';

/**
 * What the controller, Kubernetes or AWS would refuse or ignore about an Ingress of the class `alb`.
 *
 * It looks at the object that is applied, so typed props and annotations are checked alike. Tokens pass.
 */
export function checkIngress(ingress: unknown, context: Omit<Context, 'hasHost'> = {}): Finding[] {
  const { metadata, spec } = (isObject(ingress) ? ingress : {}) as { metadata?: unknown; spec?: unknown };
  const annotations = isObject(metadata) ? metadata.annotations ?? {} : undefined;
  if (!isObject(annotations)) {
    return [{ at: 'metadata.annotations', given: annotations, allowed: 'names with text', advice: 'give an object', rule: 'malformed' }];
  }
  const values = ALB_ANNOTATIONS.check(annotations as Annotations);
  const fields = checkSpec(spec, annotations as Annotations);
  if (values.length > 0 || fields.length > 0) {
    return [...values, ...fields]; // what cannot be read cannot be compared
  }
  const { rules = [], tls = [] } = spec as { rules?: any[]; tls?: any[] };
  const hasHost = [...rules, ...tls].some(it => it?.host !== undefined || it?.hosts?.length > 0);
  return [
    ...checkTogether(annotations as Annotations, { ...context, hasHost }),
    ...actionFindings(annotations as Annotations),
    ...conditionFindings(spec, annotations as Annotations),
  ];
}

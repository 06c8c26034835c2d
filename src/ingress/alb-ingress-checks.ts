import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { idleTimeout, stickiness } from './alb-attributes';
import type { AlbIngressProps } from './alb-ingress-props';
import type { Annotations } from './annotation';
import { tagKey } from './checks/values';
import { classSettings } from './ingress-class';
import { givenAs } from './written';
import { reject } from '../cdk/reject';

/** Checks the props that checkIngress can't see in the Ingress that they make. */
export function checkIngressProps(construct: Construct, props: AlbIngressProps): void {
  const called = givenAs(props);
  const refuse = (prop: string, given: unknown, allowed: string, advice: string) => reject(construct.node.path, called(prop), given, allowed, advice);
  const { controller, namespace, ingressName, webAcl, withoutWaf } = props;
  if (namespace && namespace.cluster !== controller.cluster) {
    refuse('namespace', namespace, 'in the cluster of `controller`', 'take both from the same platform');
  }
  if (ingressName !== undefined && !Token.isUnresolved(ingressName) && !/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(ingressName)) {
    refuse('ingressName', ingressName, '1 to 253 lower-case letters, digits, dashes and dots, with a letter or digit at both ends',
      'leave it out for a name made of the construct\'s path');
  }
  if (props.hosts?.length === 0) {
    refuse('hosts', [], 'one host or more', 'leave it out for every host');
  }
  if (withoutWaf && webAcl) {
    refuse('withoutWaf', true, 'left out with `webAcl`', 'give one of the two');
  }
  if ((webAcl as { scope?: string } | undefined)?.scope === 'CLOUDFRONT') {
    refuse('webAcl', webAcl, 'a web ACL of scope REGIONAL', 'one of scope CLOUDFRONT can\'t be attached to a load balancer');
  }
  const settings = classSettings(props.ingressClass);
  for (const prop of ['scheme', 'groupName'] as const) {
    if (settings?.[prop] && props[prop] !== undefined && props[prop] !== settings[prop]) {
      refuse(prop, props[prop], `${settings[prop]}, as the class says`, 'leave it out: the class wins');
    }
  }
  const ignored = settings?.sets.find(prop => props[prop as keyof AlbIngressProps] !== undefined);
  if (ignored) {
    refuse(ignored, props[ignored as keyof AlbIngressProps], 'left out with a class that sets it', 'the class wins');
  }
  const clash = (one: string, attributes: { [key: string]: string }, many: string, given: { [key: string]: string } = {}) => {
    const key = Object.keys(attributes).find(it => it in given);
    if (key) {
      refuse(many, { [key]: given[key] }, `without ${key} where \`${one}\` is given`, 'set it in one of the two');
    }
  };
  clash('idleTimeout', idleTimeout(props.idleTimeout), 'loadBalancerAttributes', props.loadBalancerAttributes);
  clash('stickiness', stickiness(props.stickiness), 'targetGroupAttributes', props.targetGroupAttributes);
  props.certificates?.forEach((it, index) => checkRegion(construct, called(`certificates[${index}]`), it.certificateArn));
  if (webAcl) {
    checkRegion(construct, called('webAcl'), webAcl.webAclRef.webAclArn);
  }
}

/** Load balancers take certificates and web ACLs of their own region only. */
export function checkRegion(construct: Construct, prop: string, arn: string): void {
  const { region } = Stack.of(construct);
  const given = Token.isUnresolved(arn) ? undefined : arn.split(':')[3];
  if (given && !Token.isUnresolved(region) && given !== region) {
    reject(construct.node.path, prop, arn, `in the stack's region, ${region}`, 'load balancers take no others');
  }
}

/** What is wrong with tags, most of which come late, by `Tags.of(...)`. */
export function tagErrors(path: string, tags: Annotations): string[] {
  return Object.entries(tags).flatMap(([key, value]) => {
    const complaint = [key, value].some(text => !Token.isUnresolved(text) && !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text))
      ? ['of letters, digits, blanks and _.:/=+-@', 'load balancers take no other tags'] as const
      : key === '' || key.includes('=') ? ['with keys that are not empty and hold no =', 'the controller reads the first = as the end of the key'] as const
        : Token.isUnresolved(key) ? undefined : tagKey(key);
    return complaint ? [`\`tags\` must be ${complaint[0]}, got: ${JSON.stringify({ [key]: value })}; ${complaint[1]} [${path}]`] : [];
  });
}

import { Token, Tokenization } from 'aws-cdk-lib';
import { ALB_PREFIX } from '../rules/ingress-rules';

/** Annotations of the AWS Load Balancer Controller as it reads and writes them: all of them strings. */
export interface Annotations {
  readonly [name: string]: string;
}

/** The full name of an annotation of an Ingress, as in `alb.ingress.kubernetes.io/scheme`. */
export function albAnnotation(suffix: string): string {
  return `${ALB_PREFIX}${suffix}`;
}

/** The items of a list, as in `subnet-1, subnet-2`. */
export function parseList(text: string): string[] {
  return text.split(',').map(item => item.trim()).filter(item => item !== '');
}

/**
 * The pairs of a map, as in `a=1,b=2\,3`, or undefined where the controller could not read it.
 *
 * @see https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/pkg/annotations/parser.go
 */
export function parseMap(text: string): { [key: string]: string } | undefined {
  const map: { [key: string]: string } = {};
  for (const pair of pairsOf(text)) {
    const [key, ...rest] = pair.split('=');
    if (key.trim() === '' || rest.length === 0) {
      return undefined;
    }
    map[key.trim()] = rest.join('=').trim();
  }
  return map;
}

/** A comma parts two pairs, unless a backslash stands before it. */
function pairsOf(text: string): string[] {
  const pairs: string[] = [''];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === ',') {
      pairs.push('');
    } else {
      at += text[at] === '\\' && at + 1 < text.length ? 1 : 0;
      pairs[pairs.length - 1] += text[at];
    }
  }
  return pairs.length === 1 && pairs[0].trim() === '' ? [] : pairs;
}

/** A map as the controller reads it; undefined for an empty one, which is no annotation. */
export function writeMap(map: { [key: string]: string }): string | undefined {
  const pairs = Object.entries(map).map(([key, value]) => `${key}=${value.replace(/[\\,]/g, '\\$&')}`);
  return pairs.length > 0 ? pairs.join(',') : undefined;
}

/** A port that a load balancer listens on. */
export interface ListenPort {
  readonly protocol: string;
  readonly port: number;
}

/** The listeners of `listen-ports`, as in `[{"HTTP":80},{"HTTPS":443}]`, or undefined where the controller could not read it. */
export function parseListenPorts(text: string): ListenPort[] | undefined {
  const entries = parseJson(text);
  if (!Array.isArray(entries) || entries.length === 0 || !entries.every(it => isObject(it) && Object.keys(it).length > 0)) {
    return undefined;
  }
  const ports = entries.flatMap(entry => Object.entries(entry).map(([protocol, port]) => ({ protocol, port: port as number })));
  return ports.every(({ protocol, port }) => ['HTTP', 'HTTPS'].includes(protocol) && isPort(port)) ? ports : undefined;
}

/** `listen-ports` as the controller reads it. */
export function writeListenPorts(ports: ListenPort[]): string {
  return `[${ports.map(({ protocol, port }) => `{"${protocol}":${Tokenization.stringifyNumber(port)}}`).join(',')}]`;
}

/**
 * The listeners that the controller makes of annotations, or undefined where that is not known.
 *
 * Without `listen-ports` it is one: HTTPS where a certificate is named, HTTP otherwise.
 */
export function listenersOf(annotations: Annotations, certificateOfClass = false): ListenPort[] | undefined {
  const text = annotations[albAnnotation('listen-ports')];
  if (text !== undefined) {
    return Token.isUnresolved(text) ? undefined : parseListenPorts(text);
  }
  const certificate = certificateOfClass || annotations[albAnnotation('certificate-arn')] !== undefined;
  return [certificate ? { protocol: 'HTTPS', port: 443 } : { protocol: 'HTTP', port: 80 }];
}

/** The value of a text, or undefined where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Token.isUnresolved(value);
}

export function isPort(value: unknown): boolean {
  return Token.isUnresolved(value) || (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535);
}

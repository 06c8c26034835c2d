import { FIXED_RESPONSE, LISTEN_PORTS, list, literal, regex, SAFE_PATTERN } from './cel';
import { ALB_PREFIX, OTHER_CLASSES, type RuleParameters } from './ingress-rules';

/** The CEL variable of a name: that of the Ingress as sent, or that of the Ingress before an update. */
type Variable = (name: string) => string;

/** An expression in CEL about an Ingress, which is `root` itself. */
type Expression = (variable: Variable, root: string) => string;

/** A rule of `INGRESS_RULES` in CEL. */
interface AdmissionRule {
  /** What breaks the rule: a list of lists of strings, each of which starts with a field. */
  readonly found: Expression;
  /** What to do. */
  readonly fix: string;
}

/** The value of an annotation of the load balancer controller, or '' without it. */
function annotation(variable: Variable, name: string): string {
  return `${variable('annotations')}[?'${ALB_PREFIX}${name}'].orValue('')`;
}

/** Whether an annotation has a value: nothing but commas and spaces does not count. */
function isGiven(variable: Variable, name: string): string {
  return `${annotation(variable, name)}.matches(${regex(/[^,\s]/)})`;
}

/** A finding about an annotation, if a condition holds. */
function when(condition: string, name: string, what: string): string {
  return `(${condition} ? [${literal(`metadata.annotations[${ALB_PREFIX}${name}] ${what}`)}] : [])`;
}

/** The start of a text from an Ingress: a message has no room for more. */
function show(value: string): string {
  return `'\`' + (${value}.size() > 80 ? ${value}.substring(0, 80) + '...' : ${value}) + '\`'`;
}

/** The first values of a list, for a message. */
function some(values: string[]): string {
  return values.length > 5 ? `${values.slice(0, 5).join(', ')} and ${values.length - 5} more` : values.join(', ');
}

/** Variables that several rules read. */
export const COMMON_VARIABLES: { readonly [name: string]: Expression } = {
  annotations: (_, root) => `${root}.metadata.?annotations.orValue({})`,
  rules: (_, root) => `${root}.spec.?rules.orValue([])`,
  hosts: (variable, root) => `${variable('rules')}.map(r, r.?host.orValue('')) + (has(${root}.spec.defaultBackend) ? [''] : [])`, // '' is every host
  classes: (variable, root) => `[string(${root}.spec.?ingressClassName.orValue('')),`
    + ` string(${variable('annotations')}[?'kubernetes.io/ingress.class'].orValue(''))].filter(c, c != '')`,
  // The load balancer controller's class is alb, or any name if its annotations are used.
  albClasses: variable => `${variable('annotations')}.exists(a, a.startsWith('${ALB_PREFIX}'))`
    + ` ? (${variable('classes')}.size() == 0 ? [''] : ${variable('classes')}.filter(c, !(c in ${list(OTHER_CLASSES)})))`
    + ` : ${variable('classes')}.filter(c, c == 'alb')`,
  alb: variable => `${variable('albClasses')}.size() > 0`,
  other: variable => `${variable('albClasses')}.size() < ${variable('classes')}.size()`
    + ` || (${variable('classes')}.size() == 0 && ${variable('albClasses')}.size() == 0)`,
  listenPorts: variable => annotation(variable, 'listen-ports'),
  ports: variable => `${variable('listenPorts')}.findAll('[0-9]+')`,
  readable: variable => `!('${ALB_PREFIX}listen-ports' in ${variable('annotations')}) || (${variable('listenPorts')}.matches(${regex(LISTEN_PORTS)})`
    + ` && ${variable('ports')}.all(p, int(p) < 65536 && ${variable('ports')}.filter(q, q == p).size() == 1))`,
  // Without listen-ports, the controller listens on HTTPS if a certificate is named, and on HTTP if not.
  https: variable => `${isGiven(variable, 'listen-ports')}`
    + ` ? ${variable('listenPorts')}.findAll(${regex(/"HTTPS"\s*:\s*[0-9]+/)}).map(l, l.find('[0-9]+'))`
    + ` : (${isGiven(variable, 'certificate-arn')} ? ['443'] : [])`,
  http: variable => `${isGiven(variable, 'listen-ports')} ? ${variable('listenPorts')}.contains('"HTTP"') : !(${isGiven(variable, 'certificate-arn')})`,
  servesHttp: variable => `${variable('http')} && !(${annotation(variable, 'ssl-redirect')}.trim() in ${variable('https')})`,
};

/** The rules in CEL, by their ids. A rule for which the parameters leave nothing to find is left out. */
export function admissionRules(parameters: RuleParameters): { readonly [id: string]: AdmissionRule } {
  const domains = parameters.allowedDomains.map(domain => domain.replace(/^\*\./, '').toLowerCase());
  return {
    'malformed': {
      found: variable => `[${when(`!${variable('readable')}`, 'listen-ports', 'cannot be read')}]`,
      fix: 'write a list such as [{"HTTP":80},{"HTTPS":443}], each port once',
    },
    'tls-required': {
      found: (variable, root) => `!(${root}.metadata.namespace in ${list(parameters.productionNamespaces)}) ? [] : [${[
        when(`${variable('alb')} && ${variable('https')}.size() == 0`, 'listen-ports', 'makes no HTTPS listener'),
        when(`${variable('alb')} && ${variable('https')}.size() > 0 && !(${isGiven(variable, 'certificate-arn')}) && ${variable('hosts')}.all(h, h == '')`
          + ` && ${root}.spec.?tls.orValue([]).all(t, t.?hosts.orValue([]).all(h, h == ''))`,
        'certificate-arn', 'is missing, and there is no host to find a certificate for'),
        when(`${variable('alb')} && ${variable('https')}.size() > 0 && ${variable('servesHttp')}`, 'ssl-redirect',
          'does not redirect HTTP to an HTTPS listener'),
        `(!${variable('other')} ? [] : ${variable('hosts')}.filter(h, !${root}.spec.?tls.orValue([]).exists(t, ${covers('t', 'h')}))`
          + `.map(h, 'spec.tls has no entry for ' + ${showHost('h')}))`,
      ].join(', ')}]`,
      fix: 'in a production namespace, listen on HTTPS with a certificate and redirect HTTP to it; for other controllers, list each host in spec.tls',
    },
    'ingress-class': {
      found: variable => `[${variable('classes')}.size() == 0 ? ['spec.ingressClassName is missing'] : ${variable('classes')}`
        + `.filter(c, !(c in ${list(parameters.ingressClasses)})).map(c, 'spec.ingressClassName, or its annotation, is ' + ${show('c')})]`,
      fix: `name an approved class: ${some(parameters.ingressClasses)}`,
    },
    ...domains.length > 0 && {
      'host-domain': {
        found: variable => `[${variable('hosts')}.filter(h, !${list(domains)}.exists(d, h == d || h == '*.' + d || h.endsWith('.' + d)))`
          + `.map(h, 'spec.rules serves ' + ${showHost('h')})]`,
        fix: `use hosts in ${some(domains)}, in each rule`,
      },
    },
    'waf-required': {
      found: variable => `[${when(`${variable('alb')} && ${annotation(variable, 'scheme')} == 'internet-facing'`
        + ` && !${annotation(variable, 'wafv2-acl-arn')}.matches(${regex(/^arn:[^:]+:wafv2:[^:]*:[^:]*:regional\/webacl\/./)})`
        + ` && !(${isGiven(variable, 'wafv2-acl-name')} && ${annotation(variable, 'wafv2-acl-name')} != 'none')`,
      'wafv2-acl-arn', 'names no regional web ACL, and the load balancer is internet-facing')}]`,
      fix: 'name one of AWS WAF (not Classic, not CloudFront\'s), or make the scheme internal',
    },
    ...parameters.sensitivePaths.length > 0 && {
      'sensitive-path': {
        found: variable => `${variable('rules')}.map(r, r.?http.?paths.orValue([])`
          + `.filter(p, ${exposes('p.?path.orValue(\'\')', parameters.sensitivePaths)} && !(${blocks(variable, 'p')}))`
          + `.map(p, 'spec.rules[].http.paths[].path is ' + ${show('p.?path.orValue(\'\')')} + ' of ' + ${showHost('r.?host.orValue(\'\')')}))`,
        fix: `serve nothing at or below ${some(parameters.sensitivePaths)}, or have the load balancer answer it with a fixed 403`,
      },
    },
    'auth-bypass': {
      found: variable => `!${variable('alb')} ? [] : [${[
        when(`(${annotation(variable, 'auth-type')} in ['oidc', 'cognito'] || ${isGiven(variable, 'jwt-validation')}) && ${variable('servesHttp')}`,
          'ssl-redirect', 'does not redirect HTTP to an HTTPS listener, so HTTP is served without authentication'),
        when(`${annotation(variable, 'auth-type')} in ['oidc', 'cognito'] && ${annotation(variable, 'auth-on-unauthenticated-request')} == 'allow'`,
          'auth-on-unauthenticated-request', 'is allow, which lets unauthenticated requests in'),
      ].join(', ')}]`,
      fix: 'redirect HTTP to an HTTPS listener, or do not listen on HTTP; set auth-on-unauthenticated-request to authenticate or deny',
    },
    'target-type-ip': {
      found: variable => `[${when(`${variable('alb')} && ${annotation(variable, 'target-type')} != 'ip'`, 'target-type', 'is not ip')}]`,
      fix: 'write ip: the load balancer then sends requests to pods directly, not through another node',
    },
    'health-check': {
      found: variable => `[${when(`${variable('alb')} && !(${isGiven(variable, 'healthcheck-path')})`, 'healthcheck-path', 'is missing, so health checks request /')}]`,
      fix: 'name a path that shows whether a pod can serve requests',
    },
    'ssl-policy': {
      found: variable => `[${when(`${variable('alb')} && ${variable('https')}.size() > 0`
        + ` && !${annotation(variable, 'ssl-policy')}.matches(${regex(/^ELBSecurityPolicy-TLS13-1-[23]-/)})`, 'ssl-policy', 'is not a policy for TLS 1.3 and 1.2 only')}]`,
      fix: 'write one such as ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    },
    ...parameters.requiredTags.length > 0 && {
      tags: {
        found: variable => `!${variable('alb')} ? [] : [${list(parameters.requiredTags)}.filter(k, !${annotation(variable, 'tags')}.split(',')`
          + '.exists(t, t.split(\'=\').size() == 2 && t.split(\'=\')[0].trim() == k && t.split(\'=\')[1].trim() != \'\'))'
          + `.map(k, ${literal(`metadata.annotations[${ALB_PREFIX}tags] has no value for `)} + k)]`,
        fix: `tag with ${some(parameters.requiredTags)}: key=value, with commas between`,
      },
    },
  };
}

function showHost(host: string): string {
  return `(${host} == '' ? 'every host' : ${show(host)})`;
}

/** Whether an entry of spec.tls covers a host. An entry without hosts covers every host; `*.` stands for one label. */
function covers(entry: string, host: string): string {
  return `${entry}.?hosts.orValue([]).size() == 0 || ${host} in ${entry}.hosts`
    + ` || (${host}.contains('.') && ('*' + ${host}.substring(${host}.indexOf('.'))) in ${entry}.hosts)`;
}

/**
 * Whether a path serves a sensitive one.
 *
 * A path may hold wildcards or be a regular expression. One that matches every path is treated like /. A regular expression that
 * may not compile counts as serving each sensitive path whose name it contains.
 */
function exposes(path: string, sensitivePaths: string[]): string {
  const sensitive = sensitivePaths.map(it => it.toLowerCase().replace(/\/+$/, ''));
  const examples = sensitive.flatMap(it => [it, `${it}/`, `${it}/0`]);
  const quoted = [...'\\.+()[]{}|^$'].reduce((text, sign) => `${text}.replace(${literal(sign)}, ${literal(`\\${sign}`)})`, 't');
  const wildcards = `'^' + ${quoted}.replace('*', '.*').replace('?', '.') + '$'`;
  const exposedBy = (patterns: string) => `${patterns}.exists(w, !'/0-every-path/0'.matches(w) && ${list(examples)}.exists(e, e.matches(w)))`;
  return `[${path}.lowerAscii()].exists(t, ${list(sensitive)}.exists(s, t == s || t.startsWith(s + '/'))`
    + ` || (t.matches(${regex(/[^-a-z0-9/_~%]/)}) && (t.matches(${regex(SAFE_PATTERN)}) ? ${exposedBy(`[${wildcards}, '^' + t]`)}`
    + ` : (${exposedBy(`[${wildcards}]`)} || ${list(sensitive.map(it => it.slice(1)))}.exists(s, t.contains(s))))))`;
}

/** Whether the load balancer itself answers a path, with a refusal. */
function blocks(variable: Variable, path: string): string {
  return `!${variable('other')} && ${path}.?backend.?service.?port.?name.orValue('') == 'use-annotation'`
    + ` && ${variable('annotations')}[?'${ALB_PREFIX}actions.' + ${path}.backend.service.name].orValue('').matches(${regex(FIXED_RESPONSE)})`;
}

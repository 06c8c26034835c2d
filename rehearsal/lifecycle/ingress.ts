import type { Listener, LoadBalancer, TargetGroup } from '../aws/load-balancers';

const PREFIX = 'alb.ingress.kubernetes.io/';

/** The properties of target groups that annotations set. */
const HEALTH: { [suffix: string]: keyof TargetGroup } = {
  'target-type': 'type',
  'backend-protocol-version': 'version',
  'healthcheck-path': 'path',
  'healthcheck-interval-seconds': 'interval',
  'healthcheck-timeout-seconds': 'timeout',
  'healthy-threshold-count': 'healthy',
  'unhealthy-threshold-count': 'unhealthy',
  'success-codes': 'codes',
};

/** What an Ingress asks for and a load balancer lacks; nothing where it has all. */
export function shortOf(ingress: any, balancer: LoadBalancer): string[] {
  const annotations: { [name: string]: string } = ingress.metadata.annotations ?? {};
  const asked = (suffix: string): string | undefined => annotations[`${PREFIX}${suffix}`];
  const problems: string[] = [];
  const compare = (what: string, expected: string | undefined, found: unknown) => {
    if (expected !== undefined && String(found) !== expected) {
      problems.push(`${what} is ${found}, not ${expected}`);
    }
  };
  const contain = (what: string, expected: string | undefined, found: { readonly [key: string]: string }) =>
    Object.entries(mapOf(expected)).forEach(([key, value]) => compare(`${what} ${key}`, value, found[key]));

  compare('the scheme', asked('scheme'), balancer.scheme);
  compare('the web ACL', asked('wafv2-acl-arn') === 'none' ? 'null' : asked('wafv2-acl-arn'), balancer.webAcl);
  if (balancer.opened.length === 0) {
    problems.push('no security group lets it in to the pods');
  }
  contain('attribute', asked('load-balancer-attributes'), balancer.attributes);
  contain('tag', asked('tags'), balancer.tags);
  for (const { protocol, port } of portsOf(asked('listen-ports'))) {
    const listener = balancer.listeners.find(it => it.port === port && it.protocol === protocol);
    if (!listener) {
      problems.push(`there is no ${protocol} listener on port ${port}`);
      continue;
    }
    if (protocol === 'HTTPS') {
      compare(`the TLS policy of port ${port}`, asked('ssl-policy'), listener.policy);
      compare(`the certificate of port ${port}`, asked('certificate-arn')?.split(',')[0], listener.certificates[0]);
    }
    const redirect = asked('ssl-redirect');
    if (protocol === 'HTTP' && redirect !== undefined) {
      const found = listener.redirects.map(it => `${it.Protocol} ${it.Port} ${it.StatusCode}`).join(', ') || 'none';
      compare(`the redirect of port ${port}`, `HTTPS ${redirect} HTTP_301`, found);
      continue;
    }
    problems.push(...missingRules(ingress, listener));
  }
  for (const group of balancer.targetGroups) {
    Object.entries(HEALTH).forEach(([suffix, property]) => compare(`${suffix} of ${group.name}`, asked(suffix), group[property]));
    contain(`attribute of ${group.name}`, asked('target-group-attributes'), group.attributes);
    contain(`tag of ${group.name}`, asked('tags'), group.tags);
  }
  return problems;
}

/** Each path of the Ingress has a rule that forwards. */
function missingRules(ingress: any, listener: Listener): string[] {
  return (ingress.spec.rules ?? []).flatMap(({ host, http }: any) => http.paths.map(({ path }: any) => ({ host, path })))
    .filter(({ host, path }: any) => !listener.rules.some(rule =>
      (host === undefined || rule.hosts.includes(host)) && rule.paths.includes(path === '/' ? '/*' : path) && rule.actions.includes('forward')))
    .map(({ host, path }: any) => `port ${listener.port} has no rule for ${host ?? ''}${path}`);
}

/** What `listen-ports` says. */
export function portsOf(annotation: string | undefined): { protocol: string; port: number }[] {
  const entries: { [protocol: string]: number }[] = annotation === undefined ? [] : JSON.parse(annotation);
  return entries.flatMap(entry => Object.entries(entry)).map(([protocol, port]) => ({ protocol, port }));
}

function mapOf(annotation: string | undefined): { [key: string]: string } {
  return Object.fromEntries((annotation ?? '').split(/(?<!\\),/).filter(entry => entry !== '')
    .map(entry => [entry.slice(0, entry.indexOf('=')).trim(), entry.slice(entry.indexOf('=') + 1).trim().replace(/\\,/g, ',')]));
}

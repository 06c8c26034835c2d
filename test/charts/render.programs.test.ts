import { CASES, valuesOf } from './cases';
import { helmTemplate, removeHelm, type Rendered } from './helm';
import { describeWithCharts, type ChartName } from '../support/charts';

const NAMESPACES = { 'cilium': 'kube-system', 'aws-load-balancer-controller': 'kube-system', 'external-dns': 'external-dns' };

/** A number from a million up as Helm prints it, with its digits lost. What looks like it inside a certificate has no such neighbour. */
const ROUNDED = /[\s"'=:,]\d+(\.\d+)?e\+\d+/;

const done = new Map<string, Rendered>();
const render = (chart: ChartName, name = 'on its own'): Rendered => {
  const key = `${chart} ${name}`;
  const rendered = done.get(key) ?? helmTemplate(chart, NAMESPACES[chart], valuesOf(chart, name));
  done.set(key, rendered);
  return rendered;
};
const find = ({ objects }: Rendered, kind: string, name: string) => {
  const found = objects.filter(object => object.kind === kind && object.metadata.name === name);
  expect(found).toHaveLength(1);
  return found[0];
};
const pod = (rendered: Rendered, kind: string, name: string) => find(rendered, kind, name).spec.template;
const environment = (container: any) => Object.fromEntries((container.env ?? []).map((it: any) => [it.name, it.value]));

describeWithCharts('charts rendered by the helm of the kubectl layer', () => {
  afterAll(removeHelm);

  describe.each(Object.keys(CASES) as ChartName[])('%s', chart => {
    test.each(Object.keys(CASES[chart]))('renders with %s', name => {
      const { text, objects } = render(chart, name);
      expect(objects.length).toBeGreaterThan(0);
      expect(objects.filter(object => !object.kind || !object.metadata.name)).toEqual([]);
      expect(text).not.toMatch(ROUNDED);
      expect(text).not.toMatch(/<no value>|%!|<token>/);
      expect(text).not.toContain('helm.sh/hook'); // Helm waits for hooks even where it waits for nothing else
    });
  });

  describe('cilium', () => {
    const config = (name?: string) => find(render('cilium', name), 'ConfigMap', 'cilium-config').data;

    test('takes pod addresses from network interfaces, routes natively and masquerades nothing', () => {
      expect(config()).toMatchObject({
        'cluster-name': 'shop',
        'ipam': 'eni',
        'routing-mode': 'native',
        'enable-endpoint-routes': 'true',
        'auto-create-cilium-node-resource': 'true',
        'enable-ipv4-masquerade': 'false',
        'aws-release-excess-ips': 'true',
      });
      expect(config()).not.toHaveProperty('egress-masquerade-interfaces');
      expect(config()).not.toHaveProperty('aws-enable-prefix-delegation');
      expect(config()).not.toHaveProperty('eni-subnet-tags');
    });

    test('marks its network interfaces and collects those with both marks', () => {
      const tags = { 'io.cilium/cilium-managed': 'true', 'io.cilium/cluster-name': 'shop' };
      expect(JSON.parse(config()['eni-tags'])).toEqual(tags);
      expect(JSON.parse(config()['eni-gc-tags'])).toEqual(tags);
      expect(config()['eni-gc-interval']).toBe('5m');
    });

    test('replaces kube-proxy and redirects to local pods', () => {
      expect(config()).toMatchObject({
        'kube-proxy-replacement': 'true',
        'kube-proxy-replacement-healthz-bind-address': '0.0.0.0:10256',
        'enable-local-redirect-policy': 'true',
      });
    });

    test('encrypts between nodes with WireGuard', () => {
      expect(config()['enable-wireguard']).toBe('true');
      expect(config()).not.toHaveProperty('encrypt-node');
      expect(config('encryption of nodes')).toMatchObject({ 'enable-wireguard': 'true', 'encrypt-node': 'true' });
      expect(config('no encryption')).not.toHaveProperty('enable-wireguard');
    });

    test('exports the seven metrics, in the format that has exemplars', () => {
      const data = config();
      const metrics: string[] = data['hubble-metrics'].trim().split(/\s+/);
      expect(metrics.map(metric => metric.split(':')[0]).sort()).toEqual(['dns', 'drop', 'flow', 'httpV2', 'icmp', 'port-distribution', 'tcp']);
      expect(metrics.find(metric => metric.startsWith('httpV2'))).toContain('exemplars=true');
      expect(data).toMatchObject({ 'enable-hubble': 'true', 'enable-hubble-open-metrics': 'true', 'hubble-metrics-server': ':9965' });
      expect(config('metrics of choice')['hubble-metrics'].trim().split(/\s+/)).toEqual(['dns:query;ignoreAAAA', 'sctp']);
    });

    test('reaches the API server without its Service', () => {
      const rendered = render('cilium');
      const containers = [pod(rendered, 'DaemonSet', 'cilium'), pod(rendered, 'DaemonSet', 'cilium-envoy'), pod(rendered, 'Deployment', 'cilium-operator')]
        .flatMap(({ spec }) => spec.containers);
      expect(containers.map(environment)).toEqual(containers.map(() => expect.objectContaining({
        KUBERNETES_SERVICE_HOST: '0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com',
        KUBERNETES_SERVICE_PORT: '443',
      })));
    });

    test('gives the role to the operator alone', () => {
      const rendered = render('cilium');
      const withRole = rendered.objects.filter(object => object.metadata.annotations?.['eks.amazonaws.com/role-arn']);
      expect(withRole.map(object => `${object.kind} ${object.metadata.namespace}/${object.metadata.name}`))
        .toEqual(['ServiceAccount kube-system/cilium-operator']);
      expect(pod(rendered, 'Deployment', 'cilium-operator').spec.serviceAccountName).toBe('cilium-operator');
      expect(pod(rendered, 'DaemonSet', 'cilium').spec.serviceAccountName).toBe('cilium');
      expect(render('cilium', 'Pod Identity').text).not.toContain('role-arn');
    });

    test.each([
      ['DaemonSet', 'cilium'], ['DaemonSet', 'cilium-envoy'], ['Deployment', 'cilium-operator'],
      ['Deployment', 'hubble-relay'], ['Deployment', 'hubble-ui'],
    ])('rolls the pods of %s %s when its configuration changes', (kind, name) => {
      expect(Object.keys(pod(render('cilium'), kind, name).metadata.annotations)).toContainEqual(expect.stringMatching(/configmap-checksum$/));
    });

    test.each([['one operator', 1], ['on its own', 2]])('runs operators as asked with %s', (name, replicas) => {
      expect(find(render('cilium', name), 'Deployment', 'cilium-operator').spec.replicas).toBe(replicas);
    });

    test.each([
      ['masquerading', { 'enable-ipv4-masquerade': 'true', 'egress-masquerade-interfaces': 'eth0,ens+' }],
      ['prefix delegation', { 'aws-enable-prefix-delegation': 'true' }],
      ['subnets for pods', { 'eni-subnet-tags': 'example.com/pods=true,team=shop' }],
      ['the ingress controller', { 'enable-ingress-controller': 'true' }],
      ['the Gateway API', { 'enable-gateway-api': 'true' }],
      ['mutual authentication', { 'mesh-auth-enabled': 'true', 'mesh-auth-mutual-enabled': 'true' }],
      ['Hubble without TLS', { 'hubble-disable-tls': 'true' }],
    ])('configures the agents with %s', (name, expected) => {
      expect(config(name)).toMatchObject(expected);
    });

    test('serves Ingresses of the class cilium, and is not the default class', () => {
      const ingressClass = find(render('cilium', 'the ingress controller'), 'IngressClass', 'cilium');
      expect(ingressClass.spec.controller).toBe('cilium.io/ingress-controller');
      expect(ingressClass.metadata.annotations).toBeUndefined();
    });

    test('keeps the identities of mutual authentication without a volume claim', () => {
      const server = find(render('cilium', 'mutual authentication'), 'StatefulSet', 'spire-server');
      expect(server.spec).not.toHaveProperty('volumeClaimTemplates');
    });

    test.each([['on its own', true], ['no Hubble UI', false]])('has the interface of Hubble or not with %s', (name, there) => {
      const names = render('cilium', name).objects.filter(object => object.kind === 'Deployment').map(object => object.metadata.name);
      expect(names.includes('hubble-ui')).toBe(there);
      expect(names).toContain('hubble-relay');
    });

    test.each([['on its own', ['CronJob']], ['certificates by Helm', []], ['Hubble without TLS', []]])('makes certificates as asked with %s', (name, kinds) => {
      const { objects } = render('cilium', name);
      expect(objects.map(object => object.kind).filter(kind => kind === 'CronJob')).toEqual(kinds);
      expect(objects.some(object => object.metadata.name === 'hubble-server-certs')).toBe(name === 'certificates by Helm');
    });
  });

  describe('aws-load-balancer-controller', () => {
    const LBC = 'aws-load-balancer-controller';
    const args = (name?: string): string[] => pod(render(LBC, name), 'Deployment', LBC).spec.containers[0].args;
    const webhooks = (name?: string): any[] => render(LBC, name).objects.flatMap(object => object.webhooks ?? []);

    test('gives the controller everything that it would otherwise ask the instance metadata for', () => {
      expect(args()).toEqual(expect.arrayContaining(['--cluster-name=shop', '--aws-region=eu-central-1', '--aws-vpc-id=vpc-0123456789abcdef0']));
    });

    test('has safe defaults for load balancers', () => {
      expect(args()).toEqual(expect.arrayContaining([
        '--ingress-class=alb',
        '--default-target-type=ip',
        '--default-load-balancer-scheme=internal',
        '--default-ssl-policy=ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
        '--feature-gates=ALBGatewayAPI=false,GatewayListenerSet=false,NLBGatewayAPI=false',
      ]));
      expect(args().filter(arg => arg.startsWith('--default-tags'))).toEqual([]);
    });

    test('hands on tags and gates whole', () => {
      expect(args('default tags')).toContain('--default-tags=cost center=a+b=c:d/e@f,team=shop');
      const gates = args('every gate on').find(arg => arg.startsWith('--feature-gates='))!.split(',');
      expect(gates).toHaveLength(23);
      expect(gates.every(gate => gate.endsWith('=true'))).toBe(true);
    });

    test('lets Services pass while no controller runs, and makes load balancers of them', () => {
      const services = webhooks().filter(webhook => webhook.rules.some((rule: any) => rule.resources.includes('services')));
      expect(services).toEqual([expect.objectContaining({ name: 'mservice.elbv2.k8s.aws', failurePolicy: 'Ignore' })]);
      expect(services[0].rules[0].operations).toEqual(['CREATE']);
    });

    test('has webhooks that can be called: at its own service, with its certificate', () => {
      const rendered = render(LBC);
      const { spec } = find(rendered, 'Service', 'aws-load-balancer-webhook-service');
      const { ports } = pod(rendered, 'Deployment', LBC).spec.containers[0];
      const certificate = find(rendered, 'Secret', 'aws-load-balancer-tls').data['ca.crt'];
      expect(ports).toContainEqual(expect.objectContaining({ name: spec.ports[0].targetPort, containerPort: 9443 }));
      expect(webhooks().length).toBeGreaterThan(5);
      expect(webhooks().map(webhook => webhook.clientConfig)).toEqual(webhooks().map(() => ({
        caBundle: certificate,
        service: expect.objectContaining({ name: 'aws-load-balancer-webhook-service', namespace: 'kube-system' }),
      })));
    });

    test('blocks no pods but those that ask for it', () => {
      const strict = webhooks().filter(webhook => webhook.failurePolicy === 'Fail' && webhook.rules[0].resources.includes('pods'));
      const asked = strict.map(({ namespaceSelector, objectSelector }) => [...namespaceSelector.matchExpressions, ...objectSelector.matchExpressions]
        .some((expression: any) => expression.operator === 'In'));
      expect(asked).toEqual(strict.map(() => true));
    });

    test('has the class alb, with parameters of that name, as no default', () => {
      const ingressClass = find(render(LBC), 'IngressClass', 'alb');
      expect(ingressClass.spec.controller).toBe('ingress.k8s.aws/alb');
      expect(ingressClass.metadata.annotations).toBeUndefined();
      expect(find(render(LBC), 'IngressClassParams', 'alb')).toBeDefined();
    });

    test('keeps one controller through disruptions, where there are two', () => {
      expect(find(render(LBC), 'PodDisruptionBudget', LBC).spec.maxUnavailable).toBe(1);
      expect(render(LBC, 'one controller').objects.filter(object => object.kind === 'PodDisruptionBudget')).toEqual([]);
    });
  });

  describe('external-dns', () => {
    const container = (name?: string) => pod(render('external-dns', name), 'Deployment', 'external-dns').spec.containers[0];

    test('writes to the given zones only, under its own name', () => {
      expect(container().args).toEqual(expect.arrayContaining([
        '--provider=aws', '--source=service', '--source=ingress', '--policy=sync', '--registry=txt', '--txt-owner-id=shop',
        '--txt-prefix=edns-%{record_type}.', '--domain-filter=example.com', '--domain-filter=example.org',
        '--zone-id-filter=Z0123456789ABCDEFGHIJ', '--zone-id-filter=Z9876543210', '--txt-wildcard-replacement=wildcard',
        '--annotation-prefix=external-dns.alpha.kubernetes.io/', '--service-type-filter=LoadBalancer', '--aws-zones-cache-duration=1h', '--events',
      ]));
      expect(environment(container())).toEqual({ AWS_REGION: 'eu-central-1' });
    });

    test.each([['on its own', ['A', 'AAAA', 'CNAME']], ['record types of choice', ['CNAME', 'MX']]])('manages record types with %s', (name, types) => {
      const managed = container(name).args.filter((arg: string) => arg.startsWith('--managed-record-types='));
      expect(managed).toEqual(types.map(type => `--managed-record-types=${type}`));
    });

    test('never runs twice at once', () => {
      expect(find(render('external-dns'), 'Deployment', 'external-dns').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    });
  });

  test.each([['aws-load-balancer-controller', 'kube-system'], ['external-dns', 'external-dns']] as const)(
    '%s makes the service account of its role itself', (chart, namespace) => {
      const { metadata } = find(render(chart), 'ServiceAccount', chart);
      expect(metadata.namespace).toBe(namespace);
      expect(metadata.annotations).toEqual({ 'eks.amazonaws.com/role-arn': expect.stringMatching(/^arn:/) });
      expect(pod(render(chart), 'Deployment', chart).spec.serviceAccountName).toBe(chart);
      expect(render(chart, 'Pod Identity').text).not.toContain('role-arn');
    });
});

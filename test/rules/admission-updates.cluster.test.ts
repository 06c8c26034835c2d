import { admissionObjects, create, enforce, ingress, verdict } from './admission';
import { ApiServer, describeWithApiServer } from './api-server';
import * as eksplatform from '../../src';
import { certificateFixture, controllerFixture, WEB_ACL } from '../ingress/fixture';
import { kubernetesObjects } from '../support/read';

const ALB = 'alb.ingress.kubernetes.io/';
const INGRESSES = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';
const backend = { service: { name: 'web', port: { number: 80 } } };
const rules = (...paths: string[]) => [{ host: 'shop.example.com', http: { paths: paths.map(path => ({ path, pathType: 'Prefix', backend })) } }];

describeWithApiServer('on a real API server', () => {
  let server: ApiServer;
  let remove: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    server = await ApiServer.start();
    for (const object of [ // created before there is a policy
      ingress({ name: 'old', rules: rules('/admin', '/metrics') }),
      { ...ingress({ name: 'leaving', rules: rules('/admin') }), metadata: { name: 'leaving', finalizers: ['ingress.k8s.aws/resources'] } },
    ]) {
      expect((await server.request('POST', INGRESSES, object)).status).toBe(201);
    }
    await server.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'watched' } });
    await server.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'production' } });
  });
  afterEach(() => {
    const undo = remove;
    remove = undefined;
    return undo?.();
  });
  afterAll(() => server?.stop());

  const change = (name: string, patch: object, subresource = '') =>
    server.request('PATCH', `${INGRESSES}/${name}${subresource}`, patch, 'application/merge-patch+json');

  describe('an Ingress that broke a rule before', () => {
    beforeEach(async () => {
      remove = await enforce(server, { policyName: 'updates' });
    });

    test('can be changed where it breaks no rule', async () => {
      expect(await change('old', { metadata: { annotations: { team: 'shop' } }, spec: { rules: rules('/admin', '/metrics', '/cart') } }))
        .toMatchObject({ status: 200, warnings: [] });
    });

    test('can be made better, bit by bit', async () => {
      expect((await change('old', { spec: { rules: rules('/metrics') } })).status).toBe(200);
    });

    test('cannot break the rule in another place', async () => {
      expect(verdict(await change('old', { spec: { rules: rules('/metrics', '/debug') } }))).toEqual(['sensitive-path']);
    });

    test('cannot break another rule', async () => {
      expect(verdict(await change('old', { spec: { ingressClassName: 'traefik' } }))).toEqual(['ingress-class']);
    });

    test('gets its status, labels and finalizers from controllers', async () => {
      const status = await change('old', { status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } } }, '/status');

      expect(status).toMatchObject({ status: 200, body: { status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } } } });
      expect((await change('old', { metadata: { labels: { a: 'b' }, finalizers: ['ingress.k8s.aws/resources'] } })).status).toBe(200);
      expect((await change('old', { metadata: { finalizers: null } })).status).toBe(200);
    });

    test('can be deleted, and loses its finalizer then', async () => {
      expect((await server.request('DELETE', `${INGRESSES}/leaving`)).body.metadata.deletionTimestamp).toBeDefined();
      expect((await change('leaving', { metadata: { annotations: { [`${ALB}scheme`]: 'internet-facing' } } })).status).toBe(200);

      expect((await change('leaving', { metadata: { finalizers: null } })).status).toBe(200);

      expect((await server.request('GET', `${INGRESSES}/leaving`)).status).toBe(404);
    });
  });

  test('kubectl apply and server-side apply are judged alike', async () => {
    remove = await enforce(server, { policyName: 'apply' });
    const apply = (object: object, args: string[]) => server.kubectl(['apply', '-f', '-', ...args], object);

    for (const [name, ...args] of [['by-client'], ['by-server', '--server-side', '--field-manager=team']]) {
      await expect(apply(ingress({ name, ingressClassName: 'traefik' }), args)).rejects.toThrow(
        `Ingress default/${name}: [ingress-class] spec.ingressClassName, or its annotation, is \`traefik\`; name an approved class: alb, nginx, cilium.`);
      expect(await apply(ingress({ name }), args)).toMatch(new RegExp(`^ingress.networking.k8s.io/${name} (created|serverside-applied)$`, 'm'));
      await expect(apply(ingress({ name, rules: rules('/admin') }), args)).rejects.toThrow('[sensitive-path]');
    }
  });

  test('accepts what the constructs make, without a warning', async () => {
    remove = await enforce(server, { policyName: 'ours', allowedDomains: ['example.com'] });
    const made = patterns();
    const answers = await Promise.all(made.map(object => create(server, object)));

    expect(made).toHaveLength(5);
    expect(answers.map(({ status, warnings }) => ({ status, warnings }))).toEqual(made.map(() => ({ status: 201, warnings: [] })));
  });

  test('only warns with the action WARN', async () => {
    remove = await enforce(server, { policyName: 'warns', action: eksplatform.IngressAdmissionAction.WARN });
    const answer = await create(server, ingress({ annotations: { [`${ALB}scheme`]: 'internet-facing' }, ingressClassName: 'alb', rules: rules('/admin') }));

    expect(answer.status).toBe(201);
    expect(verdict(answer)).toEqual(['health-check', 'sensitive-path', 'tags', 'target-type-ip', 'waf-required']);
  });

  test('writes to the audit log alone with the action AUDIT', async () => {
    remove = await enforce(server, { policyName: 'audits', action: eksplatform.IngressAdmissionAction.AUDIT });
    const bad = ingress({ rules: rules('/admin') });
    const audited = async () => (await server.kubectl(['get', '--raw', '/metrics'])).split('\n')
      .some(line => line.startsWith('apiserver_validating_admission_policy_check_total{') && line.includes('enforcement_action="audit"') && line.includes('audits-required'));

    const answers = [];
    for (const end = Date.now() + 30_000; !await audited() && Date.now() < end;) {
      answers.push(await create(server, bad));
    }

    expect(await audited()).toBe(true);
    expect(answers.map(({ status, warnings }) => ({ status, warnings }))).toEqual(answers.map(() => ({ status: 201, warnings: [] })));
  });

  test('judges Ingresses of the named namespaces only', async () => {
    remove = await enforce(server, { policyName: 'somewhere', namespaces: ['watched'] });

    expect(verdict(await create(server, ingress({ namespace: 'watched', rules: rules('/admin') })))).toEqual(['sensitive-path']);
    expect(verdict(await create(server, ingress({ rules: rules('/admin') })))).toEqual([]);
  });

  test('leaves the namespaces of Kubernetes itself alone', async () => {
    remove = await enforce(server, { policyName: 'elsewhere' });

    expect(verdict(await create(server, ingress({ namespace: 'kube-system', rules: rules('/admin') })))).toEqual([]);
  });

  test('uses parameters with quotes and backslashes as they are', async () => {
    const [quotes, backslash] = ['/it\'s-"odd"', '/back\\slash\\d'];
    remove = await enforce(server, { policyName: 'quotes', sensitivePaths: [quotes, backslash] });
    const broken = async (path: string) => verdict(await create(server, ingress({ rules: rules(path) })));

    expect(await broken(quotes)).toEqual(['sensitive-path']);
    expect(await broken(backslash)).toEqual(['sensitive-path']);
    expect(await broken('/back/slash/1')).toEqual([]);
  });

  test('has expressions of the right types, as the API server checks them', async () => {
    remove = await enforce(server, { policyName: 'typed', allowedDomains: ['example.com'] });
    for (const { metadata } of admissionObjects({ policyName: 'typed' }).filter(it => it.kind === 'ValidatingAdmissionPolicy')) {
      const checked = () => server.request('GET', `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${metadata.name}`);
      await server.until('type check', checked, ({ body }) => body.status?.observedGeneration === body.metadata.generation);

      expect((await checked()).body.status.typeChecking).toEqual({});
    }
  });

  test.each([
    ['rules with a host and a TLS entry each', 1000, (index: number) => `/resource-${index}`],
    ['paths that are regular expressions', 200, (index: number) => `/resource-${index}(/|$)(.*)`],
  ])('has the budget for %s', async (_, count, path) => {
    remove = await enforce(server, { policyName: `budget-${count}`, productionNamespaces: ['default'], allowedDomains: ['example.com'] });
    const hosts = Array.from({ length: count }, (__, index) => `shop-${index}.example.com`);
    const object = ingress({
      tls: [{ hosts }],
      rules: hosts.map((host, index) => ({ host, http: { paths: [{ path: path(index), pathType: 'ImplementationSpecific', backend }] } })),
    });

    expect(verdict(await create(server, object))).toEqual([]);
    object.spec.rules[0].host = 'shop.example.net';
    expect(verdict(await create(server, object))).toEqual(['host-domain', 'tls-required']);
  });

  test('reports the first of many findings if a message cannot hold all', async () => {
    remove = await enforce(server, { policyName: 'many', allowedDomains: ['example.com'], productionNamespaces: ['default'] });
    const hosts = Array.from({ length: 100 }, (_, index) => `a-rather-long-name-of-host-${index}.example.net`);
    const answer = await create(server, ingress({ rules: hosts.map(host => ({ host, http: rules('/admin')[0].http })) }));

    expect(verdict(answer)).toEqual(['host-domain', 'sensitive-path', 'tls-required']);
    expect(answer.body.message).toContain('a-rather-long-name-of-host-0.example.net');
  });
});

/** An Ingress of each pattern, in a production namespace. */
function patterns(): any[] {
  const { stack, cluster, controller, template } = controllerFixture();
  const common = {
    controller,
    namespace: eksplatform.Namespace.fromNamespaceName(stack, 'Production', cluster, 'production'),
    certificate: certificateFixture(stack),
    host: 'shop.example.com',
    tags: { Environment: 'production', Team: 'shop' },
    service: 'web',
    port: 80,
  };
  const { service, port, ...host } = common;
  const webAcl = eksplatform.WebAcl.fromWebAclArn(stack, 'WebAcl', WEB_ACL);
  new eksplatform.PublicWebApplication(stack, 'Web', { ...common, webAcl });
  new eksplatform.InternalApi(stack, 'Api', common);
  new eksplatform.GrpcService(stack, 'Grpc', common);
  new eksplatform.WebSocketApplication(stack, 'Socket', { ...common, webAcl });
  new eksplatform.PathBasedMicroservices(stack, 'Gateway', { ...host, webAcl, paths: [{ path: '/users', service, port }, { path: '/orders', service, port }] });
  return kubernetesObjects(template()).filter(it => it.kind === 'Ingress');
}

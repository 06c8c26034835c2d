import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { http, kubernetes, listening, probe, probesMissing, silence, stopAll } from './probes';
import { serveHttp } from '../../integ/support/backend';
import { missingOf, programIn } from '../../rehearsal/setup/toolchain';
import { cacheFolder } from '../../rehearsal/support/paths';
import { Processes } from '../../rehearsal/support/processes';
import { describeUnless } from '../support/run';

const folder = mkdtempSync(join(tmpdir(), 'policies-'));
const token = join(folder, 'token');
writeFileSync(token, 'of-the-pod');
afterAll(() => rmSync(folder, { recursive: true }));

const url = async (server: Parameters<typeof listening>[0]) => `http://127.0.0.1:${(await listening(server)).port}/`;

/** As the agent of EKS Pod Identity. */
const agent = () => http(request => request.headers.authorization === 'of-the-pod'
  ? { text: JSON.stringify({ AccessKeyId: 'AKIA', SecretAccessKey: 'secret', Token: 'token' }) }
  : { code: 400, text: JSON.stringify({ message: 'no token' }) });

describeUnless(probesMissing)('the probes of policies, as processes', () => {
  afterEach(stopAll);

  describeUnless(missingOf(['coredns']))('inside', () => {
    const processes = new Processes(join(folder, 'logs'));
    const dns = { RESOLVER: '127.0.0.1', DNS_PORT: '20053' };
    beforeAll(async () => {
      const corefile = join(folder, 'Corefile');
      writeFileSync(corefile, `.:${dns.DNS_PORT} {\n bind 127.0.0.1\n template IN A cluster.local {\n answer "{{ .Name }} 5 IN A 172.20.0.1"\n }\n}\n`);
      processes.start('coredns', programIn(cacheFolder(), 'coredns'), ['-conf', corefile], { cwd: folder });
    });
    afterAll(() => processes.stopAll());

    const run = async (environment: { [name: string]: string } = {}) => probe('policies-inside', {
      ...dns,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: await url(agent()),
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: token,
      ELSEWHERE: await url(silence()),
      API: (await url(silence())).replace(/\/$/, ''),
      INTERNET: await url(silence()),
      METADATA: (await url(silence())).replace(/\/$/, ''),
      PROBE_SECONDS: '10',
      ...environment,
    });

    test('passes if only DNS and Pod Identity answer, and keeps the credentials to itself', async () => {
      const { code, head, failed, ok } = await run();
      expect(failed).toEqual({});
      expect([code, head]).toEqual([0, 'PASSED 6 of 6 checks']);
      expect(ok).toMatchObject({ 'dns-works': '172.20.0.1', 'pod-identity-works': 'credentials', 'internet-is-cut-off': 'silence' });
      expect(JSON.stringify(ok)).not.toMatch(/AKIA|secret/);
    });

    test('fails if others answer or refuse', async () => {
      const answers = await url(serveHttp('open'));
      const { code, head, failed } = await run({ ELSEWHERE: answers, INTERNET: 'http://127.0.0.1:1/', METADATA: answers.replace(/\/$/, ''), API: answers.replace(/\/$/, '') });
      expect([code, head]).toEqual([1, 'FAILED 4 of 6 checks']);
      expect(failed).toMatchObject({
        'other-namespaces-are-cut-off': 'expected silence, got curl\'s exit code 0: 200',
        'internet-is-cut-off': expect.stringMatching(/^expected silence, got curl's exit code 7: /),
        'instance-metadata-is-cut-off': 'expected silence, got curl\'s exit code 0: 200',
        'kubernetes-api-is-cut-off': 'expected silence, got curl\'s exit code 0: 200',
      });
    });

    test('fails if DNS is cut off and the agent has no credentials', async () => {
      const refuses = await url(http(() => ({ text: JSON.stringify({ message: 'no association' }) })));
      const { failed } = await run({ DNS_PORT: '1', AWS_CONTAINER_CREDENTIALS_FULL_URI: refuses, PROBE_SECONDS: '1' });
      expect(failed).toEqual({
        'dns-works': expect.stringMatching(/connection refused|no servers could be reached|timed out/),
        'pod-identity-works': 'no credentials, but: message',
      });
    });

    test('fails if the pod was given no association', async () => {
      expect((await run({ AWS_CONTAINER_CREDENTIALS_FULL_URI: '', PROBE_SECONDS: '1' })).failed).toEqual({
        'pod-identity-works': 'the pod was given no AWS_CONTAINER_CREDENTIALS_FULL_URI',
      });
    });
  });

  test('outside: passes if the load balancer answers, and pods do not', async () => {
    const answers = await url(serveHttp('web'));
    const { code, head, ok } = await probe('policies-outside', { ELSEWHERE: answers, LOAD_BALANCER: new URL(answers).host, POD: await url(silence()) });
    expect([code, head]).toEqual([0, 'PASSED 3 of 3 checks']);
    expect(ok['load-balancer-reaches-pods']).toBe('web');
  });

  test('outside: fails if pods answer and the load balancer has none', async () => {
    const empty = await url(http(() => ({ code: 503, text: '' })));
    const { failed } = await probe('policies-outside', { ELSEWHERE: empty, LOAD_BALANCER: new URL(empty).host, POD: await url(serveHttp('web')) });
    expect(failed).toMatchObject({
      'pods-without-policies-answer': expect.stringContaining('error: 503'),
      'load-balancer-reaches-pods': expect.stringContaining('error: 503'),
      'pods-of-other-namespaces-are-cut-off': 'expected silence, got curl\'s exit code 0: 200',
    });
  });
});

describeUnless(probesMissing)('the probe of the life cycle, as a process', () => {
  afterEach(stopAll);
  const SERVICES = '/api/v1/namespaces/default/services';
  const INGRESSES = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';
  const withBalancer = (name: string) => ({ metadata: { name }, status: { loadBalancer: { ingress: [{ hostname: `${name}.elb.amazonaws.com` }] } } });
  const run = async (paths: { [path: string]: any }) => probe('lifecycle', { API: (await url(kubernetes(paths))).replace(/\/$/, '') });

  test('makes a Service and an Ingress, and waits for their load balancers', async () => {
    const made: any[] = [];
    const make = (object: any) => made.push(object) && object;
    const { code, ok } = await run({
      [`POST ${SERVICES}`]: make,
      [`POST ${INGRESSES}`]: make,
      [`${SERVICES}/by-hand`]: withBalancer('nlb'),
      [`${INGRESSES}/by-hand`]: withBalancer('alb'),
    });
    expect(code).toBe(0);
    expect(ok['ingress-has-a-load-balancer']).toBe('alb.elb.amazonaws.com');
    expect(made.map(it => [it.kind, it.spec.loadBalancerClass ?? it.spec.ingressClassName])).toEqual([['Service', 'service.k8s.aws/nlb'], ['Ingress', 'alb']]);
  });

  test('fails if they are refused or get no load balancer, but not if one exists already', async () => {
    const { code, failed } = await run({
      [`POST ${SERVICES}`]: () => ({ code: 409, reason: 'AlreadyExists' }),
      [`POST ${INGRESSES}`]: () => ({ code: 403, message: 'admission webhook said no' }),
      [`${SERVICES}/by-hand`]: { status: { loadBalancer: {} } },
    });
    expect(code).toBe(1);
    expect(failed).toMatchObject({
      'ingress-is-made': expect.stringContaining('admission webhook said no'),
      'service-has-a-load-balancer': 'no load balancer yet',
      'ingress-has-a-load-balancer': expect.stringContaining('404'),
    });
    expect(failed).not.toHaveProperty('service-is-made');
  });
});

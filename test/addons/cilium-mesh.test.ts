import { Cilium, HubbleTls, PlatformProfile, type CiliumProps } from '../../src';
import { clusterFixture, platformFixture } from '../support/fixtures';
import { helmValues } from '../support/read';

function values(props: Partial<CiliumProps> = {}) {
  const { stack, cluster, template } = clusterFixture();
  new Cilium(stack, 'Cilium', { cluster, clusterName: 'shop', ...props });
  return helmValues(template(), 'cilium');
}

describe('Hubble', () => {
  test('observes flows, with its relay and its interface', () => {
    expect(values().hubble).toMatchObject({ enabled: true, relay: { enabled: true }, ui: { enabled: true } });
  });

  test('collects the seven metrics', () => {
    const metrics: string[] = values().hubble.metrics.enabled;
    expect(metrics.map(metric => metric.split(':')[0])).toEqual(['dns', 'drop', 'tcp', 'flow', 'port-distribution', 'icmp', 'httpV2']);
  });

  test('collects httpV2 with exemplars and labels, in the format that has room for exemplars', () => {
    const { enabled, enableOpenMetrics } = values().hubble.metrics;
    expect(enabled).toContain('httpV2:exemplars=true;labelsContext=source_ip,source_namespace,source_workload,'
      + 'destination_ip,destination_namespace,destination_workload,traffic_direction');
    expect(enableOpenMetrics).toBe(true);
  });

  test('collects only the metrics that are asked for', () => {
    expect(values({ hubble: { metrics: ['dns:query;ignoreAAAA', 'flows-to-world'] } }).hubble.metrics.enabled).toEqual(['dns:query;ignoreAAAA', 'flows-to-world']);
    expect(values({ hubble: { metrics: [] } }).hubble.metrics.enabled).toEqual([]);
  });

  test.each(['httpv2', 'tcp ', 'latency', 'latency:query', ''])('fails with the metric "%s"', metric => {
    expect(() => values({ hubble: { metrics: ['dns', metric] } })).toThrow(
      '`hubble.metrics` must be one of dns, drop, flow, flows-to-world, http, httpV2, icmp, policy, port-distribution, sctp, tcp, or one of them with options '
      + `after a colon, got: "${metric}"; check the name: agents do not start with an unknown one [Shop/Cilium]`);
  });

  test.each([[undefined, true], [true, true], [false, false]])('ui: %s has the interface: %s', (ui, enabled) => {
    expect(values({ hubble: { ui } }).hubble.ui.enabled).toBe(enabled);
  });

  test.each([
    [undefined, { enabled: true, auto: { enabled: true, method: 'cronJob' } }],
    [HubbleTls.CRON_JOB, { enabled: true, auto: { enabled: true, method: 'cronJob' } }],
    [HubbleTls.HELM, { enabled: true, auto: { enabled: true, method: 'helm' } }],
    [HubbleTls.DISABLED, { enabled: false }],
  ])('has certificates by %s', (tls, expected) => {
    expect(values({ hubble: { tls } }).hubble.tls).toEqual(expected);
  });

  test('has the interface that the profile says, unless the platform says otherwise', () => {
    const profile = PlatformProfile.DEV.customize({ hubbleUi: false });
    expect(helmValues(platformFixture({ profile }).template(), 'cilium').hubble.ui.enabled).toBe(false);
    expect(helmValues(platformFixture({ profile, cilium: { hubble: { ui: true } } }).template(), 'cilium').hubble.ui.enabled).toBe(true);
  });

  test('keeps the other options of a platform that are given with it', () => {
    const { hubble } = helmValues(platformFixture({ cilium: { hubble: { tls: HubbleTls.HELM } } }).template(), 'cilium');
    expect(hubble).toMatchObject({ tls: { auto: { method: 'helm' } }, ui: { enabled: true } });
  });
});

describe('the service mesh', () => {
  test('has Envoy, and nothing else unless asked for', () => {
    expect(values()).toMatchObject({
      envoy: { enabled: true }, ingressController: { enabled: false }, gatewayAPI: { enabled: false }, authentication: { enabled: false },
    });
  });

  test('serves Ingresses on demand, by one NLB of the AWS Load Balancer Controller', () => {
    expect(values({ ingressController: true }).ingressController).toEqual({
      enabled: true,
      loadbalancerMode: 'shared',
      service: {
        loadBalancerClass: 'service.k8s.aws/nlb', // else EKS would make a Classic Load Balancer
        annotations: { 'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': 'instance' }, // the Service has no pods
      },
    });
  });

  test('serves the Gateway API on demand', () => {
    expect(values({ gatewayApi: true }).gatewayAPI.enabled).toBe(true);
  });

  test('authenticates workloads on demand, by a server without a storage class', () => {
    expect(values({ mutualAuthentication: true }).authentication).toEqual({
      enabled: true, mutual: { spire: { enabled: true, install: { server: { dataStorage: { enabled: false } } } } },
    });
  });
});

describe('a change of configuration', () => {
  test('restarts all that reads it at its start only', () => {
    const { rollOutCiliumPods, operator, envoy, hubble } = values();
    expect(rollOutCiliumPods).toBe(true);
    expect([operator, envoy, hubble.relay, hubble.ui].map(it => it.rollOutPods)).toEqual(Array(4).fill(true));
  });
});

describe('metrics', () => {
  test('of the agents are exported', () => {
    expect(values().prometheus).toEqual({ enabled: true });
  });
});

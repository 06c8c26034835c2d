/** The section "Cilium CNI" of the architecture document. Its CiliumNetworkPolicy comes with the network policies. */
import { CiliumEncryption } from '../../src';
import { platformFixture } from '../support/fixtures';
import { helmRelease, helmValues, resourcesOf, theOnly } from '../support/read';

const template = platformFixture().template();
const values = helmValues(template, 'cilium');

/** What is there to be asked for, all of it asked for. */
const asked = helmValues(platformFixture({
  cilium: {
    egressMasqueradeInterfaces: ['eth0'],
    ingressController: true,
    gatewayApi: true,
    mutualAuthentication: true,
    encryption: CiliumEncryption.WIREGUARD_WITH_NODES,
  },
}).template(), 'cilium');

test('"Cilium replaces the default AWS VPC CNI": EKS brings neither that nor kube-proxy, and Cilium does the work of both', () => {
  expect(theOnly(template, 'AWS::EKS::Cluster').Properties.BootstrapSelfManagedAddons).toBe(false);
  expect(Object.values(resourcesOf(template, 'AWS::EKS::Addon')).map(it => it.Properties.AddonName)).toEqual(['coredns']);
  expect(helmRelease(template, 'cilium').Properties).toMatchObject({ Namespace: 'kube-system', Chart: 'cilium' });
  expect(values.kubeProxyReplacement).toBe(true);
});

describe('"Operating Mode"', () => {
  test('"IPAM Mode: ENI (uses AWS Elastic Network Interfaces)"', () => {
    expect(values.ipam.mode).toBe('eni');
    expect(values.eni.enabled).toBe(true);
  });

  test('"Tunnel Mode: Disabled (native routing)"', () => {
    expect(values.routingMode).toBe('native');
    expect(values).not.toHaveProperty('tunnelProtocol');
  });

  test('"Egress Masquerade: eth0": where it is asked for', () => {
    expect(asked).toMatchObject({ enableIPv4Masquerade: true, egressMasqueradeInterfaces: 'eth0' });
  });

  test('"Egress Masquerade": off by default, as NAT gateways do the same for private subnets, and Amazon Linux 2023 has no eth0', () => {
    expect(values.enableIPv4Masquerade).toBe(false);
    expect(values).not.toHaveProperty('egressMasqueradeInterfaces');
  });
});

describe('"Features"', () => {
  test('"CNI --> Mesh": Envoy runs, and Ingress, Gateway API and mutual authentication are there to be asked for', () => {
    expect(values.envoy.enabled).toBe(true);
    expect(asked).toMatchObject({
      ingressController: { enabled: true }, gatewayAPI: { enabled: true }, authentication: { enabled: true, mutual: { spire: { enabled: true } } },
    });
  });

  test('"Cilium provides Kubernetes NetworkPolicy support plus extended CiliumNetworkPolicy": neither is turned off, and L7 rules have their proxy', () => {
    for (const off of ['k8sNetworkPolicy', 'policyEnforcementMode', 'l7Proxy', 'disableEndpointCRD']) {
      expect(values).not.toHaveProperty(off);
    }
    expect(values.envoy.enabled).toBe(true);
  });

  test('"All pod-to-pod traffic is encrypted using WireGuard": "encryption: {enabled: true, type: wireguard}"', () => {
    expect(values.encryption).toMatchObject({ enabled: true, type: 'wireguard' });
  });

  test('"WireGuard mTLS": WireGuard encrypts; mutual authentication is a matter of its own, off by default', () => {
    expect(values.authentication).toEqual({ enabled: false });
  });

  test('WireGuard reaches what goes between nodes, too, where it is asked for', () => {
    expect(asked.encryption).toEqual({ enabled: true, type: 'wireguard', nodeEncryption: true });
  });
});

describe('"Hubble Observability"', () => {
  test('"Flow Logs: L3/L4/L7 traffic flows": every node observes, and the relay brings all nodes together', () => {
    expect(values.hubble.enabled).toBe(true);
    expect(values.hubble.relay.enabled).toBe(true);
    expect(values.hubble.tls).toEqual({ enabled: true, auto: { enabled: true, method: 'cronJob' } }); // renewed, or it would go blind after a year
  });

  test('"Metrics: DNS, TCP, HTTP, drop rates"', () => {
    const names = values.hubble.metrics.enabled.map((metric: string) => metric.split(':')[0]);
    expect(names).toEqual(expect.arrayContaining(['dns', 'tcp', 'httpV2', 'drop']));
  });

  test('"UI: Visual network flow graph"', () => {
    expect(values.hubble.ui.enabled).toBe(true);
  });
});

describe('"Hubble Metrics"', () => {
  const metrics: string[] = values.hubble.metrics.enabled;

  test.each([
    ['dns', 'DNS query/response metrics'], ['drop', 'Packet drop reasons'], ['tcp', 'TCP connection metrics'], ['flow', 'Network flow counts'],
    ['port-distribution', 'Port usage patterns'], ['icmp', 'ICMP traffic metrics'],
  ])('"`%s` - %s"', name => {
    expect(metrics).toContain(name);
  });

  test('"`httpV2` - HTTP request/response metrics with exemplars", which are left out of any format but OpenMetrics', () => {
    expect(metrics.find(it => it.startsWith('httpV2:'))).toMatch(/[:;]exemplars=true(;|$)/);
    expect(values.hubble.metrics.enableOpenMetrics).toBe(true);
  });

  test('"Collected metrics include" these seven', () => {
    expect(metrics).toHaveLength(7);
  });
});

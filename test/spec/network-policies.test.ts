/** The sections "Network Policies" and "Default Deny" of the architecture document. */
import { parse } from 'yaml';
import { CiliumNetworkPolicy, EndpointSelector, PolicyPeer, PolicyPort, Namespace } from '../../src';
import { importedClusterFixture, platformFixture } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';

describe('"Cilium provides Kubernetes NetworkPolicy support plus extended CiliumNetworkPolicy"', () => {
  const ALLOW_FRONTEND = parse(`
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  name: allow-frontend
spec:
  endpointSelector:
    matchLabels:
      app: backend
  ingress:
  - fromEndpoints:
    - matchLabels:
        app: frontend
    toPorts:
    - ports:
      - port: "8080"
`);
  const options = {
    endpointSelector: EndpointSelector.labels({ app: 'backend' }),
    ingress: [{ peers: [PolicyPeer.pods({ app: 'frontend' })], ports: [PolicyPort.anyProtocol(8080)] }],
  };

  test('"name: allow-frontend" comes out as it stands there', () => {
    const { stack, cluster, template } = importedClusterFixture();
    new CiliumNetworkPolicy(stack, 'AllowFrontend', { cluster, policyName: 'allow-frontend', ...options });
    expect(kubernetesObjects(template())).toEqual([ALLOW_FRONTEND]);
  });

  test('"name: allow-frontend" is the same in a namespace', () => {
    const { stack, cluster, template } = importedClusterFixture();
    new Namespace(stack, 'Production', { cluster, namespaceName: 'production' }).addPolicy('allow-frontend', options);
    expect(kubernetesObjects(template())[1]).toEqual({ ...ALLOW_FRONTEND, metadata: { ...ALLOW_FRONTEND.metadata, namespace: 'production' } });
  });
});

describe('"Recommended to implement default-deny network policies"', () => {
  const DEFAULT_DENY = parse(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny-all
  namespace: production
spec:
  podSelector: {}
  policyTypes:
  - Ingress
  - Egress
`);

  test('"name: default-deny-all" comes out as it stands there', () => {
    const { platform, template } = platformFixture();
    platform.addNamespace('production', { defaultDeny: true });
    expect(kubernetesObjects(template()).filter(it => it.kind === 'NetworkPolicy')).toEqual([DEFAULT_DENY]);
  });
});

import type { Libraries } from './libraries';

/** Namespaces and network policies. */
export function policies({ cdk, eksplatform }: Libraries, stack: InstanceType<Libraries['cdk']['Stack']>): void {
  const { EndpointSelector, LabelExpression, PolicyEntity, PolicyPeer, PolicyPort, PolicyProtocol } = eksplatform;
  const platform = new eksplatform.EksPlatform(stack, 'Platform', { clusterName: 'policies' });
  const { cluster, vpc } = platform;

  platform.addNamespace('staging', { defaultDeny: true });
  const namespace = new eksplatform.Namespace(stack, 'Production', {
    cluster,
    namespaceName: 'production',
    defaultDeny: true,
    allowInstanceMetadata: true,
    allowPodIdentity: false,
    allowWithinNamespace: true,
    labels: { team: 'platform' },
    podSecurity: eksplatform.PodSecurityLevel.RESTRICTED,
  });
  namespace.allowFromLoadBalancer({ subnets: vpc.publicSubnets, podLabels: { app: 'web' }, ports: [8080] });
  namespace.addPolicy('allow-frontend', {
    description: 'The frontend, and who looks after it',
    endpointSelector: EndpointSelector.labels({ app: 'backend' }).matching(
      LabelExpression.exists('team'), LabelExpression.doesNotExist('legacy'),
      LabelExpression.isIn('track', 'stable', 'canary'), LabelExpression.isNotIn('tier', 'batch'),
    ),
    ingress: [{
      peers: [PolicyPeer.pods({ app: 'frontend' })],
      ports: [PolicyPort.tcp(8080)],
      http: [{ method: 'GET', path: '/orders/.*', host: 'orders.*', headers: ['X-Team: shop'] }],
    }],
    defaultDenyIngress: true,
    defaultDenyEgress: false,
  });
  new eksplatform.CiliumNetworkPolicy(stack, 'Egress', {
    cluster,
    namespace: eksplatform.Namespace.fromNamespaceName(stack, 'Legacy', cluster, 'legacy'),
    policyName: 'egress',
    endpointSelector: EndpointSelector.all(),
    egress: [
      { peers: [PolicyPeer.fqdn('api.example.com'), PolicyPeer.fqdnPattern('*.example.org')], ports: [PolicyPort.tcpRange(8000, 8100)] },
      { peers: [PolicyPeer.cidr('10.0.0.0/8', '10.1.0.0/16'), PolicyPeer.entity(PolicyEntity.KUBE_APISERVER)] },
      { peers: [PolicyPeer.endpoints(EndpointSelector.inNamespace('monitoring', { app: 'prometheus' }))], ports: [PolicyPort.named('http', PolicyProtocol.TCP)] },
      { ports: [PolicyPort.udp(123), PolicyPort.udpRange(4000, 4100), PolicyPort.sctp(9999), PolicyPort.anyProtocol(53)] },
      { ports: [PolicyPort.icmpPing(), PolicyPort.icmpType(3)] },
    ],
    egressDeny: [{ peers: [PolicyPeer.endpoints(EndpointSelector.inNamespacesWith({ team: 'other' }))], ports: [PolicyPort.tcp(22)] }],
  });
  new eksplatform.CiliumClusterwideNetworkPolicy(stack, 'Clusterwide', {
    cluster,
    policyName: 'no-ssh',
    endpointSelector: EndpointSelector.outsideNamespaces('kube-system', 'cilium-secrets'),
    ingressDeny: [{ peers: [PolicyPeer.entity(PolicyEntity.WORLD)], ports: [PolicyPort.tcp(22)] }],
  });

  new eksplatform.IngressAdmissionPolicy(stack, 'Admission', {
    cluster,
    policyName: 'ingresses',
    action: eksplatform.IngressAdmissionAction.WARN,
    namespaces: ['production'],
    allowedDomains: ['example.com'],
    ingressClasses: ['alb'],
    productionNamespaces: ['production'],
    requiredTags: ['Team'],
    sensitivePaths: ['/admin'],
  });
  const rules = new eksplatform.IngressPolicy({ allowedDomains: ['example.com'] });
  new cdk.CfnOutput(stack, 'Rules', { value: rules.name, description: eksplatform.IngressPolicy.PLUGIN_NAME });
  cdk.Tags.of(stack).add('Team', 'platform');
}

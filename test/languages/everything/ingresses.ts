import type { Libraries } from './libraries';

/** Ingresses, Services and load balancers that they share. */
export function ingresses({ cdk, eksplatform }: Libraries, stack: InstanceType<Libraries['cdk']['Stack']>): void {
  const { aws_certificatemanager: acm, aws_cognito: cognito, aws_ec2: ec2, aws_elasticloadbalancingv2: elbv2 } = cdk;
  const platform = new eksplatform.EksPlatform(stack, 'Platform', { clusterName: 'ingresses' });
  const namespace = platform.addNamespace('production', { defaultDeny: true });
  const controller = eksplatform.AlbController.fromCluster(stack, 'Controller', platform.cluster);
  const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate',
    'arn:aws:acm:eu-central-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef');
  const webAcl = eksplatform.WebAcl.fromWebAclArn(stack, 'WebAcl',
    'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/01234567-89ab-cdef-0123-456789abcdef');
  const prefixList = ec2.PrefixList.fromPrefixListId(stack, 'Office', 'pl-0123456789abcdef0');
  const oidc = eksplatform.IngressAuthentication.oidc({
    issuer: 'https://login.example.com',
    authorizationEndpoint: 'https://login.example.com/authorize',
    tokenEndpoint: 'https://login.example.com/token',
    userInfoEndpoint: 'https://login.example.com/userinfo',
    secretName: 'login',
    scopes: ['openid', 'email'],
    sessionCookieName: 'session',
    sessionTimeout: cdk.Duration.hours(8),
    onUnauthenticatedRequest: elbv2.UnauthenticatedAction.AUTHENTICATE,
  });
  const userPool = cognito.UserPool.fromUserPoolId(stack, 'Users', 'eu-central-1_abcdefghi');
  const byCognito = eksplatform.IngressAuthentication.cognito({
    userPool,
    userPoolClient: cognito.UserPoolClient.fromUserPoolClientId(stack, 'Client', '0123456789abcdefghijklmnop'),
    userPoolDomain: cognito.UserPoolDomain.fromDomainName(stack, 'Domain', 'login'),
  });

  const ingress = new eksplatform.AlbIngress(stack, 'Shop', {
    controller,
    namespace,
    ingressName: 'shop',
    hosts: ['shop.example.com'],
    paths: [
      { path: '/cart', pathType: eksplatform.PathType.PREFIX, service: 'cart', port: 8080, podPort: 8080, podLabels: { app: 'cart' } },
      { path: '/health', pathType: eksplatform.PathType.EXACT, service: 'shop', portName: 'http' },
    ],
    defaultBackend: { service: 'shop', port: 80 },
    scheme: eksplatform.LoadBalancerScheme.INTERNET_FACING,
    certificates: [certificate],
    listeners: [{ port: 80, protocol: elbv2.ApplicationProtocol.HTTP }, { port: 443, protocol: elbv2.ApplicationProtocol.HTTPS }],
    redirectHttp: true,
    sslPolicy: elbv2.SslPolicy.TLS13_RES,
    webAcl,
    backendProtocol: elbv2.ApplicationProtocol.HTTPS,
    backendProtocolVersion: elbv2.ApplicationProtocolVersion.HTTP1,
    healthCheck: {
      path: '/health',
      port: 8081,
      protocol: elbv2.ApplicationProtocol.HTTP,
      interval: cdk.Duration.seconds(15),
      timeout: cdk.Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 3,
      successCodes: '200-299',
    },
    idleTimeout: cdk.Duration.minutes(5),
    stickiness: cdk.Duration.hours(1),
    loadBalancerName: 'shop',
    loadBalancerAttributes: { 'routing.http.drop_invalid_header_fields.enabled': 'true' },
    targetGroupAttributes: { 'deregistration_delay.timeout_seconds': '30' },
    tags: { Team: 'shop' },
    groupName: 'shop',
    groupOrder: 10,
    inboundCidrs: ['192.0.2.0/24'],
    prefixLists: [prefixList],
    subnets: { subnetType: ec2.SubnetType.PUBLIC },
    authentication: oidc,
    annotations: { 'alb.ingress.kubernetes.io/actions.maintenance': '{"type":"fixed-response","fixedResponseConfig":{"statusCode":"503"}}' },
  });
  new cdk.CfnOutput(stack, 'Address', { value: ingress.loadBalancerDnsName });

  const { TCP, TCP_UDP, TLS, HTTP } = elbv2.Protocol;
  const service = new eksplatform.NlbService(stack, 'Mail', {
    controller,
    namespace,
    serviceName: 'mail',
    selector: { app: 'mail' },
    ports: [{ port: 53, targetPort: 5353, protocol: TCP_UDP }, { port: 993, targetPort: 9993, protocol: TLS }, { port: 25, protocol: TCP }],
    scheme: eksplatform.LoadBalancerScheme.INTERNET_FACING,
    certificates: [certificate],
    sslPolicy: elbv2.SslPolicy.TLS13_RES,
    healthCheck: {
      protocol: HTTP,
      port: 8080,
      path: '/ready',
      interval: cdk.Duration.seconds(20),
      timeout: cdk.Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 4,
      successCodes: '200-299',
    },
    inboundCidrs: ['192.0.2.0/24'],
    prefixLists: [prefixList],
    subnets: { subnetType: ec2.SubnetType.PUBLIC },
    eipAllocations: ['eipalloc-0123456789abcdef0', 'eipalloc-0123456789abcdef1', 'eipalloc-0123456789abcdef2'],
    proxyProtocol: true,
    loadBalancerAttributes: { 'load_balancing.cross_zone.enabled': 'true' },
    targetGroupAttributes: { 'deregistration_delay.timeout_seconds': '30' },
    loadBalancerName: 'mail',
    tags: { Team: 'mail' },
    annotations: { 'external-dns.alpha.kubernetes.io/hostname': 'mail.example.com' },
  });
  new cdk.CfnOutput(stack, 'MailAddress', { value: service.loadBalancerDnsName });
  new eksplatform.NlbService(stack, 'Broker', {
    controller,
    selector: { app: 'broker' },
    ports: [{ port: 5672 }],
    securityGroups: [new ec2.SecurityGroup(stack, 'Brokers', { vpc: platform.vpc })],
    subnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    privateIpv4Addresses: ['10.0.100.10', '10.0.130.10', '10.0.170.10'],
  });
  namespace.allowFromLoadBalancer({ subnets: platform.vpc.publicSubnets, ports: [853], udpPorts: [853], clientCidrs: ['192.0.2.0/24'] });

  new eksplatform.IngressClassParams(stack, 'Shared', {
    controller,
    ingressClassName: 'shared',
    certificates: [certificate],
    groupName: 'shared',
    inboundCidrs: ['192.0.2.0/24'],
    loadBalancerAttributes: { 'idle_timeout.timeout_seconds': '120' },
    loadBalancerName: 'shared',
    namespaces: [namespace],
    prefixLists: [prefixList],
    scheme: eksplatform.LoadBalancerScheme.INTERNET_FACING,
    sslPolicy: elbv2.SslPolicy.TLS13_RES,
    subnets: { subnetType: ec2.SubnetType.PUBLIC },
    tags: { Team: 'platform' },
    withoutWaf: true,
  });
  new eksplatform.IngressClassParams(stack, 'Labelled', { controller, ingressClassName: 'labelled', namespaceLabels: { team: 'shop' } });
  const there = eksplatform.IngressClassParams.fromIngressClassName(stack, 'There', 'there');

  const common = { controller, certificate, service: 'web', port: 80 };
  new eksplatform.PublicWebApplication(stack, 'Public', {
    ...common, host: 'www.example.com', path: '/', pathType: eksplatform.PathType.PREFIX, podPort: 8080, podLabels: { app: 'web' }, webAcl,
  });
  new eksplatform.InternalApi(stack, 'Internal', { ...common, host: 'api.example.com', ingressClass: there });
  new eksplatform.GrpcService(stack, 'Grpc', { ...common, host: 'grpc.example.com', scheme: eksplatform.LoadBalancerScheme.INTERNAL, authentication: byCognito });
  new eksplatform.WebSocketApplication(stack, 'WebSocket', {
    ...common,
    host: 'ws.example.com',
    scheme: eksplatform.LoadBalancerScheme.INTERNAL,
    securityGroups: [new ec2.SecurityGroup(stack, 'Group', { vpc: platform.vpc })],
    mutualAuthentication: { mutualAuthenticationMode: elbv2.MutualAuthenticationMode.PASS_THROUGH },
  });
  new eksplatform.PathBasedMicroservices(stack, 'Paths', {
    controller,
    certificate,
    host: 'paths.example.com',
    paths: [{ path: '/users', service: 'users', port: 8080 }],
    scheme: eksplatform.LoadBalancerScheme.INTERNAL,
    withoutWaf: true,
  });
  new eksplatform.HubbleUiIngress(stack, 'Hubble', {
    controller, certificate, host: 'hubble.example.com', authentication: byCognito, groupName: 'ops', inboundCidrs: ['10.0.0.0/8'],
  });
}

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { EndpointSelector, Namespace, PolicyPeer, type LoadBalancerAccess, type NamespaceOptions } from '../../src';
import { clusterFixture } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';

const PEERS = [PolicyPeer.endpoints(EndpointSelector.all())];
const DNS_PORTS = [{ ports: [{ port: '53', protocol: 'UDP' }, { port: '53', protocol: 'TCP' }] }];

/** The objects of a namespace on a cluster of this app; `use` gets it, and the cluster's VPC, before synthesis. */
function objectsOf(options: NamespaceOptions, use: (namespace: Namespace, vpc: ec2.IVpc) => void = () => {}): any[] {
  const { stack, cluster, template } = clusterFixture();
  use(new Namespace(stack, 'Namespace', { cluster, namespaceName: 'production', ...options }), cluster.vpc);
  return kubernetesObjects(template());
}

/** The rules of its allowances, by their descriptions. */
function allowances(options: NamespaceOptions = {}, use?: (namespace: Namespace, vpc: ec2.IVpc) => void): { [what: string]: any } {
  const policy = objectsOf({ defaultDeny: true, ...options }, use).find(it => it.metadata.name === 'allowances');
  return Object.fromEntries(policy.specs.map(({ description, ...spec }: any) => [description.split(':')[0], spec]));
}

test('denies all, after the allowances are applied', () => {
  const objects = objectsOf({ defaultDeny: true });
  expect(objects.map(it => [it.kind, it.metadata.name])).toEqual([
    ['Namespace', 'production'], ['CiliumNetworkPolicy', 'allowances'], ['NetworkPolicy', 'default-deny-all'],
  ]);
  expect(objects.slice(1).map(it => it.metadata.namespace)).toEqual(['production', 'production']);
});

test('denies nothing by default', () => {
  expect(objectsOf({}).map(it => it.kind)).toEqual(['Namespace']);
});

describe('what pods need from the first day', () => {
  test('the cluster\'s DNS, whether CoreDNS answers or a cache in a pod or on the node', () => {
    expect(allowances().DNS.egress).toEqual([
      {
        toEndpoints: ['kube-dns', 'node-local-dns'].map(app => ({ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': app } })),
        toPorts: DNS_PORTS,
      },
      { toEntities: ['host'], toPorts: DNS_PORTS },
    ]);
  });

  test('the EKS Pod Identity agent, which to Cilium is the node itself', () => {
    expect(allowances()['EKS Pod Identity'].egress).toEqual([{ toEntities: ['host'], toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] }]);
  });

  test('applies to every pod, and cuts nothing by itself', () => {
    for (const spec of Object.values(allowances({ allowWithinNamespace: true }))) {
      expect(spec.endpointSelector).toEqual({});
      const directions = ['ingress', 'egress'].filter(direction => direction in spec || `${direction}Deny` in spec);
      expect(spec.enableDefaultDeny).toEqual(Object.fromEntries(directions.map(direction => [direction, false])));
    }
  });
});

describe('with an option', () => {
  test('no instance metadata, even if a policy allows the whole world', () => {
    expect(allowances()['No EC2 instance metadata'].egressDeny).toEqual([{ toCIDR: ['169.254.169.254/32', 'fd00:ec2::254/128'] }]);
  });

  test('instance metadata', () => {
    const { 'EC2 instance metadata': metadata, ...rest } = allowances({ allowInstanceMetadata: true });
    expect(metadata.egress).toEqual([{ toCIDR: ['169.254.169.254/32', 'fd00:ec2::254/128'], toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] }]);
    expect(JSON.stringify(rest)).not.toContain('egressDeny');
  });

  test('no Pod Identity', () => {
    expect(Object.keys(allowances({ allowPodIdentity: false }))).toEqual(['DNS', 'No EC2 instance metadata']);
  });

  test('pods of the namespace reach each other', () => {
    expect(allowances()).not.toHaveProperty('Pods of the same namespace');
    expect(allowances({ allowWithinNamespace: true })['Pods of the same namespace']).toMatchObject({
      ingress: [{ fromEndpoints: [{}] }], egress: [{ toEndpoints: [{}] }],
    });
  });

  test.each(['allowWithinNamespace', 'allowPodIdentity', 'allowInstanceMetadata'])('fails with `%s` if nothing is denied', prop => {
    expect(() => objectsOf({ [prop]: false })).toThrow(
      `\`${prop}\` must be left out without \`defaultDeny\`, got: false; set \`defaultDeny\`, as nothing is denied without it [Shop/Namespace]`);
  });
});

describe('load balancers', () => {
  const access = (vpc: ec2.IVpc, more: Partial<LoadBalancerAccess> = {}) => ({ subnets: vpc.publicSubnets, podLabels: { app: 'web' }, ports: [8080], ...more });

  test('reach pods from their subnets', () => {
    expect(allowances({}, (namespace, vpc) => namespace.allowFromLoadBalancer(access(vpc)))['Load balancers']).toEqual({
      endpointSelector: { matchLabels: { app: 'web' } },
      ingress: [{ fromCIDR: ['10.0.0.0/18', '10.0.64.0/18'], toPorts: [{ ports: [{ port: '8080', protocol: 'TCP' }] }] }],
      enableDefaultDeny: { ingress: false },
    });
  });

  test('reach every pod at every port unless some are named', () => {
    const spec = allowances({}, (namespace, vpc) => namespace.allowFromLoadBalancer({ subnets: vpc.privateSubnets }))['Load balancers'];
    expect(spec).toMatchObject({ endpointSelector: {}, ingress: [{ fromCIDR: ['10.0.128.0/18', '10.0.192.0/18'] }] });
    expect(spec.ingress[0]).not.toHaveProperty('toPorts');
  });

  test('are allowed once, however often they ask', () => {
    const [, policy] = objectsOf({ defaultDeny: true }, (namespace, vpc) => {
      namespace.allowFromLoadBalancer(access(vpc));
      namespace.allowFromLoadBalancer(access(vpc));
      namespace.allowFromLoadBalancer(access(vpc, { ports: [9090] }));
    });
    const specs = policy.specs.filter((it: any) => it.description === 'Load balancers');
    expect(specs.map((it: any) => it.ingress[0].toPorts[0].ports[0].port)).toEqual(['8080', '9090']);
  });

  test('need no allowance if no policy keeps them out', () => {
    expect(objectsOf({}, (namespace, vpc) => namespace.allowFromLoadBalancer(access(vpc))).map(it => it.kind)).toEqual(['Namespace']);
  });

  test('are allowed in a namespace that denies nothing but has policies, whichever comes first', () => {
    const objects = objectsOf({}, (namespace, vpc) => {
      namespace.allowFromLoadBalancer(access(vpc));
      namespace.addPolicy('shop', { ingress: [{ peers: PEERS }] });
      namespace.allowFromLoadBalancer(access(vpc, { podLabels: { app: 'api' } }));
    });
    expect(objects.map(it => it.metadata.name)).toEqual(['production', 'allowances', 'shop']);
    expect(objects[1].specs.map((it: any) => it.endpointSelector.matchLabels.app)).toEqual(['web', 'api']);
  });

  test('stand in subnets that only the deployment knows', () => {
    const spec = allowances({}, namespace => namespace.allowFromLoadBalancer({
      subnets: [new ec2.CfnSubnet(namespace, 'Subnet', { vpcId: 'vpc-1', ipv4IpamPoolId: 'pool', ipv4NetmaskLength: 24 })]
        .map(subnet => ec2.Subnet.fromSubnetAttributes(namespace, 'Ipam', { subnetId: subnet.ref, ipv4CidrBlock: subnet.getAtt('CidrBlock').toString() })),
    }))['Load balancers'];
    expect(spec.ingress).toEqual([{ fromCIDR: ['<token>'] }]);
  });

  test.each<[string, Partial<LoadBalancerAccess>, string]>([
    ['no subnet', { subnets: [] }, '`subnets` must be one subnet or more, got: []; give those that the load balancer stands in [Shop/Namespace]'],
    ['no labels', { podLabels: {} }, '`podLabels` must be one label or more, got: {}; leave it out for every pod [Shop/Namespace]'],
    ['no ports', { ports: [] }, '`ports` must be one port or more, got: []; leave it out for every port [Shop/Namespace]'],
    ['a UDP port that is none', { udpPorts: [0] }, '`udpPorts` must be whole numbers from 1 to 65535, got: [0]; give the ports that the pods listen on [Shop/Namespace]'],
    ['clients that are none', { clientCidrs: ['192.0.2.1'] },
      '`clientCidrs[0]` must be a block of addresses, such as 10.0.0.0/8, got: "192.0.2.1"; did you mean 192.0.2.1/32? [Shop/Namespace]'],
    ['a port that is none', { ports: [70000] }, '`ports` must be whole numbers from 1 to 65535, got: [70000]; give the ports that the pods listen on [Shop/Namespace]'],
  ])('fails with %s', (_, more, message) => {
    expect(() => objectsOf({ defaultDeny: true }, (namespace, vpc) => namespace.allowFromLoadBalancer(access(vpc, more)))).toThrow(message);
  });

  test('reach UDP ports beside those of TCP', () => {
    const spec = allowances({}, (namespace, vpc) => namespace.allowFromLoadBalancer(access(vpc, { udpPorts: [53] })))['Load balancers'];
    expect(spec.ingress[0].toPorts).toEqual([{ ports: [{ port: '8080', protocol: 'TCP' }, { port: '53', protocol: 'UDP' }] }]);
  });

  test('reach UDP ports alone', () => {
    const spec = allowances({}, (namespace, vpc) => namespace.allowFromLoadBalancer({ subnets: vpc.publicSubnets, ports: [], udpPorts: [53] }))['Load balancers'];
    expect(spec.ingress[0].toPorts).toEqual([{ ports: [{ port: '53', protocol: 'UDP' }] }]);
  });

  test('let clients in whose addresses they keep', () => {
    const spec = allowances({}, (namespace, vpc) => namespace.allowFromLoadBalancer(access(vpc, { clientCidrs: ['192.0.2.0/24'] })))['Load balancers'];
    expect(spec.ingress[0].fromCIDR).toEqual(['10.0.0.0/18', '10.0.64.0/18', '192.0.2.0/24']);
  });

  test('need no known addresses if no policy keeps them out', () => {
    expect(() => objectsOf({}, namespace => namespace.allowFromLoadBalancer({
      subnets: [ec2.Subnet.fromSubnetId(namespace, 'Subnet', 'subnet-1')],
    }))).not.toThrow();
  });

  test('fails with an imported subnet whose addresses are unknown', () => {
    expect(() => objectsOf({ defaultDeny: true }, namespace => namespace.allowFromLoadBalancer({
      subnets: [ec2.Subnet.fromSubnetId(namespace, 'Subnet', 'subnet-1')],
    }))).toThrow(/ipv4CidrBlock/);
  });
});

import { Aws, CfnOutput, CfnParameter, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { controllerFixture, ingressFixture, least } from './fixture';
import { AlbController, AlbIngress, Namespace, PathType, type INamespace, type LoadBalancerAccess, LoadBalancerScheme } from '../../src';
import { MANIFEST } from '../../tools/template';
import { clusterFixture, importedClusterFixture, platformFixture } from '../support/fixtures';
import { idsOf, kubernetesObjects, neededBy, resourcesOf, text, theOnly } from '../support/read';


test('makes an internal load balancer with TLS and a health check for the pods of a Service', () => {
  const { object, annotations } = ingressFixture();
  expect(annotations()).toEqual({
    'scheme': 'internal',
    'target-type': 'ip',
    'listen-ports': '[{"HTTPS":443}]',
    'ssl-policy': 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    'healthcheck-path': '/health',
    'healthcheck-interval-seconds': '15',
    'healthcheck-timeout-seconds': '5',
    'healthy-threshold-count': '2',
    'unhealthy-threshold-count': '3',
  });
  expect(object('Ingress').spec).toEqual({
    ingressClassName: 'alb',
    rules: [{
      host: 'app.example.com',
      http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] },
    }],
  });
});

test('is one custom resource', () => {
  const { template } = ingressFixture();
  expect(Object.keys(template().toJSON().Resources)).toHaveLength(1);
});

test('serves all paths of each host, by name or number of a port', () => {
  const { object } = ingressFixture({
    hosts: ['one.example.com', '*.two.example.com'],
    paths: [{ path: '/api', pathType: PathType.EXACT, service: 'api', portName: 'http' }, { service: 'web', port: 8080 }],
    defaultBackend: { service: 'lost', port: 80 },
  });
  const { rules, defaultBackend } = object('Ingress').spec;
  expect(rules.map((it: any) => it.host)).toEqual(['one.example.com', '*.two.example.com']);
  expect(rules[1].http.paths).toEqual([
    { path: '/api', pathType: 'Exact', backend: { service: { name: 'api', port: { name: 'http' } } } },
    { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 8080 } } } },
  ]);
  expect(defaultBackend).toEqual({ service: { name: 'lost', port: { number: 80 } } });
});

test('serves every host where none is given, and every path by a default backend alone', () => {
  const { object } = ingressFixture({
    hosts: undefined,
    paths: [],
    listeners: [{ port: 443 }],
    defaultBackend: { service: 'web', port: 80 },
    annotations: {
      'alb.ingress.kubernetes.io/create-acm-cert': 'true',
    },
  });
  expect(object('Ingress').spec).toEqual({ ingressClassName: 'alb', defaultBackend: { service: { name: 'web', port: { number: 80 } } } });
});

describe('name', () => {
  test('is made of the path, so that no two constructs share one', () => {
    const { stack, controller, template } = controllerFixture();
    new AlbIngress(stack, 'Shop_Web', least(controller));
    new AlbIngress(stack, 'ShopWeb', least(controller));
    const names = kubernetesObjects(template()).map(it => it.metadata.name);
    expect(new Set(names).size).toBe(2);
    names.forEach(name => expect(name).toMatch(/^shop-[a-z0-9-]{1,58}$/));
  });

  test('is another resource when it changes, so that the old Ingress is deleted', () => {
    const id = (ingressName: string) => Object.keys(resourcesOf(ingressFixture({ ingressName }).template(), MANIFEST))[0];
    expect(id('web')).not.toBe(id('shop'));
  });

  test('fails if two constructs give the same in a namespace', () => {
    const { stack, controller } = controllerFixture();
    new AlbIngress(stack, 'One', { ...least(controller), ingressName: 'web' });
    expect(() => new AlbIngress(stack, 'Two', { ...least(controller), ingressName: 'web' }))
      .toThrow('`ingressName` must be a name of its own in the namespace, got: "default/web"; Shop/One defines it already [Shop/Two]');
  });

  test('may be the same in another namespace', () => {
    const { stack, controller, cluster } = controllerFixture();
    new AlbIngress(stack, 'One', { ...least(controller), ingressName: 'web' });
    const namespace = Namespace.fromNamespaceName(stack, 'Namespace', cluster, 'staging');
    expect(() => new AlbIngress(stack, 'Two', { ...least(controller), ingressName: 'web', namespace })).not.toThrow();
  });
});

describe('order', () => {
  test('is made after the controller, ExternalDNS and the DNS cache of a platform, and so deleted before them', () => {
    const { stack, platform, template } = platformFixture();
    new AlbIngress(stack, 'Ingress', least(platform.albController!));
    const [ingress] = idsOf(template(), MANIFEST, { Manifest: Match.stringLikeRegexp('"kind":"Ingress"') });
    const needed = neededBy(template(), ingress);
    for (const release of ['aws-load-balancer-controller', 'external-dns']) {
      expect(needed).toContain(idsOf(template(), 'Custom::AWSCDK-EKS-HelmChart', { Release: release })[0]);
    }
    expect(idsOf(template(), MANIFEST, { Manifest: Match.stringLikeRegexp('node-local-dns') }).filter(it => !needed.has(it))).toEqual([]);
  });

  test('is made after the app\'s own controller and after its namespace', () => {
    const { stack, cluster, template } = clusterFixture();
    const controller = new AlbController(stack, 'Own', { cluster });
    const namespace = new Namespace(stack, 'Namespace', { cluster, namespaceName: 'shop' });
    new AlbIngress(stack, 'Ingress', { ...least(controller), namespace });
    const [ingress] = idsOf(template(), MANIFEST, { Manifest: Match.stringLikeRegexp('"kind":"Ingress"') });
    const [objects] = idsOf(template(), MANIFEST, { Manifest: Match.stringLikeRegexp('"kind":"Namespace"') });
    expect(neededBy(template(), ingress)).toContain(objects);
    expect(neededBy(template(), ingress)).toContain(idsOf(template(), 'Custom::AWSCDK-EKS-HelmChart')[0]);
  });
});

describe('namespace', () => {
  /** A namespace that remembers what it is asked to let in. */
  function namespaceFixture(props: Partial<ConstructorParameters<typeof AlbIngress>[2]> = {}) {
    const { stack, controller, cluster, vpc, object } = controllerFixture();
    const asked: LoadBalancerAccess[] = [];
    const namespace: INamespace = Namespace.fromNamespaceName(stack, 'Namespace', cluster, 'shop');
    namespace.allowFromLoadBalancer = access => asked.push(access);
    new AlbIngress(stack, 'Ingress', { ...least(controller), namespace, ...props });
    return { asked, vpc, object };
  }

  test('is the Ingress\'s own, and lets the private subnets in', () => {
    const { asked, vpc, object } = namespaceFixture();
    expect(object('Ingress').metadata.namespace).toBe('shop');
    expect(asked).toEqual([{ subnets: vpc.privateSubnets, podLabels: undefined, ports: undefined }]);
  });

  test('lets the public subnets in to an internet-facing load balancer', () => {
    const { asked, vpc } = namespaceFixture({ scheme: LoadBalancerScheme.INTERNET_FACING, withoutWaf: true });
    expect(asked[0].subnets).toEqual(vpc.publicSubnets);
  });

  test('lets in the subnets that are given, for the pods and ports that are named', () => {
    const { asked, vpc } = namespaceFixture({
      subnets: { availabilityZones: ['eu-central-1a'] },
      healthCheck: { port: 9000 },
      paths: [{ service: 'web', port: 80, podPort: 8080, podLabels: { app: 'web' } }, { path: '/api', service: 'api', port: 80 }],
    });
    expect(asked).toEqual([
      { subnets: [vpc.privateSubnets[0]], podLabels: { app: 'web' }, ports: [8080, 9000] },
      { subnets: [vpc.privateSubnets[0]], podLabels: undefined, ports: undefined },
    ]);
  });

  test('needs no addresses of subnets, which an imported VPC may not know, where nothing is denied', () => {
    const ingressIn = (defaultDeny: boolean) => {
      const { stack, controller, cluster } = controllerFixture();
      new AlbIngress(stack, 'Ingress', { ...least(controller), namespace: new Namespace(stack, 'Namespace', { cluster, namespaceName: 'shop', defaultDeny }) });
      return Template.fromStack(stack);
    };
    expect(() => ingressIn(false)).not.toThrow();
    expect(() => ingressIn(true)).toThrow(/ipv4CidrBlock/);
  });

  test('fails with one of another cluster', () => {
    const { stack, controller } = controllerFixture();
    const namespace = Namespace.fromNamespaceName(stack, 'Namespace', importedClusterFixture().cluster, 'shop');
    expect(() => new AlbIngress(stack, 'Ingress', { ...least(controller), namespace }))
      .toThrow('`namespace` must be in the cluster of `controller`, got: "Shop/Namespace"; take both from the same platform [Shop/Ingress]');
  });
});

describe('tags', () => {
  test('come from the prop and from Tags.of, which wins', () => {
    const { stack, annotations } = ingressFixture({ tags: { Team: 'web', Cost: '42' } });
    Tags.of(stack).add('Team', 'shop');
    expect(annotations().tags).toBe('Cost=42,Team=shop');
  });

  test('reach a load balancer that aspects of its type look for', () => {
    const { stack, annotations } = ingressFixture();
    Tags.of(stack).add('Team', 'shop', { includeResourceTypes: ['AWS::ElasticLoadBalancingV2::LoadBalancer'] });
    expect(annotations().tags).toBe('Team=shop');
  });

  test('may hold what only a deployment knows', () => {
    const { annotations } = ingressFixture({ tags: { Region: Aws.REGION } });
    expect(annotations().tags).toBe('Region=<token>');
  });

  test.each([
    ['elbv2.k8s.aws/cluster', 'shop', 'without keys that start with aws:'],
    ['Owners', 'one,two', 'of letters, digits, blanks and _.:/=+-@'],
    ['a=b', 'c', 'with keys that are not empty and hold no ='],
  ])('fail late with the key %s and the value %s', (key, value, message) => {
    const { stack } = ingressFixture();
    Tags.of(stack).add(key, value);
    expect(() => Template.fromStack(stack)).toThrow(`\`tags\` must be ${message}`);
  });
});

describe('loadBalancerDnsName', () => {
  test('is asked of the Ingress once, after it was applied', () => {
    const { stack, ingress, template } = ingressFixture({ ingressName: 'web' });
    new CfnOutput(stack, 'Name', { value: ingress.loadBalancerDnsName });
    new CfnOutput(stack, 'Url', { value: `https://${ingress.loadBalancerDnsName}` });
    const value = theOnly(template(), 'Custom::AWSCDK-EKS-KubernetesObjectValue');
    expect(value.Properties).toMatchObject({
      ObjectType: 'ingress', ObjectName: 'web', ObjectNamespace: 'default', JsonPath: '.status.loadBalancer.ingress[0].hostname',
    });
    expect(value.DependsOn).toEqual(idsOf(template(), MANIFEST));
  });

  test('costs nothing where nobody asks', () => {
    expect(idsOf(ingressFixture().template(), 'Custom::AWSCDK-EKS-KubernetesObjectValue')).toEqual([]);
  });
});

test('accepts tokens as names, hosts, Services and numbers', () => {
  const { stack, controller, template } = controllerFixture();
  const [host, service] = ['Host', 'Service'].map(it => new CfnParameter(stack, it).valueAsString);
  const port = new CfnParameter(stack, 'Port', { type: 'Number' }).valueAsNumber;
  new AlbIngress(stack, 'Ingress', {
    controller, hosts: [host], paths: [{ path: `/${service}`, service, port }], listeners: [{ port }], groupOrder: port, ingressName: service,
  });
  const manifest = text(theOnly(template(), MANIFEST).Properties.Manifest);
  for (const part of ['"name":"<token>"', '"host":"<token>"', '"path":"/<token>"', '"number":<token>', '"[{\\"HTTPS\\":<token>}]"', 'group.order":"<token>"']) {
    expect(manifest).toContain(part);
  }
});

test('warns of deletion protection, which no deletion of a stack gets past', () => {
  const { stack } = ingressFixture({ loadBalancerAttributes: { 'deletion_protection.enabled': 'true' } });
  Annotations.fromStack(stack).hasWarning('/Shop/Ingress', Match.stringLikeRegexp('turn it off before you delete the stack'));
});

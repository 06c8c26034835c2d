/** A real Kubernetes API server takes the Services of NlbService, as the deployment's kubectl applies them. */
import { writeFileSync } from 'fs';
import { join } from 'path';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { certificateFixture, nlbFixture } from './fixture';
import { CONTROL_PLANE, missingOf } from '../../rehearsal/setup/toolchain';
import { LoadBalancerScheme } from '../../src';
import { runControlPlane, type RunningControlPlane } from '../support/control-plane';
import { describeUnless } from '../support/run';

const { TCP_UDP, TLS } = elbv2.Protocol;

const SERVICES = [
  nlbFixture({ serviceName: 'least' }),
  nlbFixture({ serviceName: 'dns', ports: [{ port: 53, targetPort: 5353, protocol: TCP_UDP }] }),
  nlbFixture(stack => ({
    serviceName: 'mail',
    ports: [{ port: 993, targetPort: 9993, protocol: TLS }, { port: 25, targetPort: 2525 }],
    certificates: [certificateFixture(stack)],
    scheme: LoadBalancerScheme.INTERNET_FACING,
    inboundCidrs: ['192.0.2.0/24'],
    subnets: { subnetType: ec2.SubnetType.PUBLIC },
    eipAllocations: ['eipalloc-0a', 'eipalloc-0b'],
    proxyProtocol: true,
  })),
].map(it => it.object('Service'));

describeUnless(missingOf(CONTROL_PLANE))('the API server', () => {
  let cluster: RunningControlPlane;

  beforeAll(async () => {
    cluster = await runControlPlane();
    writeFileSync(join(cluster.folder, 'manifest.yaml'), SERVICES.map(object => JSON.stringify(object)).join(''));
  }, 120_000);

  afterAll(() => cluster.stop());

  const apply = async () => (await cluster.kubectl('apply', '-f', join(cluster.folder, 'manifest.yaml'), '--validate=strict')).trim().split('\n');

  test('accepts each, knows all of its fields, and accepts it again without a change', async () => {
    expect(await apply()).toEqual(['service/least created', 'service/dns created', 'service/mail created']);
    expect(await apply()).toEqual(['service/least unchanged', 'service/dns unchanged', 'service/mail unchanged']);
  }, 60_000);

  test('opens no ports of nodes for them', async () => {
    const { items } = JSON.parse(await cluster.kubectl('get', 'services', 'least', 'dns', 'mail', '-o', 'json'));
    expect(items.flatMap((it: any) => it.spec.ports.map((port: any) => port.nodePort ?? 'none'))).toEqual(Array(5).fill('none'));
  });
});

import { spawn } from 'child_process';
import { createServer, type IncomingMessage, type Server } from 'http';
import type { AddressInfo } from 'net';
import { join } from 'path';
import { AwsClient } from '../../rehearsal/aws/client';
import { choosePorts } from '../../rehearsal/cluster/ports';
import { startEmulator, type Emulator } from '../../rehearsal/emulator/emulator';
import { missingOf, prepare, REHEARSAL } from '../../rehearsal/setup/toolchain';
import { Processes } from '../../rehearsal/support/processes';
import { ROOT, run } from '../../tools/programs';
import { runControlPlane, type RunningControlPlane } from '../support/control-plane';
import { describeUnless } from '../support/run';

/** It takes two minutes, most of which AWS lets it wait. */
const missing = process.env.TEARDOWN_SCALE ? missingOf(REHEARSAL) : 'TEARDOWN_SCALE is not set';

/** A bucket of each action: what it holds, and how much comes back in a second. As EC2's for changes, and for reads. */
const BUCKETS = { change: [50, 5], read: [100, 20] };

const [BALANCERS, TARGET_GROUPS, INTERFACES, GROUPS] = [50, 200, 300, 50];
const CONTROLLER = 'elbv2.k8s.aws/cluster';

describeUnless(missing)('the teardown of a large cluster', () => {
  let plane: RunningControlPlane;
  let processes: Processes;
  let emulator: Emulator;
  let calls: AwsClient;
  let throttled: Throttled;
  let node24: string;

  beforeAll(async () => {
    const toolchain = await prepare({ kubernetes: '1.36', say: () => undefined });
    plane = await runControlPlane();
    processes = new Processes(join(plane.folder, 'emulator-logs'));
    emulator = await startEmulator({
      toolchain, processes, folder: plane.folder, ports: await choosePorts(), controlPlane: plane, authSecret: 'secret-of-a-test-0',
    });
    calls = new AwsClient(toolchain.python, emulator.env);
    throttled = await throttle(emulator.url);
    node24 = toolchain.node24;
    run(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', join(ROOT, 'handlers/tsconfig.json'), '--outDir', join(plane.folder, 'handlers')]);
  }, 120_000);

  afterAll(async () => {
    calls?.end();
    throttled?.server.close();
    await processes?.stopAll();
    await plane?.stop();
  }, 60_000);

  test(`deletes ${BALANCERS} load balancers, ${TARGET_GROUPS} target groups, ${INTERFACES} interfaces and ${GROUPS} groups in one invocation, though it is throttled`, async () => {
    const vpc = await plant();
    const answers: any[] = [];
    const cloudFormation = await listening(createServer((request, response) => {
      void textOf(request).then(text => { answers.push(JSON.parse(text)); response.end(); });
    }));
    const event = {
      RequestType: 'Delete',
      ResponseURL: urlOf(cloudFormation),
      PhysicalResourceId: 'teardown-shop',
      ResourceProperties: { Task: 'teardown', ClusterName: 'shop', VpcId: vpc, ZoneIds: [] },
    };
    const start = Date.now();
    const maxRss = await invoke(event).finally(() => cloudFormation.close());
    const seconds = (Date.now() - start) / 1000;
    process.stdout.write(`teardown: ${seconds.toFixed(0)} s, ${(maxRss / 1024).toFixed(0)} MB, ${throttled.passed} calls and ${throttled.refused} that were throttled\n`);

    expect(answers).toMatchObject([{ Status: 'SUCCESS', Reason: `${BALANCERS + TARGET_GROUPS + INTERFACES + 2 * GROUPS} deleted` }]);
    expect(throttled.refused).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(14 * 60);
    expect(maxRss).toBeLessThan(256 * 1024); // of which Lambda counts all
    const { LoadBalancers } = await calls.call('elbv2', 'describe_load_balancers');
    const { TargetGroups } = await calls.call('elbv2', 'describe_target_groups');
    const { NetworkInterfaces } = await calls.call('ec2', 'describe_network_interfaces');
    expect([LoadBalancers, TargetGroups, NetworkInterfaces].flat()).toEqual([]);
  }, 15 * 60_000);

  /** Each load balancer with its own group, which the rules of the next one name; and target groups that are in use. */
  async function plant(): Promise<string> {
    const { Vpc: { VpcId } } = await calls.call('ec2', 'create_vpc', { CidrBlock: '10.0.0.0/16' });
    const subnets = await Promise.all(['a', 'b'].map(async (zone, index) =>
      (await calls.call('ec2', 'create_subnet', { VpcId, CidrBlock: `10.0.${index}.0/24`, AvailabilityZone: `us-east-1${zone}` })).Subnet.SubnetId));
    const tags = [{ Key: CONTROLLER, Value: 'shop' }];
    const groups: string[] = [];
    for (let index = 0; index < GROUPS; index++) {
      const { GroupId } = await calls.call('ec2', 'create_security_group', { GroupName: `group-${index}`, Description: 'of a load balancer', VpcId });
      await calls.call('ec2', 'create_tags', { Resources: [GroupId], Tags: tags });
      const rule = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: groups[index - 1] ?? GroupId }] };
      await calls.call('ec2', 'authorize_security_group_ingress', { GroupId, IpPermissions: [rule] });
      groups.push(GroupId);
    }
    for (let index = 0; index < INTERFACES; index++) {
      await calls.call('ec2', 'create_network_interface', {
        SubnetId: subnets[0],
        Groups: [groups[index % GROUPS]],
        TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'io.cilium/cluster-name', Value: 'shop' }] }],
      });
    }
    const balancers: string[] = [];
    for (let index = 0; index < BALANCERS; index++) {
      const { LoadBalancers: [{ LoadBalancerArn }] } = await calls.call('elbv2', 'create_load_balancer', {
        Name: `balancer-${index}`, Scheme: 'internal', Subnets: subnets, SecurityGroups: [groups[index % GROUPS]], Tags: tags,
      });
      balancers.push(LoadBalancerArn);
    }
    for (let index = 0; index < TARGET_GROUPS; index++) {
      const { TargetGroups: [{ TargetGroupArn }] } = await calls.call('elbv2', 'create_target_group', {
        Name: `targets-${index}`, Protocol: 'HTTP', Port: 80, VpcId, TargetType: 'ip', Tags: tags,
      });
      await calls.call('elbv2', 'create_listener', {
        LoadBalancerArn: balancers[index % BALANCERS], Protocol: 'HTTP', Port: 80 + index, DefaultActions: [{ Type: 'forward', TargetGroupArn }],
      });
    }
    return VpcId;
  }

  /** Runs the function in a separate process, as Lambda does. @returns the memory that it took, in KB */
  function invoke(event: object): Promise<number> {
    const program = `
      const end = Date.now() + 15 * 60000;
      require(${JSON.stringify(join(plane.folder, 'handlers/teardown/index.js'))})
        .handler(JSON.parse(process.env.EVENT), { functionName: 'teardown', getRemainingTimeInMillis: () => end - Date.now() })
        .then(() => process.stderr.write(String(process.resourceUsage().maxRSS)));`;
    const env = {
      ...emulator.env, AWS_ENDPOINT_URL: throttled.url, NODE_PATH: join(ROOT, 'node_modules'), EVENT: JSON.stringify(event),
    };
    return new Promise((resolve, reject) => {
      const child = spawn(node24, ['-e', program], { env, stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', data => { said += data; });
      child.on('close', code => code === 0 ? resolve(Number(said.split('\n').pop())) : reject(new Error(said)));
    });
  }
});

/** What stands before the emulator. */
interface Throttled {
  readonly server: Server;
  readonly url: string;
  passed: number;
  refused: number;
}

/** Passes requests on, as many of each action as AWS does. */
async function throttle(to: string): Promise<Throttled> {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const takes = (action: string): boolean => {
    const [size, perSecond] = /^(Describe|List)/.test(action) ? BUCKETS.read : BUCKETS.change;
    const bucket = buckets.get(action) ?? { tokens: size, at: Date.now() };
    const tokens = Math.min(size, bucket.tokens + (Date.now() - bucket.at) / 1000 * perSecond);
    buckets.set(action, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: Date.now() });
    return tokens >= 1;
  };
  const server = createServer((request, response) => {
    void (async () => {
      const body = await textOf(request);
      const action = new URLSearchParams(body).get('Action') ?? `${request.method} ${request.headers['x-amz-target'] ?? request.url}`;
      if (!takes(action)) {
        throttled.refused++;
        response.writeHead(503, { 'content-type': 'text/xml' });
        response.end('<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors></Response>');
        return;
      }
      throttled.passed++;
      const { host, connection, 'content-length': length, ...headers } = request.headers as { [name: string]: string };
      const answer = await fetch(`${to}${request.url}`, { method: request.method, headers, body: body === '' ? undefined : body });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(await answer.text());
    })();
  });
  const throttled = { server: await listening(server), url: urlOf(server), passed: 0, refused: 0 };
  return throttled;
}

async function listening(server: Server): Promise<Server> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/**
 * Lists what a destroyed integration test has left in the account and the region, with its price by the hour: `orphans.ts SUBJECT`.
 *
 * Ends with 1 if there is anything. Finds it by tags, the test's own and those of the controllers; log groups, which have none, by name.
 */
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EC2 } from '@aws-sdk/client-ec2';
import { EKS } from '@aws-sdk/client-eks';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api';
import { exists, type Account, type Resource } from './existence';
import { nameOf, RUN_TAG } from './sandbox';
import { textTable } from '../../tools/text-table';

/** List prices of us-east-1 of November 2026, in dollars an hour, of what costs money as long as it exists. */
const PRICES: { readonly [kind: string]: number } = {
  'ec2/elastic-ip': 0.005,
  'ec2/instance': 0.0672, // t4g.large, of which the tests' nodes are
  'ec2/natgateway': 0.045,
  'ec2/volume': 0.0022, // 20 GB of gp3
  'eks/cluster': 0.1,
  'elasticloadbalancing/loadbalancer': 0.0225,
};

/** The resources that a test has left. */
export async function orphans(account: Account, name: string): Promise<Resource[]> {
  const tags = [RUN_TAG, 'elbv2.k8s.aws/cluster', 'io.cilium/cluster-name', 'aws:eks:cluster-name', 'eks:cluster-name'].map(key => ({ Key: key, Values: [name] }));
  const found = new Set<string>();
  for (const filter of [...tags, { Key: `kubernetes.io/cluster/${name}` }]) {
    let token: string | undefined;
    do {
      const page = await account.tags.getResources({ TagFilters: [filter], PaginationToken: token || undefined });
      page.ResourceTagMappingList?.forEach(it => found.add(it.ResourceARN!));
      token = page.PaginationToken;
    } while (token);
  }
  for (const prefix of [`/aws/lambda/${name}-`, `/aws/eks/${name}/`]) {
    const { logGroups } = await account.logs.describeLogGroups({ logGroupNamePrefix: prefix });
    logGroups?.forEach(it => found.add(it.arn!.replace(/:\*$/, '')));
  }
  const all = [...found].sort().map(arn => ({ arn, kind: kindOf(arn) }));
  const existing = await Promise.all(all.map(it => exists(account, it)));
  return all.filter((_, index) => existing[index]);
}

/** The service and the type of an ARN's resource. */
export function kindOf(arn: string): string {
  const [, , service, , , ...resource] = arn.split(':');
  return `${service}/${resource[0].split('/')[0]}`;
}

/** The lines to print, and the exit code. */
export function inventory(left: Resource[], name: string): { lines: string[]; code: number } {
  if (left.length === 0) {
    return { lines: [`Nothing is left of ${name}.`], code: 0 };
  }
  const price = (kind: string) => PRICES[kind] ?? 0;
  const rows = left.map(({ arn, kind }) => [kind, price(kind) ? `$${price(kind).toFixed(4)}` : '-', arn]);
  const sum = left.reduce((total, { kind }) => total + price(kind), 0);
  return { lines: [...textTable([['kind', 'an hour', 'ARN'], ...rows], 200), `${left.length} things are left of ${name}: $${sum.toFixed(2)} an hour.`], code: 1 };
}

/** Looks again for some minutes, as AWS lists for a while what was deleted. */
export async function settled(look: () => Promise<Resource[]>, wait: (milliseconds: number) => Promise<void>, tries = 10): Promise<Resource[]> {
  let left = await look();
  for (let again = 1; left.length > 0 && again < tries; again++) {
    await wait(30_000);
    left = await look();
  }
  return left;
}

async function main(subject: string) {
  const clients: Account = {
    ec2: new EC2(), eks: new EKS(), elb: new ElasticLoadBalancingV2(), logs: new CloudWatchLogs(), tags: new ResourceGroupsTaggingAPI(),
  };
  const name = nameOf(subject);
  const left = await settled(() => orphans(clients, name), milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)));
  const { lines, code } = inventory(left, name);
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = code;
}

if (require.main === module) {
  void main(process.argv[2]);
}

import type { Template } from '../../tools/template';

/** Where AWS has what: names of regions begin with these. */
export const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov'] as const;

/**
 * AWS's own policies that platforms use, and the partitions that have them.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html and https://docs.amazonaws.cn/en_us/eks/latest/userguide/create-node-role.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-managed-policies.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
 * @see https://github.com/aws/aws-cdk/issues/24743 and https://github.com/aws/aws-cdk/issues/24808 for the one of public registries
 */
const KNOWN: { readonly [policy: string]: readonly string[] } = {
  'iam::aws:policy/AmazonEKSClusterPolicy': PARTITIONS,
  'iam::aws:policy/AmazonEKSWorkerNodePolicy': PARTITIONS,
  'iam::aws:policy/AmazonEKS_CNI_Policy': PARTITIONS,
  'iam::aws:policy/AmazonEC2ContainerRegistryPullOnly': PARTITIONS,
  'iam::aws:policy/AmazonEC2ContainerRegistryReadOnly': PARTITIONS,
  'iam::aws:policy/AmazonElasticContainerRegistryPublicReadOnly': ['aws'],
  'iam::aws:policy/AmazonSSMManagedInstanceCore': PARTITIONS,
  'iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': PARTITIONS,
  'iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole': PARTITIONS,
  'eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy': PARTITIONS,
  'eks::aws:cluster-access-policy/AmazonEKSAdminPolicy': PARTITIONS,
  'eks::aws:cluster-access-policy/AmazonEKSEditPolicy': PARTITIONS,
  'eks::aws:cluster-access-policy/AmazonEKSViewPolicy': PARTITIONS,
};

/** What a template's managed policies are, looked at in each partition. */
export interface PolicyFindings {
  /** Policies that a partition lacks, and ARNs of another partition. */
  readonly problems: string[];
  /** Policies that the list here does not hold. */
  readonly unknown: string[];
}

/**
 * Looks for AWS's own policies in a template, as CloudFormation would see it in each partition.
 *
 * @param partitions those to which the stack may go
 */
export function managedPolicies(template: Template, partitions: readonly string[] = PARTITIONS): PolicyFindings {
  const problems: string[] = [];
  const unknown = new Set<string>();
  for (const partition of partitions) {
    for (const [logicalId, { Properties }] of Object.entries(template.Resources)) {
      const text = JSON.stringify(inPartition(Properties ?? {}, partition, template.Conditions ?? {}));
      for (const [arn, of, policy] of text.matchAll(/arn:([\w-]+):((?:iam|eks)::aws:[\w+=,.@/-]+)/g)) {
        if (of !== partition) {
          problems.push(`${logicalId} names ${arn}, which is not in ${partition}`);
        } else if (!(policy in KNOWN)) {
          unknown.add(policy);
        } else if (!KNOWN[policy].includes(partition)) {
          problems.push(`${logicalId} names ${arn}: ${partition} has no such policy`);
        }
      }
    }
  }
  return { problems, unknown: [...unknown] };
}

/** A value as CloudFormation sees it in a partition, as far as that decides. */
function inPartition(value: any, partition: string, conditions: { [name: string]: any }): any {
  const evaluate = (it: any) => inPartition(it, partition, conditions);
  if (Array.isArray(value)) {
    return value.map(evaluate).filter(it => it !== undefined);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (value.Ref === 'AWS::Partition') {
    return partition;
  }
  if (value.Ref === 'AWS::NoValue') {
    return undefined;
  }
  if ('Fn::If' in value) {
    const [condition, then, otherwise] = value['Fn::If'];
    const holds = truth(conditions[condition], partition, conditions);
    return holds === undefined ? [then, otherwise].map(evaluate).filter(it => it !== undefined) : evaluate(holds ? then : otherwise);
  }
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'];
    const all = evaluate(parts);
    return Array.isArray(all) && all.every(it => typeof it === 'string') ? all.join(separator) : { 'Fn::Join': [separator, all] };
  }
  if (typeof value['Fn::Sub'] === 'string') {
    return value['Fn::Sub'].replaceAll('${AWS::Partition}', partition);
  }
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, evaluate(it)]).filter(([, it]) => it !== undefined));
}

/** Whether a condition holds; undefined where more than the partition decides. */
function truth(condition: any, partition: string, conditions: { [name: string]: any }): boolean | undefined {
  const of = (it: any) => truth(it, partition, conditions);
  if (condition?.Condition) {
    return of(conditions[condition.Condition]);
  }
  if (condition?.['Fn::Not']) {
    const inner = of(condition['Fn::Not'][0]);
    return inner === undefined ? undefined : !inner;
  }
  if (condition?.['Fn::And'] || condition?.['Fn::Or']) {
    const decisive = Boolean(condition['Fn::Or']);
    const all: (boolean | undefined)[] = (condition['Fn::Or'] ?? condition['Fn::And']).map(of);
    return all.includes(decisive) ? decisive : all.includes(undefined) ? undefined : !decisive;
  }
  const sides = condition?.['Fn::Equals']?.map((it: any) => inPartition(it, partition, conditions));
  return sides?.every((it: any) => typeof it === 'string') ? sides[0] === sides[1] : undefined;
}

import { Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';

/**
 * The families from before the Nitro System, which can't delegate prefixes to a network interface.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html
 */
const BEFORE_NITRO = /^(c[134]|cc[12]|cr1|d2|f1|g[23]s?|h1|hs1|i2|i3|m[1234]|p[23]|r[34]|t[12]|x1e?)\./;

/** Whether a type is built on the Nitro System, as all metal types are. A token counts as one. */
export function isNitro(type: ec2.InstanceType): boolean {
  const name = type.toString();
  return Token.isUnresolved(name) || name.endsWith('.metal') || !BEFORE_NITRO.test(name);
}

/**
 * How many pods EKS supports on a node whose addresses are not the limit: 110 below 30 vCPUs, 250 from there.
 *
 * An empty list stands for the default type, which is small.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html#determine-max-pods
 */
export function maxPodsWithPrefixes(types: ec2.InstanceType[]): number {
  const isLarge = (type: ec2.InstanceType) => {
    const [, factor, metal] = /\.(?:(\d+)xlarge|(metal)\b)/.exec(type.toString()) ?? [];
    return metal !== undefined || Number(factor ?? 0) * 4 >= 30;
  };
  return types.length > 0 && types.every(isLarge) ? 250 : 110;
}

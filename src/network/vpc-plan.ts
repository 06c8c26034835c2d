import { Fn, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { maskThatHolds, overlaps, parseCidr } from './cidr';
import type { VpcProps } from './network-options';
import { reject } from '../cdk/reject';
import { checkClusterName } from '../kubernetes/cluster-name';

/** What the VPC will be: the defaults, and every check that can be made before anything is defined. */
export function planVpc(scope: Construct, path: string, props: VpcProps) {
  checkClusterName(path, props.clusterName);
  const cidr = props.cidr ?? '10.0.0.0/16';
  const zones = props.availabilityZones ?? firstThreeZones(scope);
  const publicMask = props.publicSubnetMask ?? 24;
  const privateMask = props.privateSubnetMask ?? 24;
  const isolated = props.isolated ?? false;
  const natGateways = isolated ? 0 : props.natGateways ?? 1;

  checkMask(path, 'publicSubnetMask', publicMask);
  checkMask(path, 'privateSubnetMask', privateMask);
  if (zones.length === 0) {
    reject(path, 'availabilityZones', zones, 'one zone or more', 'leave it out for the first three zones of the region');
  }
  checkIsolated(path, props);
  if (!isolated && (!Number.isInteger(natGateways) || natGateways < 1 || natGateways > zones.length)) {
    reject(path, 'natGateways', natGateways, `a whole number from 1 to ${zones.length}, the number of zones`,
      'give fewer gateways or more `availabilityZones`');
  }
  const block = checkCidr(path, 'cidr', cidr, 28);
  const needed = maskThatHolds([...isolated ? [] : zones.map(() => publicMask), ...zones.map(() => privateMask)]);
  if (block.mask > needed) {
    const [size, advice] = needed < 16 ? [`/${needed}, larger than a VPC can be,`, ''] : [`/${needed} or larger`, 'a larger range, or '];
    reject(path, 'cidr', cidr, `${size} to hold ${isolated ? '' : `${zones.length} public /${publicMask} and `}${zones.length} private /${privateMask} subnets`,
      `give ${advice}smaller subnets with \`publicSubnetMask\` and \`privateSubnetMask\``);
  }
  checkPodCidr(path, cidr, zones.length, props.podCidr);
  if (props.flowLogBucket && props.flowLogRetention !== undefined) {
    reject(path, 'flowLogRetention', props.flowLogRetention, 'left out with `flowLogBucket`', 'give the bucket a lifecycle rule');
  }
  return { cidr, zones, publicMask, privateMask, natGateways, isolated };
}

/** Where the account is not known, CDK knows two zones: three are taken from the region's list at deployment. */
function firstThreeZones(scope: Construct): string[] {
  const known = Stack.of(scope).availabilityZones;
  return Token.isUnresolved(known[0]) ? [0, 1, 2].map(index => Fn.select(index, Fn.getAzs())) : known.slice(0, 3);
}

function checkIsolated(path: string, { isolated, natGateways, publicSubnetMask }: VpcProps) {
  for (const [prop, value] of Object.entries(isolated ? { natGateways, publicSubnetMask } : {})) {
    if (value !== undefined) {
      reject(path, prop, value, 'left out with `isolated`', 'an isolated VPC has neither NAT gateways nor public subnets');
    }
  }
}

function checkPodCidr(path: string, cidr: string, zones: number, podCidr?: string) {
  if (podCidr === undefined) {
    return;
  }
  const smallest = Math.min(26, 28 - Math.ceil(Math.log2(zones))); // no subnet is smaller than a /28
  if (overlaps(checkCidr(path, 'podCidr', podCidr, smallest), parseCidr(cidr)!)) {
    reject(path, 'podCidr', podCidr, `a range that shares no address with \`cidr\` (${cidr})`, 'give another, such as 100.64.0.0/16');
  }
}

function checkCidr(path: string, prop: string, text: string, smallest: number) {
  const block = Token.isUnresolved(text) ? undefined : parseCidr(text);
  if (!block || block.mask < 16 || block.mask > smallest) {
    return reject(path, prop, Token.isUnresolved(text) ? 'a token' : text, `an IPv4 range of /16 to /${smallest} that starts at a multiple of its size, known at synthesis`,
      'give one such as 10.0.0.0/16');
  }
  return block;
}

function checkMask(path: string, prop: string, mask: number) {
  if (!Number.isInteger(mask) || mask < 16 || mask > 28) {
    reject(path, prop, mask, 'a whole number from 16 to 28', 'give the length of the mask, such as 24 for 251 addresses');
  }
}

import { fullDiff, ResourceImpact, type ResourceDifference } from '@aws-cdk/cloudformation-diff';
import type { Template } from 'aws-cdk-lib/assertions';
import { theOnly } from './read';
import { overlaps, parseCidr } from '../../src/network/cidr';
import { HELM_RELEASE, MANIFEST } from '../../tools/template';

/** What an update does to a living platform, the worst first: the words of the table in docs/operations.md. */
export const EFFECTS = [
  'refused', 'new cluster', 'new node group', 'nodes roll', 'taken away', 'connections break', 'pods roll', 'no interruption',
] as const;

export type Effect = typeof EFFECTS[number];

type Changes = { [logicalId: string]: ResourceDifference };


/** Resources whose deletion is noticed: they serve something, or keep data. */
const MISSED = [HELM_RELEASE, MANIFEST, 'AWS::Logs::LogGroup', 'AWS::KMS::Key', 'AWS::EKS::Nodegroup'];

/** The worst that CloudFormation's update from one template to another does, by the update behaviour of each property. */
export function effectOf(from: Template, to: Template): Effect {
  const changes: Changes = fullDiff(from.toJSON(), to.toJSON()).resources.changes;
  const found = [
    ...Object.values(changes).flatMap(change => change.isRemoval ? removal(change) : change.isAddition ? [] : update(change, changes)),
    ...clusterMoves(from, to, changes) ? ['refused'] : [],
  ];
  return EFFECTS.find(effect => found.includes(effect)) ?? 'no interruption';
}

function removal({ oldResourceType = '' }: ResourceDifference): Effect[] {
  return MISSED.includes(oldResourceType) ? ['taken away'] : oldResourceType === 'AWS::EC2::NatGateway' ? ['connections break'] : [];
}

function update(change: ResourceDifference, changes: Changes): Effect[] {
  const isChanged = (property: string) => property in change.propertyUpdates;
  switch (change.resourceType) {
    case 'AWS::EKS::Cluster':
      // A resource with a given name can't be made anew while the old one has that name.
      return isReplaced(change) ? [isChanged('Name') ? 'new cluster' : 'refused'] : [];
    case 'AWS::EC2::Subnet':
      // Nor can a subnet while an old one has its addresses.
      return isReplaced(change) && Object.values(changes).some(other => sharesAddresses(change, other)) ? ['refused'] : [];
    case 'AWS::EKS::Nodegroup':
      return isReplaced(change) ? ['new node group'] : isChanged('Version') || isChanged('LaunchTemplate') ? ['nodes roll'] : [];
    case 'AWS::EC2::LaunchTemplate':
      return ['nodes roll'];
    case 'AWS::EC2::Route':
      return isChanged('NatGatewayId') ? ['connections break'] : [];
    case HELM_RELEASE:
      return Object.keys(change.propertyUpdates).some(it => it !== 'DeleteCrds') ? ['pods roll'] : [];
    case MANIFEST:
      return ['pods roll'];
    default:
      return [];
  }
}

function isReplaced(change: ResourceDifference): boolean {
  return change.changeImpact === ResourceImpact.WILL_REPLACE;
}

/** Whether a cluster gets other subnets or groups: the property that holds them can be changed, these two in it can't. */
function clusterMoves(from: Template, to: Template, changes: Changes): boolean {
  const [before, after] = [from, to].map(template => {
    const { SubnetIds, SecurityGroupIds } = theOnly(template, 'AWS::EKS::Cluster').Properties.ResourcesVpcConfig;
    return JSON.stringify([SubnetIds, SecurityGroupIds]);
  });
  return before !== after || Object.entries(changes).some(([id, it]) => isReplaced(it) && after.includes(`"${id}"`));
}

function sharesAddresses(change: ResourceDifference, other: ResourceDifference): boolean {
  const [wanted, taken] = [change.newProperties, other.oldProperties].map(it => typeof it?.CidrBlock === 'string' ? parseCidr(it.CidrBlock) : undefined);
  return other.oldResourceType === 'AWS::EC2::Subnet' && wanted !== undefined && taken !== undefined && overlaps(wanted, taken);
}

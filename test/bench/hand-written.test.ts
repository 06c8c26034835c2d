import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as handWritten from '../../bench/hand-written';
import * as library from '../../bench/library';
import { helmValues, kubernetesObjects, resourcesOf } from '../support/read';

/** What is measured side by side must be the same platform. */
const [ours, theirs] = [library, handWritten].map(({ define }) => {
  const app = new App({ context: { 'aws:cdk:disable-asset-staging': true, '@aws-cdk/aws-eks:useNativeOidcProvider': true } });
  define(app);
  return Template.fromStack(app.node.findChild('Shop') as Stack);
});

test('has the same subnets with the same tags', () => {
  const subnets = (template: Template) => Object.values(resourcesOf(template, 'AWS::EC2::Subnet'))
    .map(({ Properties }) => ({ cidr: Properties.CidrBlock, tags: Properties.Tags.filter((tag: any) => tag.Key !== 'Name') }));
  expect(subnets(theirs)).toEqual(subnets(ours));
});

test('has the same Helm releases at the same versions', () => {
  const releases = (template: Template) => Object.values(resourcesOf(template, 'Custom::AWSCDK-EKS-HelmChart'))
    .map(({ Properties }) => [Properties.Release, Properties.Version, Properties.Namespace, Properties.Repository]);
  expect(releases(theirs)).toEqual(releases(ours));
});

test.each(['cilium', 'aws-load-balancer-controller', 'external-dns'])('gives the release %s no value that the library does not write', release => {
  expect(Object.keys(helmValues(ours, release))).toEqual(expect.arrayContaining(Object.keys(helmValues(theirs, release))));
});

test('has the same objects of the node-local DNS cache', () => {
  const names = (template: Template) => kubernetesObjects(template).map(object => `${object.kind} ${object.metadata.name}`);
  expect(names(theirs)).toEqual(expect.arrayContaining(names(ours)));
});

test('has the same kind of cluster and of nodes', () => {
  const chosen = (template: Template) => {
    const { Version, KubernetesNetworkConfig, BootstrapSelfManagedAddons } = Object.values(resourcesOf(template, 'AWS::EKS::Cluster'))[0].Properties;
    const { AmiType, InstanceTypes, ScalingConfig, Taints } = Object.values(resourcesOf(template, 'AWS::EKS::Nodegroup'))[0].Properties;
    return { Version, KubernetesNetworkConfig, BootstrapSelfManagedAddons, AmiType, InstanceTypes, ScalingConfig, Taints };
  };
  expect(chosen(theirs)).toEqual(chosen(ours));
});

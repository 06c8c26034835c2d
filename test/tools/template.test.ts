import { helmValues, kubernetesObjects, ofType, type Template } from '../../tools/template';

const template: Template = {
  Resources: {
    Release: { Type: 'Custom::AWSCDK-EKS-HelmChart', Properties: { Release: 'cilium', Values: { 'Fn::Join': ['', ['{"name":"', { Ref: 'Cluster' }, '"}']] } } },
    Plain: { Type: 'Custom::AWSCDK-EKS-HelmChart', Properties: { Release: 'plain' } },
    One: { Type: 'Custom::AWSCDK-EKS-KubernetesResource', Properties: { Manifest: '[{"kind":"Service"},{"kind":"Pod"}]' } },
    Two: { Type: 'Custom::AWSCDK-EKS-KubernetesResource', Properties: { Manifest: { 'Fn::Sub': '[{"kind":"${Kind}"}]' } } },
    Topic: { Type: 'AWS::SNS::Topic' },
  },
};

test('finds resources by their type', () => {
  expect(ofType(template, 'AWS::SNS::Topic')).toEqual([{ logicalId: 'Topic', Properties: {} }]);
  expect(ofType(template, 'AWS::SNS')).toEqual([]);
});

test('reads the objects of all manifests', () => {
  expect(kubernetesObjects(template).map(it => it.kind)).toEqual(['Service', 'Pod', '<token>']);
  expect(kubernetesObjects(template, reference => `a ${reference}`).at(-1).kind).toBe('a Kind');
});

test('reads the values of a release', () => {
  expect(helmValues(template, 'cilium')).toEqual({ name: '<token>' });
  expect(helmValues(template, 'cilium', () => 'shop')).toEqual({ name: 'shop' });
  expect(helmValues(template, 'plain')).toEqual({});
  expect(helmValues(template, 'none')).toBeUndefined();
});

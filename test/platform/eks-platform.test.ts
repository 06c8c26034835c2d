import { platformFixture } from '../support/fixtures';
import { helmValues, resourcesOf } from '../support/read';

test('defines a cluster, its network and every add-on', () => {
  const template = platformFixture().template();
  template.resourceCountIs('AWS::EKS::Cluster', 1);
  expect(Object.keys(resourcesOf(template, 'Custom::AWSCDK-EKS-HelmChart'))).toHaveLength(3);
  expect(helmValues(template, 'cilium').cluster.name).toBe('shop');
});

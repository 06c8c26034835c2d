import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { shop } from './main';

function templateOf(name: string): Template {
  const app = new App();
  shop(app);
  return Template.fromStack(app.node.findChild(`shop-${name}`) as Stack);
}

test.each(['dev', 'staging', 'prod'])('%s has a cluster of its own', name => {
  templateOf(name).hasResourceProperties('AWS::EKS::Cluster', { Name: `shop-${name}` });
});

test('no pod network but Cilium\'s', () => {
  const template = templateOf('dev');
  template.hasResourceProperties('AWS::EKS::Cluster', { BootstrapSelfManagedAddons: false });
  template.hasResourceProperties('Custom::AWSCDK-EKS-HelmChart', { Release: 'cilium' });
});

test('prod can not be deleted by mistake', () => {
  templateOf('prod').hasResourceProperties('AWS::EKS::Cluster', { DeletionProtection: true });
});

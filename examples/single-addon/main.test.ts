import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { externalDnsAlone } from './main';

const template = Template.fromStack(externalDnsAlone(new App()));

test('installs ExternalDNS and nothing else', () => {
  template.resourceCountIs('AWS::EKS::Cluster', 0);
  template.resourceCountIs('Custom::AWSCDK-EKS-HelmChart', 1);
  template.hasResourceProperties('Custom::AWSCDK-EKS-HelmChart', { Release: 'external-dns', ClusterName: 'legacy' });
});

test('may write to its zone only', () => {
  const policies = JSON.stringify(template.findResources('AWS::IAM::Role', { Properties: { Policies: Match.anyValue() } }));
  expect([...new Set(policies.match(/hostedzone\/\w+/g))]).toEqual(['hostedzone/Z0123456789EXAMPLE']);
});

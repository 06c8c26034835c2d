import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { production } from './main';

const stack = production(new App());
const template = Template.fromStack(stack);
const manifests = JSON.stringify(template.findResources('Custom::AWSCDK-EKS-KubernetesResource'));

test('neither the stack nor the cluster can be deleted by mistake', () => {
  expect(stack.terminationProtection).toBe(true);
  template.hasResourceProperties('AWS::EKS::Cluster', { DeletionProtection: true });
});

test('each pattern has an Ingress', () => {
  expect(manifests.match(/\\+"kind\\+":\\+"Ingress\\+"/g)).toHaveLength(5);
});

test('nothing passes in the namespace unless it is said', () => {
  expect(manifests).toContain('default-deny-all');
});

test('every load balancer is tagged with environment and team', () => {
  expect(manifests.match(/Environment=production,Team=shop/g)).toHaveLength(5);
});

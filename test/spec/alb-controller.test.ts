/** The section "AWS Load Balancer Controller" of the architecture document. Its Ingress comes with the ingress patterns. */
import { platformFixture } from '../support/fixtures';
import { helmRelease, helmValues, idsOf, resourcesOf, text, workloadStatements } from '../support/read';

const template = platformFixture().template();
const values = helmValues(template, 'aws-load-balancer-controller');
const statements = workloadStatements(template, 'kube-system/aws-load-balancer-controller');
const actions: string[] = statements.flatMap(it => it.Action);

/** The statements that allow an action on a kind of resource. */
const allow = (action: string, resource: string) => statements.filter(it => [it.Action].flat().includes(action))
  .flatMap(it => [it.Resource].flat().map(text)).filter(it => it === '*' || it.includes(resource));

describe('"Architecture"', () => {
  test('"Ingress Resource --> ALB Controller": it serves the class of "ingressClassName: alb"', () => {
    expect(values).toMatchObject({ ingressClass: 'alb', createIngressClassResource: true });
  });

  test('"Controller --> Application LB"', () => {
    expect(allow('elasticloadbalancing:CreateLoadBalancer', 'loadbalancer/app/')).not.toEqual([]);
  });

  test('"Controller --> Target Groups"', () => {
    expect(allow('elasticloadbalancing:CreateTargetGroup', 'targetgroup/')).not.toEqual([]);
    expect(allow('elasticloadbalancing:RegisterTargets', 'targetgroup/')).not.toEqual([]);
  });

  test('"Controller --> Security Groups"', () => {
    expect(allow('ec2:CreateSecurityGroup', 'security-group/')).not.toEqual([]);
    expect(allow('ec2:DeleteSecurityGroup', 'security-group/')).not.toEqual([]);
  });

  test('"Service type=LB --> Controller --> Network LB": a plain Service becomes an NLB, and no Service of another chart has to wait for that', () => {
    expect(values.enableServiceMutatorWebhook).toBe(true);
    expect(values.serviceMutatorWebhookConfig).toEqual({ failurePolicy: 'Ignore' });
    expect(values.controllerConfig.featureGates).not.toHaveProperty('EnableServiceController');
    expect(allow('elasticloadbalancing:CreateLoadBalancer', 'loadbalancer/net/')).not.toEqual([]);
  });
});

describe('"IRSA Permissions"', () => {
  test('"The controller uses IAM Roles for Service Accounts (IRSA)"', () => {
    expect(values.serviceAccount.annotations).toEqual({ 'eks.amazonaws.com/role-arn': '<token>' });
    const [id] = idsOf(template, 'AWS::IAM::Role', { Description: 'kube-system/aws-load-balancer-controller' });
    const [trust] = resourcesOf(template, 'AWS::IAM::Role')[id].Properties.AssumeRolePolicyDocument['Fn::Sub'];
    expect(trust).toContain('"sts:AssumeRoleWithWebIdentity"');
    expect(trust).toContain('"system:serviceaccount:kube-system:aws-load-balancer-controller"');
  });

  test('"ServiceAccount: aws-load-balancer-controller"', () => {
    expect(values.serviceAccount).toMatchObject({ create: true, name: 'aws-load-balancer-controller' });
  });

  test('"Namespace: kube-system"', () => {
    expect(helmRelease(template, 'aws-load-balancer-controller').Properties.Namespace).toBe('kube-system');
  });

  test.each(['ec2:CreateSecurityGroup', 'ec2:AuthorizeSecurityGroupIngress', 'acm:DescribeCertificate'])('"Permissions: %s"', action => {
    expect(actions).toContain(action);
  });

  /** What of each wildcard the controller uses, and so what is allowed. */
  test.each([
    ['elasticloadbalancing:*', 'elasticloadbalancing:', ['CreateLoadBalancer', 'DeleteLoadBalancer', 'CreateListener', 'CreateRule', 'DescribeTargetHealth']],
    ['ec2:Describe*', 'ec2:Describe', ['Subnets', 'SecurityGroups', 'Vpcs', 'Instances', 'NetworkInterfaces', 'AvailabilityZones']],
    ['wafv2:*', 'wafv2:', ['GetWebACL', 'GetWebACLForResource', 'AssociateWebACL', 'DisassociateWebACL']],
  ])('"Permissions: %s": by its single actions', (wildcard, prefix, used) => {
    expect(actions).toEqual(expect.arrayContaining(used.map(it => `${prefix}${it}`)));
    expect(actions).not.toContain(wildcard);
  });

  test('deliberately otherwise: no action is a wildcard', () => {
    expect(actions.filter(it => it.includes('*'))).toEqual([]);
  });

  // Without these the controller makes what an Ingress needs, and can't delete it: Ingresses wait for ever.
  test.each(['ec2:RevokeSecurityGroupIngress', 'ec2:DeleteSecurityGroup', 'ec2:CreateTags', 'shield:GetSubscriptionState'])(
    'deliberately more than the list: %s', action => {
      expect(actions).toContain(action);
    });
});

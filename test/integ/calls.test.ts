import { readdirSync, readFileSync } from 'fs';
import { dirname, join } from 'path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ofType, SUBJECTS, synthesize } from './apps';
import { call, Checks, matching } from '../../integ/support/checks';
import { text } from '../support/read';

/*
 * The compiler checks every call of integ/ against the SDK's types; `@ts-expect-error` fails where it would not. What the types can't
 * tell is asked of the SDK itself: that there is a command of the name, by which the provider finds it.
 */

describe('the compiler', () => {
  const checks = () => new Checks(new Stack(new App(), 'Tested'));
  const subnets = call('ec2', 'describeSubnets', { Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }] });

  test('knows services, calls and parameters', () => {
    // @ts-expect-error -- no such package
    call('ec3', 'describeSubnets', {});
    // @ts-expect-error -- no such call
    call('ec2', 'describeSubnet', {});
    // @ts-expect-error -- the parameter is called Filters
    call('ec2', 'describeSubnets', { Filter: [] });
    // @ts-expect-error -- for once it is called Filter
    call('ec2', 'describeNatGateways', { Filters: [] });
    // @ts-expect-error -- a parameter that must be there
    call('wafv2', 'getWebACLForResource', {});
    expect(call('wafv2', 'getWebACLForResource', { ResourceArn: 'arn' }).parameters).toEqual({ ResourceArn: 'arn' });
  });

  test('knows what is at a path of the answer', () => {
    const made = checks();
    made.value('Right', subnets, 'Subnets.0.AvailabilityZone', 'us-east-1a');
    made.value('Matches', subnets, 'Subnets.0.CidrBlock', matching('^10[.]'));
    // @ts-expect-error -- the provider can't tell false from nothing
    made.value('NoText', subnets, 'Subnets.0.MapPublicIpOnLaunch', false);
    // @ts-expect-error -- not one of its states
    made.value('NoState', subnets, 'Subnets.0.State', 'active');
    // @ts-expect-error -- no such field
    made.value('NoField', subnets, 'Subnets.0.Cidr', '10.0.0.0/24');
    // @ts-expect-error -- a list needs an index
    made.value('NoIndex', subnets, 'Subnets.State', 'available');
    // @ts-expect-error -- not a list
    made.none('NoList', subnets, 'NextToken');
    expect(Object.keys(Template.fromStack(made.stack).findOutputs('AssertionResultsRight'))).toHaveLength(1);
  });
});

const called = (subject: string) => ofType(synthesize(subject).checks, 'Custom::DeployAssert@SdkCall');

test.each(SUBJECTS)('every call of %s is a command of the SDK', subject => {
  for (const { Properties } of called(subject)) {
    const sdk = jest.requireActual(Properties.service);
    const command = `${Properties.api[0].toUpperCase()}${Properties.api.slice(1)}Command`;
    expect(Object.keys(sdk)).toContain(command);
  }
});

test('every filter is one that the SDK\'s documentation of the call names', () => {
  const models = join(dirname(require.resolve('@aws-sdk/client-ec2/package.json')), 'dist-types', 'models');
  const documented = readdirSync(models).map(file => readFileSync(join(models, file), 'utf8')).join('');
  const asked = called('network').filter(it => it.Properties.service === '@aws-sdk/client-ec2');
  for (const { Properties: { api, parameters } } of asked) {
    const [, request] = new RegExp(`export interface ${api[0].toUpperCase()}${api.slice(1)}Request \\{([^]*?)\\n\\}`).exec(documented)!;
    const names = [...text(parameters.Filters ?? parameters.Filter).matchAll(/"Name":"([^"]+)"/g)].map(it => it[1].replace(/^tag:.*/, 'tag'));
    expect(names.length).toBeGreaterThan(0);
    names.forEach(name => expect(request).toContain(`<code>${name}</code>`));
  }
});

test('a check that waits asks every 20 seconds, and says which it was if time is over', () => {
  const made = new Checks(new Stack(new App(), 'Tested'));
  made.value('IsUp', call('elastic-load-balancing-v2', 'describeLoadBalancers', { Names: ['web'] }), 'LoadBalancers.0.State.Code', 'active', Duration.minutes(5));
  const template = Template.fromStack(made.stack);
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    DefinitionString: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('"IntervalSeconds":20,"MaxAttempts":15')])] },
  });
  expect(template.toJSON().Resources.IsUp).toMatchObject({
    Type: expect.stringMatching(/^Custom::DeployAssert@SdkCall/),
    Properties: { service: '@aws-sdk/client-elastic-load-balancing-v2', api: 'describeLoadBalancers', actualPath: 'LoadBalancers.0.State.Code', expected: '"active"' },
  });
});

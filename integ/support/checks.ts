import * as integ from '@aws-cdk/integ-tests-alpha';
import { Aspects, CfnOutput, CfnResource, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Pattern, type Answer, type Api, type At, type Expected, type Lists, type Parameters, type Service } from './aws-calls';
import { Probe, type ProbeProps } from './probe';
import { salt } from './sandbox';

/** A call of an AWS API. */
export interface Call<S extends Service, A extends Api<S>> {
  readonly service: S;
  readonly api: A;
  readonly parameters: Parameters<S, A>;
}

/** Writes down a call, checked against the SDK's types. */
export function call<S extends Service, A extends Api<S>>(service: S, api: A, parameters: Parameters<S, A>): Call<S, A> {
  return { service, api, parameters };
}

/** Text that matches a regular expression. */
export function matching(pattern: string): Pattern {
  return new Pattern(pattern);
}

/**
 * What a test asserts about a stack. It has a stack of its own, which is deployed after that one and deleted before it.
 *
 * The name of a check is also that of its output and of its resource. A check that waits, and a probe, fail the deployment. A check that
 * asks once does not: an assertion of `IntegTest` only writes its result into an output. `verdict.ts` reads these, and ends with 1 if one failed.
 *
 * @see https://github.com/aws/aws-cdk/issues/30513
 */
export class Checks {
  /** The stack of the checks. */
  public readonly stack: Stack;

  constructor(tested: Stack) {
    this.stack = new Stack(tested.node.root, `${tested.stackName}-checks`);
    this.stack.addStackDependency(tested);
    new integ.IntegTest(tested.node.root, 'Integ', { testCases: [tested], assertionStack: this.stack });
    // Lambda's own log groups would outlive the stack.
    const log = new logs.LogGroup(this.stack, 'Log', { retention: logs.RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY });
    Aspects.of(this.stack).add({
      visit: node => {
        if (CfnResource.isCfnResource(node)) {
          pinSalt(node);
          logTo(node, log);
        }
      },
    });
  }

  /**
   * AWS answers with a value.
   *
   * @param path to the value in the answer: only the value comes back, as CloudFormation takes at most 4 KB
   * @param within how long to ask again; once by default
   */
  public value<S extends Service, A extends Api<S>, P extends string>(
    name: string, asked: Call<S, A>, path: P, expected: Expected<At<Answer<S, A>, P>>, within?: Duration,
  ): integ.IApiCall {
    const made = this.call(name, asked);
    // Not `ExpectedResult.exact`: the provider does not understand what that writes, and would never find a value equal to it.
    const equal = { result: JSON.stringify(expected) };
    made.assertAtPath(path, expected instanceof Pattern ? integ.ExpectedResult.stringLikeRegexp(expected.source) : equal);
    return within ? wait(made, within) : made;
  }

  /** AWS answers with an empty list. */
  public none<S extends Service, A extends Api<S>>(name: string, asked: Call<S, A>, list: Lists<Answer<S, A>>): integ.IApiCall {
    return this.call(name, asked).expect(integ.ExpectedResult.objectLike({ [list]: [] }));
  }

  /** A URL answers from the internet, with status 200 and a body that has these fields. */
  public url(name: string, url: string, body: { [field: string]: any }, within: Duration): integ.IApiCall {
    const made = new integ.HttpApiCall(this.stack, name, { url });
    return wait(made.expect(integ.ExpectedResult.objectLike({ status: 200, body: integ.Match.objectLike(body) })), within);
  }

  /** A probe passes. Its report is an output, or, if the probe fails, the error of the deployment. */
  public probe(name: string, props: ProbeProps): Probe {
    const probe = new Probe(this.stack, `${name}Probe`, props);
    const assertion = new integ.EqualsAssertion(this.stack, name, {
      actual: { result: probe.report },
      expected: integ.ExpectedResult.stringLikeRegexp('^PASSED '),
      failDeployment: true,
    });
    // The output that it defines by itself reads an attribute that its provider does not return.
    assertion.node.tryRemoveChild('AssertionResults');
    const result = assertion.node.defaultChild as CustomResource;
    new CfnOutput(assertion, 'Result', { value: result.getAttString('assertion') }).overrideLogicalId(`AssertionResults${name}`);
    new CfnOutput(assertion, 'Report', { value: probe.report }).overrideLogicalId(`Report${name}`);
    return probe;
  }

  private call<S extends Service, A extends Api<S>>(name: string, { service, api, parameters }: Call<S, A>): integ.AwsApiCall {
    return new integ.AwsApiCall(this.stack, name, { service: `@aws-sdk/client-${service}`, api, parameters });
  }
}

/** Asks every 20 seconds. */
function wait(made: integ.IApiCall, within: Duration): integ.IApiCall {
  return made.waitForAssertions({ totalTimeout: within, interval: Duration.seconds(20) });
}

/** CDK's salt is the time of synthesis, so that each assertion runs again: a snapshot would differ every time. */
function pinSalt(resource: CfnResource) {
  if (resource.cfnResourceType.startsWith('Custom::DeployAssert@')) {
    resource.addPropertyOverride('salt', salt());
  }
}

function logTo(resource: CfnResource, log: logs.ILogGroup) {
  if (resource.cfnResourceType === 'AWS::Lambda::Function') {
    resource.addPropertyOverride('LoggingConfig.LogGroup', log.logGroupName);
  }
}

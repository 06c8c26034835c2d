import { randomUUID } from 'crypto';
import type { Programs } from '../../../handlers/kubernetes/programs';
import { run, type Event } from '../../../handlers/kubernetes/run';
import type { Invocation, World } from '../../../handlers/shared/custom-resource';
import { FakeAws } from '../fake-aws';

export const MANIFEST = 'Custom::AWSCDK-EKS-KubernetesResource';
export const PATCH = 'Custom::AWSCDK-EKS-KubernetesPatch';
export const VALUE = 'Custom::AWSCDK-EKS-KubernetesObjectValue';

/** Of a function, as Lambda sets it. */
export const ENV = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  CLUSTER_NAME: 'shop',
  CLUSTER_ENDPOINT: 'https://127.0.0.1:1',
  CLUSTER_CA: 'Y2E=',
};

/** The answers that CloudFormation gets from the handler, as a whole. */
export class Engine {
  public readonly aws = new FakeAws();
  public readonly answers: any[] = [];
  public type = MANIFEST;
  public stackId = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Shop/1';
  public env: NodeJS.ProcessEnv = ENV;
  public invocation: Invocation = { functionName: 'kubernetes', getRemainingTimeInMillis: () => 900_000 };
  public clock: World['clock'] = { now: () => Date.now(), sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)) };

  constructor(public layer: (own: NodeJS.ProcessEnv) => Programs) {
    this.aws.cluster = { status: 'ACTIVE' };
  }

  public create(properties: object, LogicalResourceId = 'Manifest', more: Partial<Event> = {}): Promise<any> {
    return this.serve({ RequestType: 'Create', LogicalResourceId, ...more }, properties);
  }

  /** The answer to an update of what the last answer was given for. */
  public update(properties: object, OldResourceProperties: any, LogicalResourceId = 'Manifest'): Promise<any> {
    return this.serve({ RequestType: 'Update', LogicalResourceId, PhysicalResourceId: this.idOf(LogicalResourceId), OldResourceProperties }, properties);
  }

  public delete(properties: object, LogicalResourceId = 'Manifest', PhysicalResourceId = this.idOf(LogicalResourceId)): Promise<any> {
    return this.serve({ RequestType: 'Delete', LogicalResourceId, PhysicalResourceId }, properties);
  }

  private idOf(logicalId: string): string {
    return this.answers.filter(it => it.LogicalResourceId === logicalId).pop().PhysicalResourceId;
  }

  public async serve(event: Partial<Event>, properties: object): Promise<any> {
    const answered = this.answers.length;
    await run({
      ResponseURL: 'https://cloudformation.example.com/',
      StackId: this.stackId,
      RequestId: randomUUID(),
      ResourceType: this.type,
      ...event,
      ResourceProperties: { ClusterName: 'shop', ...properties },
    } as Event, this.invocation, {
      aws: this.aws, clock: this.clock, respond: async (_url, body) => { this.answers.push(body); },
    }, this.env, this.layer);
    return this.answers[answered];
  }
}

/** The properties of a manifest. */
export function manifest(objects: unknown[], more: object = {}): object {
  return { Manifest: JSON.stringify(objects), ...more };
}

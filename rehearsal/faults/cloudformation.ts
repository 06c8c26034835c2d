import type { VirtualClock } from './clock';
import type { Lambda } from './lambda';

/** A resource of a template. Without a function, CloudFormation makes it itself. */
export interface Resource {
  readonly type: string;
  readonly function?: 'kubernetes' | 'teardown';
  readonly properties: { readonly [name: string]: any };
  readonly after?: readonly string[];
}

export type Template = { readonly [logicalId: string]: Resource };

/** A resource of a stack, as CloudFormation keeps it. */
export interface Kept {
  readonly resource: Resource;
  readonly physicalId: string;
}

/** How an operation ended. */
export interface Ended {
  readonly status: string;
  /** Each failure with its reason, the first one first. */
  readonly reasons: readonly string[];
}

/** What the resources that CloudFormation makes by itself do. */
export interface Native {
  create(logicalId: string, resource: Resource): Promise<void>;
  delete(resource: Resource): Promise<void>;
}

type RequestType = 'Create' | 'Update' | 'Delete';

/** In milliseconds: how long CloudFormation waits for an answer. */
const PATIENCE = 60 * 60_000;

/** How often it tries to delete what an update replaced, before it leaves that. */
const CLEANUPS = 3;

const CANCELLED = 'cancelled';

/**
 * CloudFormation, as unkind as the real one.
 *
 * Rests on: a resource whose creation failed or was cancelled is deleted, under an id that CloudFormation makes up if it got none;
 * a failure cancels what is in progress, and the rollback's request for it does not wait for the function; the rollback of an
 * update sends an Update with the former properties; an answer that comes after an hour, twice, or to a request that was
 * cancelled is not heard; what an update replaced is deleted after it.
 */
export class CloudFormation {
  public readonly stackId = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Shop/1';
  public kept = new Map<string, Kept>();
  public status = 'NONE';
  public phase = '';
  public requests = 0;

  /** Those that wait for an answer, by the address of the answer. */
  private readonly open = new Map<string, { logicalId: string; request: RequestType; settle: (answer: any) => void }>();

  constructor(private readonly clock: VirtualClock, private readonly lambda: Lambda, private readonly native: Native) {
    lambda.phase = () => this.phase;
  }

  /** Called with each answer that is heard. */
  public heard: (logicalId: string, request: RequestType, answer: any) => void = () => undefined;

  /** Cancels what is in progress, as the failure of another resource does. Returns whether there was something to cancel. */
  public cancel: () => boolean = () => false;

  /** Tries again what a rollback could not do. */
  public continueRollback: () => Promise<Ended> = () => this.delete();

  /** Takes a function's answer. Returns the status of HTTP: the address is valid for two hours. */
  public answer(url: string, answer: any): number {
    const { pathname } = new URL(url);
    this.open.get(pathname)?.settle(answer);
    return 200;
  }

  /** Creates or updates the stack. If that fails, everything is rolled back. */
  public async deploy(template: Template): Promise<Ended> {
    const before = new Map(this.kept);
    const isNew = before.size === 0;
    [this.status, this.phase] = [isNew ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS', 'forward'];
    const tried = new Set<string>();
    const reasons = await this.forward(template, before, tried);
    const ended = reasons.length > 0 ? await this.rollBack(before, tried, template)
      : await this.cleanUp(before, template, isNew ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE');
    return { status: ended.status, reasons: [...reasons, ...ended.reasons] };
  }

  /** Deletes the stack: the first failure stops it, once what is in progress has ended. */
  public async delete(): Promise<Ended> {
    [this.status, this.phase] = ['DELETE_IN_PROGRESS', 'delete'];
    const reasons = await this.inReverse([...this.kept.keys()], async logicalId => {
      await this.remove(logicalId, this.kept.get(logicalId)!);
      this.kept.delete(logicalId);
    });
    this.status = reasons.length > 0 ? 'DELETE_FAILED' : 'DELETE_COMPLETE';
    return { status: this.status, reasons };
  }

  private async forward(template: Template, before: ReadonlyMap<string, Kept>, tried: Set<string>): Promise<string[]> {
    const reasons: string[] = [];
    const done = new Map<string, Promise<void>>();
    const one = (logicalId: string): Promise<void> => {
      if (!done.has(logicalId)) {
        done.set(logicalId, this.oneForward(logicalId, template, before, tried, reasons, one));
      }
      return done.get(logicalId)!;
    };
    this.cancel = () => {
      if (this.open.size > 0) {
        reasons.push('Resource creation cancelled: another resource failed');
        this.cancelAll();
        return true;
      }
      return false;
    };
    await Promise.all(Object.keys(template).map(one));
    this.cancel = () => false;
    return reasons;
  }

  private async oneForward(
    logicalId: string, template: Template, before: ReadonlyMap<string, Kept>, tried: Set<string>, reasons: string[],
    one: (id: string) => Promise<void>,
  ): Promise<void> {
    const resource = template[logicalId];
    await Promise.all((resource.after ?? []).map(one));
    const former = before.get(logicalId);
    if (reasons.length > 0) {
      return;
    }
    if (former !== undefined && JSON.stringify(former.resource.properties) === JSON.stringify(resource.properties)) {
      this.kept.set(logicalId, { ...former, resource }); // what it depends on may have changed
      return;
    }
    tried.add(logicalId);
    try {
      const physicalId = former === undefined ? await this.make(logicalId, resource) : await this.change(logicalId, former, resource);
      this.kept.set(logicalId, { resource, physicalId });
    } catch (error: any) {
      if (former === undefined) {
        this.kept.set(logicalId, { resource, physicalId: error.physicalId ?? `Shop-${logicalId}-1ABCDEFGHIJ` });
      }
      if (error.message !== CANCELLED) {
        reasons.push(`${logicalId}: ${error.message}`);
        this.cancelAll();
      }
    }
  }

  /** The new stack's resources are deleted; those of an updated one get their former properties, and what was added is deleted after that. */
  private async rollBack(before: ReadonlyMap<string, Kept>, tried: ReadonlySet<string>, template: Template): Promise<Ended> {
    const isNew = before.size === 0;
    before.forEach((kept, id) => tried.has(id) || this.kept.set(id, kept));
    this.continueRollback = () => isNew ? this.delete() : this.rollBack(before, tried, template);
    [this.status, this.phase] = [isNew ? 'ROLLBACK_IN_PROGRESS' : 'UPDATE_ROLLBACK_IN_PROGRESS', 'rollback'];
    const reasons: string[] = [];
    for (const logicalId of isNew ? [] : [...before.keys()].filter(it => tried.has(it))) {
      const former = before.get(logicalId)!;
      try {
        const now = this.kept.get(logicalId)!;
        const physicalId = await this.change(logicalId, { resource: template[logicalId], physicalId: now.physicalId }, former.resource);
        this.kept.set(logicalId, { resource: former.resource, physicalId });
      } catch (error: any) {
        reasons.push(`${logicalId}: ${error.message}`);
      }
    }
    if (reasons.length > 0) {
      this.status = 'UPDATE_ROLLBACK_FAILED';
      return { status: this.status, reasons };
    }
    this.status = isNew ? this.status : 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS';
    const added = [...this.kept.keys()].filter(it => !before.has(it));
    const failed = await this.inReverse(added, async logicalId => {
      const kept = this.kept.get(logicalId)!;
      await (isNew ? this.remove(logicalId, kept) : this.patiently(logicalId, kept));
      this.kept.delete(logicalId);
    });
    const [good, bad] = isNew ? ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'] : ['UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];
    this.status = failed.length > 0 ? bad : good;
    if (!isNew) {
      added.forEach(it => this.kept.delete(it)); // CloudFormation leaves it behind, and says so in its events
    }
    return { status: this.status, reasons: failed };
  }

  private async cleanUp(before: ReadonlyMap<string, Kept>, template: Template, status: string): Promise<Ended> {
    [this.status, this.phase] = [before.size === 0 ? status : `${status}_CLEANUP_IN_PROGRESS`, 'cleanup'];
    const gone = [...before.keys()].filter(it => template[it] === undefined);
    const replaced = [...before].filter(([id, { physicalId }]) => template[id] !== undefined && this.kept.get(id)!.physicalId !== physicalId);
    const reasons = await this.inReverse(gone, async id => this.patiently(id, before.get(id)!).finally(() => this.kept.delete(id)));
    for (const [id, former] of replaced) {
      await this.patiently(id, former).catch(error => reasons.push(`${id}: ${error.message}`));
    }
    this.status = status;
    return { status, reasons };
  }

  private async patiently(logicalId: string, kept: Kept): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        return await this.remove(logicalId, kept);
      } catch (error) {
        if (tried === CLEANUPS) {
          throw error;
        }
      }
    }
  }

  private async inReverse(ids: readonly string[], remove: (id: string) => Promise<void>): Promise<string[]> {
    const reasons: string[] = [];
    const done = new Map<string, Promise<void>>();
    const needs = (id: string, other: string): boolean => (this.kept.get(id)?.resource.after ?? []).includes(other);
    const one = (id: string): Promise<void> => {
      if (!done.has(id)) {
        done.set(id, (async () => {
          await Promise.all(ids.filter(other => other !== id && needs(other, id)).map(one));
          if (reasons.length === 0) {
            await remove(id).catch(error => { reasons.push(`${id}: ${error.message}`); });
          }
        })());
      }
      return done.get(id)!;
    };
    await Promise.all(ids.map(one));
    return reasons;
  }

  private async make(logicalId: string, resource: Resource): Promise<string> {
    if (resource.function === undefined) {
      await this.native.create(logicalId, resource);
      return `${logicalId}-1`;
    }
    return (await this.send('Create', logicalId, resource)).PhysicalResourceId;
  }

  private async change(logicalId: string, { resource: former, physicalId }: Kept, resource: Resource): Promise<string> {
    if (resource.function === undefined) {
      return physicalId;
    }
    return (await this.send('Update', logicalId, resource, { PhysicalResourceId: physicalId, OldResourceProperties: former.properties })).PhysicalResourceId;
  }

  private async remove(logicalId: string, { resource, physicalId }: Kept): Promise<void> {
    await (resource.function === undefined ? this.native.delete(resource) : this.send('Delete', logicalId, resource, { PhysicalResourceId: physicalId }));
  }

  /** Sends a request, and waits for its answer. */
  private send(RequestType: RequestType, LogicalResourceId: string, resource: Resource, more: object = {}): Promise<any> {
    const RequestId = `request-${++this.requests}`;
    const date = new Date(this.clock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    const path = `/${RequestId}`;
    const ResponseURL = `https://cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com${path}`
      + `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=${date}&X-Amz-SignedHeaders=host&X-Amz-Expires=7200&X-Amz-Credential=AKID&X-Amz-Signature=5161`;
    return new Promise((resolve, reject) => {
      const settle = (answer: any) => {
        this.open.delete(path);
        giveUp();
        if (answer.Status === 'SUCCESS') {
          this.heard(LogicalResourceId, RequestType, answer);
          resolve(answer);
        } else {
          reject(Object.assign(new Error(answer.Reason), { physicalId: answer.PhysicalResourceId }));
        }
      };
      const giveUp = this.clock.after(PATIENCE, () => settle({
        Status: 'FAILED', Reason: `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${RequestId}].`,
      }));
      this.open.set(path, { logicalId: LogicalResourceId, request: RequestType, settle });
      this.lambda.deliver(resource.function!, {
        RequestType,
        ResponseURL,
        StackId: this.stackId,
        RequestId,
        ResourceType: resource.type,
        LogicalResourceId,
        ResourceProperties: { ...resource.properties },
        ...more,
      });
    });
  }

  private cancelAll(): void {
    [...this.open.values()].forEach(it => it.settle({ Status: 'FAILED', Reason: CANCELLED }));
  }
}

import { kubectl } from './kubectl';
import { accepted, DELETED, leaseIn, LEASES, textOf, type Lease, type State } from './lease';
import type { Programs, Ran, RunOptions } from './programs';
import type { Work } from './work';
import { signedAt, Unfinished } from '../shared/custom-resource';

/** CloudFormation has sent a newer request for the resource, which must not find this one at work. */
export class Overtaken extends Error {}

/** For how long the Lease of a deleted resource stays: after that CloudFormation waits for no older request. */
const TOMBSTONE = 60 * 60_000;

/** How often the holder looks whether it is overtaken, and whoever waits for it looks whether it has ended. */
const POLL = 2_000;

/** By how much the clocks of two functions may differ. */
const SKEW = 5_000;

/** How often a Lease is left, if others change it at the same time. */
const TRIES = 5;

/** What an invocation is known by. */
export interface Invoked {
  readonly nonce: string;
  /** The nonce of the invocation that this one continues. */
  readonly continues?: string;
  /** When Lambda ends it. */
  readonly end: number;
}

/**
 * Lets one request at a time change a resource, the newest: CloudFormation does not wait for a request that it cancelled, and Lambda may deliver
 * an event twice.
 *
 * A newer request writes itself into the resource's Lease and waits. The holder sees that, interrupts what runs and leaves; a holder that was
 * killed has left when Lambda would have ended it.
 */
export class Fence {
  /** Whether the request was answered before: this event is a second one. */
  public isAnswered = false;
  private readonly id: string;
  /** When CloudFormation sent the request. Where that is not known, it is newer than all that came before. */
  private readonly date?: number;
  private readonly name: string;
  private readonly path: string;
  private readonly interrupting = new AbortController();
  /** Whether this request was the newest once: then another one is newer. */
  private isRegistered: boolean;
  private lease?: Lease;
  private readAt = 0;
  private overtaken?: Overtaken;

  constructor(private readonly work: Work, private readonly invoked: Invoked) {
    const { request } = work;
    this.id = request.RequestId;
    this.date = signedAt(request.ResponseURL);
    this.name = `eks-platform-${work.owner}`;
    this.path = `${LEASES}/${this.name}`;
    this.isRegistered = invoked.continues !== undefined;
  }

  /** Returns when no other request is at work. */
  public async enter(): Promise<void> {
    const { clock, deadline, request } = this.work;
    let isCurrent = request.RequestType === 'Create' && await this.create();
    while (!isCurrent || !this.isHolder(this.lease?.state)) {
      if (clock.now() >= deadline) {
        throw new Unfinished('waiting for other requests for this resource');
      }
      if (!isCurrent) {
        await this.read();
      }
      isCurrent = await this.approach(this.lease);
    }
  }

  /** Does the next step towards holding a Lease. Returns false if it has to be read again after that. */
  private async approach(lease: Lease | undefined): Promise<boolean> {
    const { clock, deadline } = this.work;
    if (lease === undefined) {
      return this.create();
    }
    const { newest, holder, isDone } = lease.state;
    if (this.isHolder(lease.state)) {
      return true;
    }
    if (this.isOvertakenBy(newest)) {
      if (holder !== undefined && holder.nonce === this.invoked.continues && !await this.write(lease, { newest })) { // else nobody would let the newer one in
        return false;
      }
      throw this.overtakenBy(newest.id);
    }
    if (newest.id === this.id && isDone) {
      this.isAnswered = true;
      throw new Overtaken(`The request ${this.id} was answered before`);
    }
    if (holder === undefined || clock.now() > holder.end + SKEW || holder.nonce === this.invoked.continues) {
      return this.write(lease, { newest: this.me, holder: { request: this.id, nonce: this.invoked.nonce, end: this.invoked.end } });
    }
    if (newest.id !== this.id) {
      return this.write(lease, { newest: this.me, holder });
    }
    this.isRegistered = true;
    if (clock.now() + POLL >= deadline) {
      throw new Unfinished(`waiting for the request ${holder.request}, which may be at work until ${new Date(holder.end).toISOString()}`);
    }
    console.log(`waits for the request ${holder.request}`);
    await clock.sleep(POLL);
    return false;
  }

  /** Lets others in. To be called after the answer: CloudFormation does not wait for it. */
  public async leave(isDone: boolean): Promise<void> {
    const { clock, request: { RequestType } } = this.work;
    try {
      for (let lease = this.lease, tries = 0; lease !== undefined && this.isHolder(lease.state) && tries < TRIES; lease = this.lease, tries++) {
        const { newest } = lease.state;
        const isNewest = newest.id === this.id;
        const until = isDone && isNewest && RequestType === 'Delete' ? clock.now() + TOMBSTONE : undefined;
        const isWritten = await this.write(lease, { newest, isDone: isDone && isNewest, until });
        await (isWritten ? until !== undefined && this.bury() : this.read());
      }
    } catch (error) { // then others wait until Lambda would have ended this function
      console.log('could not leave the Lease:', error);
    }
  }

  /** Programs that are interrupted when this request is overtaken, and not started after that. */
  public around(programs: Programs): Programs {
    const fenced = async (run: Programs['helm'], args: string[], options: RunOptions) => {
      await this.look();
      const timer = setInterval(() => { this.look().catch(() => this.interrupting.abort()); }, POLL).unref();
      try {
        const ran = await run(args, { ...options, signal: this.interrupting.signal });
        await this.look();
        return ran;
      } finally {
        clearInterval(timer);
      }
    };
    return {
      helm: (args, options) => fenced(programs.helm, args, options),
      kubectl: (args, options) => fenced(programs.kubectl, args, options),
    };
  }

  /** The dates decide. Requests of one second, or without a date, are as new as the order in which they came. */
  private isOvertakenBy({ id, date }: State['newest']): boolean {
    return id !== this.id && (this.date === undefined || date === this.date ? this.isRegistered : date > this.date);
  }

  private get me(): State['newest'] {
    return { id: this.id, date: this.date ?? this.work.clock.now() };
  }

  private isHolder(state: State | undefined): boolean {
    return state?.holder?.nonce === this.invoked.nonce;
  }

  /** Throws if a newer request waits. A Lease that can't be read now is read the next time: nobody enters while this one holds it. */
  private async look(): Promise<void> {
    const { clock } = this.work;
    if (!this.overtaken && clock.now() - this.readAt >= POLL) {
      this.readAt = clock.now();
      const ran = await this.ask(['get', '--raw', this.path]);
      const state = ran.code === 0 ? leaseIn(ran.stdout).state : undefined;
      if (state !== undefined && (state.newest.id !== this.id || !this.isHolder(state))) {
        this.overtaken = this.overtakenBy(state.newest.id);
      }
    }
    if (this.overtaken) {
      throw this.overtaken;
    }
  }

  private overtakenBy(id: string): Overtaken {
    return new Overtaken(`The request ${this.id} was overtaken by a newer one, ${id}, and stopped`);
  }

  private async read(): Promise<void> {
    const ran = await kubectl(this.work, ['get', '--raw', this.path]);
    this.readAt = this.work.clock.now();
    this.lease = accepted(ran, /\(NotFound\)/) ? leaseIn(ran.stdout) : undefined;
  }

  /** Returns false if there is a Lease already. */
  private async create(): Promise<boolean> {
    const state = { newest: this.me, holder: { request: this.id, nonce: this.invoked.nonce, end: this.invoked.end } };
    return this.keep(await kubectl(this.work, ['create', '--raw', LEASES, '--filename', '-'], textOf({ name: this.name }, state)), /\(AlreadyExists\)/);
  }

  /** Writes, unless somebody else did since the Lease was read. */
  private async write({ metadata: { name, resourceVersion } }: Lease, state: State): Promise<boolean> {
    return this.keep(await kubectl(this.work, ['replace', '--raw', this.path, '--filename', '-'], textOf({ name, resourceVersion }, state)), /\(Conflict\)/);
  }

  private keep(ran: Ran, conflict: RegExp): boolean {
    const isWritten = accepted(ran, conflict);
    if (isWritten) {
      this.lease = leaseIn(ran.stdout);
      this.readAt = this.work.clock.now();
    }
    return isWritten;
  }

  /** Deletes the Leases of resources that were deleted so long ago that no event of theirs can come any more. */
  private async bury(): Promise<void> {
    const ran = await this.ask(['get', '--raw', `${LEASES}?labelSelector=${encodeURIComponent(`${DELETED.name}=${DELETED.value}`)}`]);
    for (const item of ran.code === 0 ? JSON.parse(ran.stdout).items ?? [] : []) {
      const { metadata: { name, resourceVersion }, state } = leaseIn(JSON.stringify(item));
      if (state.until !== undefined && state.until < this.work.clock.now()) {
        await this.ask(['delete', '--raw', `${LEASES}/${name}`, '--filename', '-'], JSON.stringify({ preconditions: { resourceVersion } }));
      }
    }
  }

  private ask(args: string[], input?: string): Promise<Ran> {
    return this.work.programs.kubectl(args, { input, deadline: this.invoked.end });
  }
}

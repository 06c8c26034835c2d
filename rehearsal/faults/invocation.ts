/** One run of a function. */
export interface Invocation {
  readonly name: string;
  readonly functionName: string;
  readonly event: any;
  /** Of the event: it stays the same when Lambda delivers it again. */
  readonly requestId: string;
  /** The logical id that the event names. */
  readonly resource: string;
  readonly began: number;
  readonly end: number;
  isDead: boolean;
  hasEnded: boolean;
  /** The calls that the function waits for right now. */
  readonly waitsFor: Set<string>;
  /** What CloudFormation is doing. */
  phase(): string;
}

/** Something about an Ingress that the controller, Kubernetes or AWS would refuse or ignore. */
export interface Finding {
  /** Where: an annotation's name, or a field such as `spec.rules[0].host`. */
  readonly at: string;
  readonly given: unknown;
  /** What is allowed, after "must be". */
  readonly allowed: string;
  /** What to do. */
  readonly advice: string;
  /** The rule of the policies that says the same, if one does. */
  readonly rule?: string;
}

/** What is wrong with a value: what is allowed, and what to do. */
export type Complaint = readonly [allowed: string, advice: string] | undefined;

/** Checks a value that is not a token. */
export type Check = (value: string) => Complaint;

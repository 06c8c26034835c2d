import type { Programs } from './programs';
import type { Aws } from '../shared/aws';
import type { Clock, Request, Result } from '../shared/custom-resource';

/** One request to change the cluster, with everything needed to serve it. Its properties are strings or missing. */
export interface Work<Properties = { readonly [name: string]: string | undefined }> {
  readonly request: Request<Properties>;
  readonly programs: Programs;
  readonly aws: Aws;
  readonly clock: Clock;
  /** The time by which the work is done, or throws `Unfinished`. */
  readonly deadline: number;
  /** A folder for this request, removed after it. */
  readonly folder: string;
  /** The resource's name in the cluster, which never changes: letters and digits of a hash of stack and logical id. */
  readonly owner: string;
}

/** What serves one type of resource. */
export type Serve = (work: Work) => Promise<Result>;

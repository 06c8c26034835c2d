import type { Programs } from './programs';
import type { Aws } from '../shared/aws';
import type { Clock, Request, Result } from '../shared/custom-resource';

/** One request to change the cluster, with all that it takes. Other than CloudFormation's, properties are strings or missing. */
export interface Work<Properties = { readonly [name: string]: string | undefined }> {
  readonly request: Request<Properties>;
  readonly programs: Programs;
  readonly aws: Aws;
  readonly clock: Clock;
  /** By when to be done, or to throw `Unfinished`. */
  readonly deadline: number;
  /** A folder of this request's, which is removed after it. */
  readonly folder: string;
  /** Names this resource in the cluster, for as long as it lives: letters and digits of a hash over stack and logical id. */
  readonly owner: string;
}

/** What serves one type of resource. */
export type Serve = (work: Work) => Promise<Result>;

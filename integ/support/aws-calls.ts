import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2 } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Route53 } from '@aws-sdk/client-route-53';
import type { WAFV2 } from '@aws-sdk/client-wafv2';

/*
 * AWS API calls as the SDK's own types have them: a name, a parameter or a path that AWS does not have fails to compile, not
 * an hour later on a cluster that costs money.
 */

/** The packages of the SDK that checks call. */
interface Clients {
  readonly 'cloudwatch-logs': CloudWatchLogs;
  readonly 'ec2': EC2;
  readonly 'elastic-load-balancing-v2': ElasticLoadBalancingV2;
  readonly 'route-53': Route53;
  readonly 'wafv2': WAFV2;
}

/** A package, such as `ec2`. */
export type Service = keyof Clients;

/** The calls of a package, such as `describeSubnets`. */
export type Api<S extends Service> = {
  [M in keyof Clients[S]]: Clients[S][M] extends (...args: any[]) => any ? M : never
}[keyof Clients[S]] & string;

/** A method takes its parameters in each of three forms; the first gives what AWS answers. */
type Forms<I, O> = { (args: I, options?: any): Promise<O>; (args: I, done: any): void; (args: I, options: any, done: any): void };

/** What a call takes. */
export type Parameters<S extends Service, A extends Api<S>> = Clients[S][A] extends Forms<infer I, any> ? I : never;

/** The answer to a call. */
export type Answer<S extends Service, A extends Api<S>> = Clients[S][A] extends Forms<any, infer O> ? Omit<O, '$metadata'> : never;

type Step<T, K extends string> = T extends readonly (infer E)[] ? (K extends `${number}` ? NonNullable<E> : never) : K extends keyof T ? NonNullable<T[K]> : never;

/** The type at a path of an answer, such as `Subnets.0.State`; `never` where there is none. */
export type At<T, P extends string> = P extends `${infer Head}.${infer Rest}` ? At<Step<T, Head>, Rest> : Step<T, P>;

/** The lists of an answer. */
export type Lists<T> = { [K in keyof T]: NonNullable<T[K]> extends readonly any[] ? K : never }[keyof T] & string;

/** What may be expected at a path: text, or a pattern for it. The provider of assertions takes false and 0 for missing values. */
export type Expected<T> = T extends string ? T | Pattern : never;

/** A pattern that text must match. */
export class Pattern {
  constructor(public readonly source: string) {}
}

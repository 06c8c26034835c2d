import type { Duration } from 'aws-cdk-lib';
import { seconds } from './written';

/** Attributes of load balancers or target groups, as AWS names them. */
interface Attributes {
  readonly [key: string]: string;
}

/** The attributes that `idleTimeout` stands for. */
export function idleTimeout(duration?: Duration): Attributes {
  return duration ? { 'idle_timeout.timeout_seconds': seconds(duration) } : {};
}

/** The attributes that `stickiness` stands for. */
export function stickiness(duration?: Duration): Attributes {
  return duration ? { 'stickiness.enabled': 'true', 'stickiness.lb_cookie.duration_seconds': seconds(duration) } : {};
}

/** A pattern's own `idleTimeout`, unless the user's attributes set it. */
export function idleTimeoutUnless(attributes: Attributes | undefined, byDefault: Duration): Duration | undefined {
  return Object.keys(idleTimeout(byDefault)).some(key => key in (attributes ?? {})) ? undefined : byDefault;
}

/** A pattern's own `stickiness`, unless the user's attributes set it. */
export function stickinessUnless(attributes: Attributes | undefined, byDefault: Duration): Duration | undefined {
  return Object.keys(stickiness(byDefault)).some(key => key in (attributes ?? {})) ? undefined : byDefault;
}

import { Token } from 'aws-cdk-lib';
import type { Annotations } from './annotation';
import type { Check, Finding } from './checks/finding';
import type { LoadBalancerScheme } from './load-balancer-scheme';
import type { Value, Written } from './written';

/** What is known where annotations are written, beside the props. */
export interface Surroundings {
  /** The subnets that the user's selection names. */
  readonly subnetIds?: string[];
  /** The scheme where the user gives none. */
  readonly scheme: LoadBalancerScheme;
}

/** All about an annotation that the AWS Load Balancer Controller reads. */
export interface AnnotationRow<Props> {
  /** What props make of it. Left out where no prop says it. */
  readonly write?: (props: Partial<Props>, surroundings: Surroundings) => Written<Value> | undefined;

  /** What it may say. Left out where that is anything. */
  readonly check?: Check;

  /**
   * What Ingresses of a group must agree on, or the controller stops serving all of them: the value, the value of each key
   * of a map, or the value for each port that they share.
   */
  readonly groupWide?: 'value' | 'keys' | 'ports' | 'HTTPS ports';

  /** The field of IngressClassParams that says the same, as in `group.name`. Left out where our class has none. */
  readonly classField?: string;

  /** Whether an Ingress may not give it where its class does. */
  readonly classOnly?: boolean;
}

/** A table's rows, in the order in which they are written, by the ends of the annotations' names: `actions.*` is any that starts with `actions.`. */
export interface AnnotationRows<Props> {
  readonly [suffix: string]: AnnotationRow<Props>;
}

/** The annotations of a kind of object: of Ingresses, or of Services of type LoadBalancer. */
export class AnnotationTable<Props> {
  /** The full name of the tags' annotation. */
  public readonly tags: string;

  private readonly rows: Map<string, AnnotationRow<Props>>;
  private readonly openEnded: [start: string, AnnotationRow<Props>][];

  /**
   * @param prefix what the names of the annotations start with
   * @param tags the annotation that holds tags, which is written late, as CDK's Tags come late
   * @param warning the id of the warning about annotations that the controller does not know
   * @param rows the annotations
   */
  constructor(private readonly prefix: string, tags: string, public readonly warning: string, rows: AnnotationRows<Props>) {
    this.tags = prefix + tags;
    this.rows = new Map(Object.entries(rows).map(([suffix, row]) => [prefix + suffix, row]));
    this.openEnded = this.entries().filter(([name]) => name.endsWith('*')).map(([name, row]) => [name.slice(0, -1), row]);
  }

  /** The full names of annotations, and what is known of each. */
  public entries(): [name: string, row: AnnotationRow<Props>][] {
    return [...this.rows];
  }

  /** What props make of annotations, by their full names. */
  public write(props: Partial<Props>, surroundings: Surroundings): Map<string, Written<Value>> {
    const written = this.entries().map(([name, { write }]) => [name, write?.(props, surroundings)] as const);
    return new Map(written.filter((it): it is [string, Written<Value>] => it[1] !== undefined));
  }

  /** What is wrong with annotations, each taken by itself. Those of other prefixes may say anything. */
  public check(annotations: Annotations): Finding[] {
    return Object.entries(annotations).flatMap(([at, given]): Finding[] => {
      if (typeof given !== 'string') {
        return [{ at, given, allowed: 'text', advice: 'write numbers, booleans and lists as text: Kubernetes takes no other annotations', rule: 'malformed' }];
      }
      const complaint = isOneToken(given) ? undefined : this.rowOf(at)?.check?.(given);
      return complaint ? [{ at, given, allowed: complaint[0], advice: complaint[1] }] : [];
    });
  }

  /** Annotations that the controller does not know, and so ignores. */
  public unknown(annotations: Annotations): string[] {
    return Object.keys(annotations).filter(name => name.startsWith(this.prefix) && !this.rowOf(name));
  }

  private rowOf(name: string): AnnotationRow<Props> | undefined {
    return this.rows.get(name) ?? this.openEnded.find(([start]) => name.startsWith(start))?.[1];
  }
}

/** Lists, maps and JSON are checked around the tokens in them; what is one token altogether, or has one in a plain value, is not. */
function isOneToken(value: string): boolean {
  return Token.isUnresolved(value) && !/[,=]/.test(value);
}

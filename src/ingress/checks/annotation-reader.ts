import { Token } from 'aws-cdk-lib';
import type { Finding } from './finding';
import type { Annotations } from '../annotation';

/** The annotations of an object by the ends of their names, for checks that compare them. */
export class AnnotationReader {
  /**
   * @param annotations the annotations
   * @param nameOf the full name of an annotation
   */
  constructor(private readonly annotations: Annotations, private readonly nameOf: (suffix: string) => string) {}

  /** The annotation as it is, with the tokens in it. */
  public raw(suffix: string): string | undefined {
    return this.annotations[this.nameOf(suffix)];
  }

  public has(suffix: string): boolean {
    return this.raw(suffix) !== undefined;
  }

  /** What the annotation says, or undefined where it holds a token: nobody knows what that says. */
  public read(suffix: string): string | undefined {
    const value = this.raw(suffix);
    return Token.isUnresolved(value) ? undefined : value;
  }

  /** A complaint about the annotation. */
  public finding(suffix: string, allowed: string, advice: string, given: unknown = this.read(suffix)): Finding {
    return { at: this.nameOf(suffix), given, allowed, advice };
  }
}

import type { Span } from './timeline';
import { needsIn } from '../../tools/order';
import type { Resources } from '../../tools/template';

/** A resource on the path, and the seconds that it and all before it on the path take. */
export interface PathPart {
  readonly logicalId: string;
  readonly seconds: number;
  readonly sum: number;
}

/**
 * The chain of dependencies that takes longest: no deployment can be faster, however much runs side by side.
 *
 * @param resources of the template, which say what waits for what
 * @param spans what was measured, of one deployment
 */
export function criticalPath(resources: Resources, spans: Span[]): PathPart[] {
  const measured = new Map(spans.map(span => [span.logicalId, (span.end - span.start) / 1000]));
  const needs = needsIn({ Resources: resources });
  const paths = new Map<string, PathPart[]>();
  const pathTo = (logicalId: string): PathPart[] => {
    const known = paths.get(logicalId);
    if (known) {
      return known;
    }
    paths.set(logicalId, []); // what waits for itself ends here
    const before = [...needs.get(logicalId)!].map(pathTo).reduce((longest, path) => sumOf(path) > sumOf(longest) ? path : longest, []);
    const seconds = measured.get(logicalId) ?? 0;
    const path = [...before, { logicalId, seconds, sum: sumOf(before) + seconds }];
    paths.set(logicalId, path);
    return path;
  };
  return Object.keys(resources).map(pathTo).reduce((longest, path) => sumOf(path) > sumOf(longest) ? path : longest, []);
}

function sumOf(path: PathPart[]): number {
  return path.at(-1)?.sum ?? 0;
}

import { readFileSync } from 'fs';
import { join } from 'path';
import { SourceCode, type Project } from 'projen';

export interface OptionalStructOptions {
  /** The file and the name of the struct whose fields are made optional. */
  readonly from: string;
  readonly struct: string;
  /** The file and the name of the struct that is written, and what it is. */
  readonly to: string;
  readonly name: string;
  readonly summary: string;
  /** What holds where a field is not given. */
  readonly fallback: string;
}

/** Writes a struct with the fields of another, all optional: jsii takes no `Partial<T>`. */
export function optionalStruct(project: Project, { from, struct, to, name, summary, fallback }: OptionalStructOptions) {
  const source = readFileSync(join(project.outdir, from), 'utf8');
  const [, body] = new RegExp(`export interface ${struct} {\n(.*?)\n}`, 's').exec(source)!;
  const imports = [...source.matchAll(/^import \* as (\w+) from .*$/gm)].filter(([, module]) => body.includes(`${module}.`));
  const code = new SourceCode(project, to);
  [
    `// ${code.marker}`,
    `// Its fields are those of ${struct} in ${from}.`,
    ...imports.map(([line]) => line.replace('import', 'import type')),
    '', '/**', ` * ${summary}`, ' */',
    `export interface ${name} {`,
    ...body.split('\n').flatMap(line => optional(line, ['   * @default - ' + fallback, '   */'])),
    '}', '',
  ].forEach(line => code.line(line));
}

/** A line of a struct as lines of the optional one: every doc comment ends with the default. */
function optional(line: string, end: string[]): string[] {
  const [, text] = /^  \/\*\* (.*) \*\/$/.exec(line) ?? [];
  return text ? ['  /**', `   * ${text}`, ...end] : line === '   */' ? end : [line.replace(/^(  readonly \w+):/, '$1?:')];
}

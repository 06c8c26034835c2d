import { run } from '../support/run';

/** What this reads of cfn-lint's findings. */
interface Finding {
  readonly Level: 'Error' | 'Warning' | 'Informational';
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: (string | number)[] };
}

/** What cfn-lint says of a template. */
export interface Lint {
  readonly errors: string[];
  readonly warnings: string[];
}

/**
 * Lets cfn-lint look at a template, for a region.
 *
 * @param linter the program
 */
export async function lint(linter: string, templateFile: string, region: string): Promise<Lint> {
  const said = await run(linter, ['--template', templateFile, '--regions', region, '--format', 'json', '--non-zero-exit-code', 'none']);
  const findings: Finding[] = JSON.parse(said);
  const of = (...levels: string[]) => findings.filter(it => levels.includes(it.Level))
    .map(it => `${it.Rule.Id} at ${it.Location.Path.join('/')}: ${it.Message}`);
  return { errors: of('Error'), warnings: of('Warning', 'Informational') };
}

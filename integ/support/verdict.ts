/**
 * Prints in one table what an integration test has found: `verdict.ts SUBJECT OUTPUTS`, after `cdk deploy --outputs-file OUTPUTS`.
 *
 * Ends with 1 if a check failed, which by itself does not fail the deployment, or if there is no result.
 */
import { existsSync, readFileSync } from 'fs';
import { nameOf } from './sandbox';
import { textTable } from '../../tools/text-table';

/** One check. */
export interface Row {
  readonly name: string;
  readonly passed: boolean;
  readonly words: string;
}

/** The checks of a test, read from the outputs of its stacks. */
export function rowsOf(outputs: { [stack: string]: { [output: string]: string } }, name: string): Row[] {
  return Object.entries(outputs[`${name}-checks`] ?? {}).flatMap(([output, value]) => {
    const [, kind, check] = /^(AssertionResults|Report)(.+)$/.exec(output) ?? [];
    return kind === 'Report' ? reported(check, value) : kind ? [asserted(check, value)] : [];
  });
}

/** The result that the provider of IntegTest's assertions wrote. */
function asserted(name: string, value: string): Row {
  const { status, message } = JSON.parse(value);
  return { name, passed: status === 'success', words: oneLine(message ?? '') };
}

/** The lines of a probe's report. */
function reported(probe: string, report: string): Row[] {
  return report.split('\n').slice(1).filter(line => line !== '').map(line => {
    const [, word, check, words] = /^(ok|FAILED) (.+?): ?(.*)$/.exec(line) ?? [undefined, 'FAILED', '?', line];
    return { name: `${probe}: ${check}`, passed: word === 'ok', words: oneLine(words!) };
  });
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}

/** The lines to print, and the exit code. */
export function verdict(rows: Row[]): { lines: string[]; code: number } {
  const failed = rows.filter(row => !row.passed).length;
  const table = textTable([['check', 'result', 'what was seen'], ...rows.map(row => [row.name, row.passed ? 'ok' : 'FAILED', row.words])], 200);
  const sum = rows.length === 0 ? 'No results: was it deployed?' : failed === 0 ? `All ${rows.length} checks passed.` : `${failed} of ${rows.length} checks failed.`;
  return { lines: [...rows.length > 0 ? table : [], sum], code: rows.length > 0 && failed === 0 ? 0 : 1 };
}

if (require.main === module) {
  const [subject, file] = process.argv.slice(2);
  const { lines, code } = verdict(existsSync(file) ? rowsOf(JSON.parse(readFileSync(file, 'utf8')), nameOf(subject)) : []);
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = code;
}

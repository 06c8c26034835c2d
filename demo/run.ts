import * as fs from 'fs';
import * as path from 'path';
import { performance } from 'perf_hooks';
import { parseArgs } from 'util';
import { App, CloudFormationValidatePlugin, Stack, Validations } from 'aws-cdk-lib';
import type * as cxapi from 'aws-cdk-lib/cx-api';
import { story } from './story';
import { shop } from '../examples/typescript/main';
import { ROOT } from '../tools/programs';
import { PlatformProfile } from '@org/eks-platform';

const PROFILES = [PlatformProfile.DEV, PlatformProfile.STAGING, PlatformProfile.PROD];

/** CDK's rules for templates, which take seconds to load. */
let rules: CloudFormationValidatePlugin | undefined;

/** Where the demo writes. */
export interface Console {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colours: boolean;
}

/**
 * Synthesizes an app with a stack for each profile, and prints what its templates contain.
 *
 * @param define defines the stacks, each with its profile at the end of its name, such as `-dev`
 * @param outdir where the templates go
 * @returns the exit code
 */
export function demo(define: (app: App) => void, outdir: string, { out, err, colours }: Console): number {
  const style = (code: number) => (text: string) => colours ? `\u001b[${code}m${text}\u001b[0m` : text;
  const [bold, red, green, grey] = [1, 31, 32, 90].map(style);
  const timed = <T>(what: string, work: () => T): T => {
    const start = performance.now();
    out(`  ${what.padEnd(44)}`);
    const result = work();
    out(`${grey(seconds(performance.now() - start))}\n`);
    return result;
  };

  try {
    out(`${bold('eks-platform')}: the starter in examples/typescript, for dev, staging and prod\n\n`);
    const app = new App({ outdir, context: starterContext() });
    const stacks = timed('define the stacks', () => {
      define(app);
      return PROFILES.map(profile => ({ profile, stack: stackOf(app, profile) }));
    });
    timed('load CDK\'s rules for templates', () => Validations.of(app).addPlugins(rules ??= new CloudFormationValidatePlugin()));
    const assembly = timed('synthesize, and validate with these rules', () => app.synth());
    const environments = stacks.map(it => ({ ...it, templateFile: assembly.getStackArtifact(it.stack.artifactId).templateFullPath }));
    for (const { title, lines } of story(environments)) {
      out(`\n${bold(title)}\n\n${lines.map(line => `  ${line}\n`).join('')}`);
    }
    out(`\n${bold('Where the templates are')}\n\n`);
    environments.forEach(({ templateFile }) => out(`  ${path.relative(process.cwd(), templateFile)}\n`));
    out(`\n${green('Done')} in ${seconds(performance.now())}. ${findings(assembly)}\n`);
    return 0;
  } catch (error) {
    err(`\n\n${red('The demo failed:')} ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

/** The context that the CDK CLI would give: the starter's feature flags. */
function starterContext() {
  return JSON.parse(fs.readFileSync(path.join(ROOT, 'examples/typescript/cdk.json'), 'utf8')).context;
}

function stackOf(app: App, { profileName }: PlatformProfile): Stack {
  const stacks = app.node.findAll().filter(Stack.isStack);
  const found = stacks.find(stack => stack.stackName.endsWith(`-${profileName}`));
  if (!found) {
    throw new Error(`no stack has a name that ends with -${profileName}, there are: ${stacks.map(stack => stack.stackName).join(', ') || 'none'}`);
  }
  return found;
}

/** Only warnings are left here, and CDK has printed them: an error would have ended the demo. */
function findings({ directory }: cxapi.CloudAssembly): string {
  const reports = JSON.parse(fs.readFileSync(path.join(directory, 'validation-report.json'), 'utf8')).pluginReports;
  const count = reports.flatMap((report: any) => report.violations).length;
  return count === 0 ? 'CDK\'s rules give no warnings.' : `CDK's rules give warnings: ${count}.`;
}

/** On a terminal only, and not if the user has set NO_COLOR. @see https://no-color.org */
export function wantsColours(isTerminal: boolean, noColor = ''): boolean {
  return isTerminal && noColor === '';
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Reads the options, and runs the demo of the starter. */
export function main(args: string[], console: Console): number {
  try {
    const { values } = parseArgs({ args, options: { output: { type: 'string', short: 'o' } } });
    return demo(shop, path.resolve(values.output ?? path.join(ROOT, 'cdk.out')), console);
  } catch (error) {
    console.err(`${(error as Error).message}\nUsage: npm run demo -- [--output FOLDER]\n`);
    return 1;
  }
}

if (require.main === module) {
  process.exitCode = main(process.argv.slice(2), {
    out: text => process.stdout.write(text),
    err: text => process.stderr.write(text),
    colours: wantsColours(process.stdout.isTTY, process.env.NO_COLOR),
  });
}

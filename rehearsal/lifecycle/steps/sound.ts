import { lint } from '../../checks/lint';
import { expectNone } from '../../support/expect';
import { templateOf } from '../../template/assembly';
import { wrongFacts } from '../../template/facts';
import { managedPolicies, PARTITIONS } from '../../template/managed-policies';
import type { Context } from '../context';

/** Checks the template before it is deployed: with cfn-lint, and for what neither that nor the emulator sees. */
export async function templateIsSound({ app: { stack }, emulator, toolchain }: Context): Promise<string> {
  const template = templateOf(stack);
  const { errors, warnings } = await lint(toolchain.linter, stack.templateFile, emulator.region);
  expectNone(errors, 'no error of cfn-lint', stack.templateFile);
  const partitions = partitionsOf(stack.environment);
  expectNone(wrongFacts(template, partitions), 'no value that AWS would refuse', stack.templateFile);
  const { unknown } = managedPolicies(template, partitions);
  return `cfn-lint finds no error in ${emulator.region}${counted(warnings.map(it => it.split(' ')[0]))}; image, architecture and ranges fit, `
    + `managed policies exist in ${partitions.join(', ')}${unknown.length > 0 ? `, but for ${unknown.join(', ')}, which are not known here` : ''}`;
}

/** A stack without a region may go anywhere. */
function partitionsOf(environment: string): readonly string[] {
  const region = environment.split('/').at(-1)!;
  const own = PARTITIONS.find(it => it !== 'aws' && region.startsWith(it.replace('aws-', ''))) ?? 'aws';
  return region.startsWith('unknown') ? PARTITIONS : [own];
}

function counted(rules: string[]): string {
  const each = [...new Set(rules)].map(rule => `${rules.filter(it => it === rule).length} of ${rule}`);
  return each.length > 0 ? `, and warns: ${each.join(', ')}` : '';
}

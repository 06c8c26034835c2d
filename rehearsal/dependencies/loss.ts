import type { Machine } from './machine';
import { createStack, deleteStack, type StackEnded } from './stacks';
import { CLUSTER, ofType, type Template } from '../../tools/template';
import { divideRemains, readRemains } from '../lifecycle/remains';
import { platformIsWhole } from '../lifecycle/steps/whole';
import type { SynthesizedStack } from '../template/assembly';

/** Where a loss can show. */
export type Moment = 'at create' | 'when all runs' | 'at destroy';

/** What a loss did. */
export interface Noticed {
  readonly moment: Moment;
  readonly said: string;
}

/**
 * Brings a stack up and down again.
 *
 * @returns where it failed first, or nothing if all was as it should be
 */
export async function rehearseLoss(machine: Machine, stack: SynthesizedStack, template: Template): Promise<Noticed | undefined> {
  const environment = await machine.ready();
  const noticed = await upAndDown();
  const left = await machine.clean();
  return noticed ?? (left.length > 0 ? { moment: 'at destroy', said: `left in the account: ${left.join(', ')}` } : undefined);

  async function upAndDown(): Promise<Noticed | undefined> {
    const created = await createStack(environment, stack.stackName, template);
    if (created.status !== 'CREATE_COMPLETE') {
      return { moment: 'at create', said: firstFailure(created) };
    }
    const problem = await platformIsWhole(environment, template).then(() => undefined, (error: Error) => error.message);
    const deleted = await deleteStack(environment, stack.stackName);
    if (problem !== undefined) {
      return { moment: 'when all runs', said: problem };
    }
    if (deleted.status !== 'DELETE_COMPLETE') {
      return { moment: 'at destroy', said: firstFailure(deleted) };
    }
    const { wrong } = ofType(template, CLUSTER).length > 0 ? divideRemains(readRemains(environment.emulator.remainsFile), template) : { wrong: [] };
    return wrong.length > 0 ? { moment: 'at destroy', said: `left in Kubernetes: ${wrong.join(', ')}` } : undefined;
  }
}

function firstFailure({ failed: [first], status }: StackEnded): string {
  return first === undefined ? status : `${first.logicalId}: ${essence(first.said ?? status)}`;
}

/** What a resource said, without what Lambda, Helm and kubectl wrap around it; or AWS's refusal, from which the rest follows. */
export function essence(said: string): string {
  const refused = /^IAM: \S*?([^/]+ is not authorized to perform: .+)$/m.exec(said);
  if (refused) {
    return refused[1];
  }
  const [, output = said] = /^Error: b(?:'|")(.*?)(?:\\n)?(?:'|")(?:\n\nLogs: |$)/s.exec(said) ?? [];
  const lines = output.split('\\n').filter(line => !/^Flag --|^Release .* does not exist|^\S+ (created|configured)$/.test(line));
  return lines.join(' ').replace(/^error: /i, '');
}

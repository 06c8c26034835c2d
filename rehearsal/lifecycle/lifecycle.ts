import type { Context } from './context';
import type { Step } from './step';
import { bootstrap, diffIsEmpty, firstDeployment } from './steps/deployment';
import { destroy, nothingIsLeft } from './steps/destruction';
import { loadBalancersAreAsAsked } from './steps/load-balancers';
import { plant, rename } from './steps/planting';
import { destroyIsRefused, unprotectAll, unprotectCluster, unprotectStack } from './steps/protection';
import { ciliumAcceptsItsObjects, corefileAnswers, externalDnsKeepsToItsZone } from './steps/real-programs';
import { brokenImage, brokenVersion } from './steps/rollback';
import { noSecretIsTold } from './steps/secrets';
import { templateIsSound } from './steps/sound';
import { update, updateIsWhole } from './steps/update';
import { upgrade } from './steps/upgrade';
import { platformIsWhole } from './steps/whole';
import type { Template } from '../../tools/template';
import type { RunningEnvironment } from '../environment/environment';
import { templateOf } from '../template/assembly';
import { hasCleaners, isProtected } from '../template/platform';

/** A step that is not yet of any lifecycle. */
type Named = readonly [name: string, work: (context: Context) => Promise<string>];

/** The step whose critical path is reported. */
export const DEPLOY = 'deploy';

/**
 * A platform's whole life, from an empty account back to an empty account.
 *
 * @param keep leaves the platform as it is after the last update
 */
export function wholeLife(context: Context, keep = false): Step[] {
  return stepsOf(context,
    ['the template is sound', templateIsSound],
    ...up(context),
    ['Cilium\'s own code accepts our Cilium objects', ofTemplate(ciliumAcceptsItsObjects)],
    ['the node-local Corefile answers in the real CoreDNS', ofTemplate(corefileAnswers)],
    ['external-dns writes to its zone and no other', ofTemplate(externalDnsKeepsToItsZone)],
    ['diff is empty', diffIsEmpty],
    ['update', update],
    ['the update is whole', updateIsWhole],
    ...loadBalancers(context),
    ['broken update rolls back', brokenVersion],
    ['broken image rolls back', brokenImage],
    ['whole after the rollback', updateIsWhole],
    ['no secret is told', noSecretIsTold],
    ...keep ? [] : end(context),
  );
}

/** Up and down: what another order of creation can change. */
export function shortLife(context: Context): Step[] {
  const { stack } = context.state.deployed;
  return stepsOf(context,
    ...up(context),
    ...when(stack.terminationProtection || isProtected(templateOf(stack)), ['protection is switched off', unprotectAll]),
    ...DOWN,
  );
}

function up(context: Context): Named[] {
  return [
    ['bootstrap', bootstrap],
    [DEPLOY, firstDeployment],
    ['the platform is whole', ofTemplate(platformIsWhole)],
    ...loadBalancers(context),
    ...upgradeSteps(context),
  ];
}

/** Only the real controller makes them. */
function loadBalancers({ controller }: Context): Named[] {
  return when(controller !== undefined, ['load balancers are as asked', loadBalancersAreAsAsked]);
}

/** The upgrade to the Kubernetes of the app, where it is asked for. */
export function upgradeSteps({ upgrade: asked }: Pick<Context, 'upgrade'>): Named[] {
  return when(asked !== undefined,
    [`Kubernetes ${asked?.from} to ${asked?.to}`, upgrade],
    ['whole after the upgrade', ofTemplate(platformIsWhole)],
  );
}

function end({ state: { deployed: { stack } } }: Context): Named[] {
  const template = templateOf(stack);
  return [
    ...when(hasCleaners(template),
      ['leftovers are planted', plant],
      ['renamed on a living platform, teardown and drain delete nothing', rename],
    ),
    ...when(stack.terminationProtection,
      ['the stack refuses to be destroyed', destroyIsRefused],
      ['the stack\'s protection is switched off', unprotectStack],
    ),
    ...when(isProtected(template),
      ['destroy is refused before anything is deleted', destroyIsRefused],
      ['the cluster\'s protection is switched off', unprotectCluster],
    ),
    ...DOWN,
  ];
}

const DOWN: Named[] = [['destroy', destroy], ['nothing is left', nothingIsLeft]];

/** Checks what is deployed for what its template asks for. */
function ofTemplate(check: (environment: RunningEnvironment, template: Template) => Promise<string>): Named[1] {
  return context => check(context, templateOf(context.state.deployed.stack));
}

function when(holds: boolean, ...steps: Named[]): Named[] {
  return holds ? steps : [];
}

function stepsOf(context: Context, ...steps: Named[]): Step[] {
  return steps.map(([name, work]) => ({ name, work: () => work(context) }));
}

import { join } from 'path';
import { loadBalancersIn, type LoadBalancer } from '../../aws/load-balancers';
import { DEPLOYMENT } from '../../controller/program';
import { eventually, expectNone, NotAsExpected } from '../../support/expect';
import type { Context } from '../context';
import { shortOf } from '../ingress';
import { objects } from '../kubernetes';

/**
 * Checks that the real controller made of every Ingress of its class a load balancer as the Ingress asks for it.
 *
 * @returns what was seen
 */
export async function loadBalancersAreAsAsked(context: Context): Promise<string> {
  const log = join(context.logs, `${DEPLOYMENT}.log`);
  const { problem, starts } = context.controller!.state;
  if (problem || starts === 0) {
    throw new NotAsExpected('the real controller to run', problem?.message ?? 'no Deployment of it with pods', log);
  }
  const classes = (await objects(context, 'ingressclasses')).filter(it => it.spec.controller === 'ingress.k8s.aws/alb').map(it => it.metadata.name);
  const ingresses = (await objects(context, 'ingresses')).filter(it => classes.includes(it.spec.ingressClassName));
  return eventually(async () => {
    const found = await loadBalancersIn(context.aws);
    const refusals = await refused(context);
    const problems = (await objects(context, 'ingresses')).filter(it => classes.includes(it.spec.ingressClassName)).flatMap(ingress => {
      const name = `${ingress.metadata.namespace}/${ingress.metadata.name}`;
      const host = ingress.status?.loadBalancer?.ingress?.[0]?.hostname;
      const balancer = found.find(it => it.dns === host);
      return balancer ? shortOf(ingress, balancer).map(it => `${name}: ${it}`) : [`${name} has no load balancer${refusals[name] ? `: ${refusals[name]}` : ''}`];
    });
    expectNone(problems, `the load balancers of ${ingresses.length} Ingresses to be as these ask`, log);
    const count = (of: (balancer: LoadBalancer) => number) => found.reduce((sum, balancer) => sum + of(balancer), 0);
    return `${ingresses.length} Ingresses have ${found.length} load balancers with ${count(it => it.listeners.length)} listeners, `
      + `${count(it => it.listeners.reduce((sum, listener) => sum + listener.rules.length, 0))} rules, ${count(it => it.targetGroups.length)} target groups `
      + `and ${count(it => it.targetGroups.reduce((sum, group) => sum + group.targets, 0))} targets, ${found.filter(it => it.webAcl).length} with a web ACL`;
  });
}

/** The controller's own words, by the Ingress. */
async function refused(context: Context): Promise<{ [name: string]: string }> {
  const warnings = (await objects(context, 'events')).filter(it => it.type === 'Warning' && it.involvedObject.kind === 'Ingress');
  return Object.fromEntries(warnings.map(it => [`${it.involvedObject.namespace}/${it.involvedObject.name}`, it.message]));
}

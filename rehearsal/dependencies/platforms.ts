import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { dependenciesOf, type Dependency } from './dependency';
import { AlbIngress, CiliumNetworkPolicy, EksPlatform, PolicyEntity, PolicyPeer, WorkloadIdentity } from '../../src';
import type { Template } from '../../tools/template';
import { stacksOf, templateOf, type SynthesizedStack } from '../template/assembly';

/** A platform that is synthesized, with all dependencies in it. */
export interface Platform {
  readonly stack: SynthesizedStack;
  readonly template: Template;
  readonly dependencies: Dependency[];
}

/** The cluster of each: there is one at a time. */
const NAME = 'shop';

/** Platforms that together have every dependency which the library declares; the first has nearly all of them. */
const PLATFORMS: { [stack: string]: (stack: Stack) => void } = {
  'pod-identity': stack => {
    const platform = new EksPlatform(stack, 'Platform', {
      clusterName: NAME,
      hostedZones: [zone(stack)],
      identity: WorkloadIdentity.POD_IDENTITY,
      network: { podCidr: '100.64.0.0/16', interfaceEndpoints: [ec2.InterfaceVpcEndpointAwsService.STS] },
    });
    const { cluster, albController } = platform;
    const namespace = platform.addNamespace('shop');
    new CiliumNetworkPolicy(stack, 'Policy', { cluster, namespace, policyName: 'web', ingress: [{ peers: [PolicyPeer.entity(PolicyEntity.HOST)] }] });
    const path = { service: 'web', port: 80 };
    new AlbIngress(stack, 'IngressOfNamespace', { controller: albController!, hosts: ['shop.example.com'], paths: [path], namespace });
    new AlbIngress(stack, 'Ingress', { controller: albController!, hosts: ['example.com'], paths: [path] });
  },
  'irsa': stack => {
    new EksPlatform(stack, 'Platform', { clusterName: NAME, hostedZones: [zone(stack)] });
  },
};

function zone(stack: Stack): route53.IHostedZone {
  return route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z0123456789EXAMPLE' });
}

/**
 * Synthesizes the platforms.
 *
 * @param assembly the folder into which they are synthesized
 * @param context of the app
 */
export function synthesizePlatforms(assembly: string, context: { [key: string]: any } = {}): Platform[] {
  const app = new App({ outdir: assembly, context, analyticsReporting: false });
  const stacks = Object.entries(PLATFORMS).map(([id, define]) => {
    const stack = new Stack(app, id);
    define(stack);
    return stack;
  });
  app.synth();
  return stacks.map(stack => {
    const synthesized = stacksOf(assembly).find(it => it.stackName === stack.stackName)!;
    const template = templateOf(synthesized);
    return { stack: synthesized, template, dependencies: dependenciesOf(stack, template) };
  });
}

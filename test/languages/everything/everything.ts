import { readFileSync } from 'fs';
import { join } from 'path';
import * as layer from '@aws-cdk/lambda-layer-kubectl-v36';
import * as cdk from 'aws-cdk-lib';
import * as reflect from 'jsii-reflect';
import { addons } from './addons';
import { ingresses } from './ingresses';
import type { Libraries } from './libraries';
import { platforms } from './platform';
import { policies } from './policies';
import { record, type Recording } from './recorder';
import { jsiiAssembly } from '../../../tools/compiled';
import { ROOT } from '../../../tools/programs';
import * as eksplatform from '@org/eks-platform';

/** A folder to be taken for a chart. */
const CHART = join(ROOT, 'rehearsal/charts/stand-ins/cilium');

/** As in the starters' cdk.json: the deprecated provider is of no use to anyone. */
const CONTEXT = { '@aws-cdk/aws-eks:useNativeOidcProvider': true };

/** An app that sets every prop of the library. It only makes, gets and calls, so that it can be written in every language. */
const STACKS = { platforms, addons, policies, ingresses };

/** The recorded app. */
export async function recordEverything(): Promise<{ readonly recording: Recording; readonly library: reflect.Assembly }> {
  jsiiAssembly(); // compiles what is to be loaded
  const system = new reflect.TypeSystem();
  const library = await system.load(ROOT, { validate: false, supportedFeatures: [...reflect.JSII_REFLECT_SUPPORTED_ASSEMBLY_FEATURES] });
  const modules = ['aws-cdk-lib', '@org/eks-platform', '@aws-cdk/lambda-layer-kubectl-v36'];
  const recording = record(system, modules, (...[first, second, third]) =>
    everything({ cdk: first, eksplatform: second, layer: third, chart: CHART }));
  return { recording, library };
}

/** The templates that the app gives in this process, by stack. */
export function everythingHere(outdir: string): { [stack: string]: any } {
  const app = new cdk.App({ outdir, context: CONTEXT });
  everything({ cdk, eksplatform, layer, chart: CHART }, app);
  return everythingIn(outdir);
}

/** The templates in a cloud assembly, by stack. */
export function everythingIn(outdir: string): { [stack: string]: any } {
  return Object.fromEntries(Object.keys(STACKS).map(name => [name, JSON.parse(readFileSync(join(outdir, `${name}.template.json`), 'utf8'))]));
}

function everything(libraries: Libraries, app = new libraries.cdk.App({ context: CONTEXT })): void {
  for (const [name, define] of Object.entries(STACKS)) {
    define(libraries, new libraries.cdk.Stack(app, name));
  }
  app.synth();
}

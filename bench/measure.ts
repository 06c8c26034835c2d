/**
 * Measures one thing in a process of its own, and prints it as a line of JSON.
 *
 * `measure.js require MODULE` loads a module. `measure.js synth MODULE` loads one with a function `define(app)` and
 * synthesizes its app, as the CDK CLI would: context and output folder come in the CLI's own environment variables.
 */

import { performance } from 'perf_hooks';

/** What a process took. */
export interface Measurement {
  /** To load the module, in CPU time: what else the machine does counts less. */
  readonly loadMs: number;
  /** From the start of the process. */
  readonly wallMs: number;
  readonly peakBytes: number;
}

async function measure(what: string, file: string): Promise<Measurement> {
  const start = process.cpuUsage();
  const module = await import(file);
  const { user, system } = process.cpuUsage(start);
  const loadMs = (user + system) / 1000;
  if (what === 'synth') {
    const { App } = await import('aws-cdk-lib');
    const app = new App();
    await module.define(app);
    app.synth();
  }
  return { loadMs, wallMs: performance.now(), peakBytes: process.resourceUsage().maxRSS * 1024 };
}

const [what, file] = process.argv.slice(2);
measure(what, file).then(
  measurement => console.log(`\n${JSON.stringify(measurement)}`),
  error => {
    console.error(error);
    process.exitCode = 1;
  },
);

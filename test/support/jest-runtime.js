// CDK is most of what a test file loads, over a second each time: here each worker loads it once. The rest, the library
// above all, is new for each file, as in jest's own runtime.
const { createRequire } = require('module');
const { default: Runtime } = require('jest-runtime');

const SHARED = /^(aws-cdk-lib|constructs|cdk-nag|@aws-cdk\/[^/]+)(\/|$)/;

module.exports = class extends Runtime {
  constructor(config, environment, ...rest) {
    super(config, environment, ...rest);
    this.environmentBefore = { ...process.env };
    environment.global.process.env = process.env; // what a test sets there, CDK reads
  }

  requireModuleOrMock(from, name) {
    return this.shared(from, name) ?? super.requireModuleOrMock(from, name);
  }

  requireActual(from, name) {
    return this.shared(from, name) ?? super.requireActual(from, name);
  }

  shared(from, name) {
    return SHARED.test(name) ? createRequire(from)(name) : undefined;
  }

  teardown() {
    const { environmentBefore } = this;
    Object.keys(process.env).filter(it => !(it in environmentBefore)).forEach(it => delete process.env[it]);
    Object.assign(process.env, environmentBefore);
    super.teardown();
  }
};

const { existsSync, mkdirSync, symlinkSync } = require('fs');
const { createRequire } = require('module');
const { join } = require('path');
const { default: Runtime } = require('jest-runtime');

/** CDK is most of what a test file loads, over a second each time: each worker loads it once. The rest, the library above all, is new for each file. */
const SHARED = /^(aws-cdk-lib|constructs|cdk-nag|@aws-cdk\/[^/]+)(\/|$)/;

/** A file's name says whether its tests need more than Node. */
const NEEDS_MORE = /\.(programs|cluster)\.test\.ts$/;

module.exports = class extends Runtime {
  constructor(config, environment, resolver, transformer, cacheFS, coverage, testPath, globalConfig) {
    super(config, environment, resolver, transformer, cacheFS, coverage, testPath, globalConfig);
    this.environmentBefore = { ...process.env };
    environment.global.process.env = process.env; // what a test sets there, CDK reads
    if (!NEEDS_MORE.test(testPath)) {
      process.env.PATH = nodeAlone(config.rootDir);
    }
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

/** A folder with Node and nothing else: what starts another program fails here, and not first on a machine that lacks it. */
function nodeAlone(rootDir) {
  const folder = join(rootDir, 'build', 'node-alone');
  const link = join(folder, 'node');
  if (!existsSync(link)) {
    mkdirSync(folder, { recursive: true });
    try {
      symlinkSync(process.execPath, link);
    } catch (error) {
      if (error.code !== 'EEXIST') { // another worker was faster
        throw error;
      }
    }
  }
  return folder;
}

/** Writes policies/networking.rego: one file, which conftest and IngressPolicy read, from the rules and their shared functions. */
import { readdirSync, readFileSync, writeFileSync } from 'fs';
import { join } from 'path';

const POLICIES = join(__dirname, '..', 'policies');

const HEAD = `# Rules for Ingresses: \`conftest test manifests/ingress.yaml --policy policies/networking.rego\`.
#
# Made from policies/rules and policies/lib with \`npx projen policies\`: change those.
package main

import rego.v1
`;

/** How each source starts. Its package is not called `main`, so that opa can load the whole folder. */
const SOURCE_HEAD = 'package ingress_rules\n\nimport rego.v1\n';

/** The Rego files of a folder without their tests, such as rules/tags.rego. */
export function sources(folder: 'rules' | 'lib'): string[] {
  return readdirSync(join(POLICIES, folder))
    .filter(file => file.endsWith('.rego') && !file.endsWith('_test.rego'))
    .sort()
    .map(file => `${folder}/${file}`);
}

/** A source without its first lines. */
export function bodyOf(source: string): string {
  const text = readFileSync(join(POLICIES, source), 'utf8');
  if (!text.startsWith(SOURCE_HEAD)) {
    throw new Error(`policies/${source} must start with ${JSON.stringify(SOURCE_HEAD)}`);
  }
  return text.slice(SOURCE_HEAD.length);
}

/** The text of policies/networking.rego. */
export function bundle(): string {
  const parts = [...sources('rules'), ...sources('lib')].map(source => `# ${source}\n${bodyOf(source)}`);
  return [HEAD, ...parts].join('\n');
}

if (require.main === module) {
  writeFileSync(join(POLICIES, 'networking.rego'), bundle());
}

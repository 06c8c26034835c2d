import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EksPlatform, PlatformProfile, WorkloadIdentity } from '../../src';
import { ROOT, run, tryToRun } from '../../tools/programs';
import { platformFixture, stackFixture } from '../support/fixtures';
import { describeUnless } from '../support/run';

const VERSION = '1.58.0';

/** A region in each partition, and the fixture's own. */
const REGIONS = ['eu-central-1', 'us-east-1', 'cn-north-1', 'us-gov-west-1'];

/** Warnings that may stand, and why. */
const WARNINGS: { [rule: string]: string } = {
  W3005: 'CDK writes DependsOn for all of a construct, also where a reference orders two resources already: it changes nothing',
};

interface Finding {
  readonly Level: 'Error' | 'Warning' | 'Informational';
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: (string | number)[] };
}

const { linter, missing } = installLinter();

describeUnless(missing)(`cfn-lint ${VERSION}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['dev', () => platformFixture({ profile: PlatformProfile.DEV }).template()],
    ['staging', () => platformFixture({ profile: PlatformProfile.STAGING }).template()],
    ['prod', () => platformFixture({ profile: PlatformProfile.PROD }).template()],
    ['a platform with pod subnets, Pod Identity, an administrator and more nodes', manyOptions],
  ])('finds no error in %s, in a region of each partition', (name, template) => {
    const findings = lint(name, template().toJSON());
    expect(findings.filter(it => it.Level === 'Error').map(describeFinding)).toEqual([]);
    expect(findings.filter(it => !(it.Rule.Id in WARNINGS)).map(describeFinding)).toEqual([]);
  });

  test('finds an error where there is one', () => {
    expect(lint('misspelt', { Resources: { Key: { Type: 'AWS::KMS::Key', Properties: { EnableKeyRotatoin: true } } } })
      .map(it => it.Rule.Id)).toContain('E3002');
  });

  test('finds a resource type that a region does not have', () => {
    expect(lint('regional', { Resources: { App: { Type: 'AWS::Chime::AppInstance', Properties: { Name: 'x' } } } })
      .map(describeFinding)).toContain('E3006 at Resources/App/Type: Resource type \'AWS::Chime::AppInstance\' does not exist in \'cn-north-1\'');
  });

  function lint(name: string, template: object): Finding[] {
    const file = join(folder, `${name.replace(/ /g, '-')}.template.json`);
    writeFileSync(file, JSON.stringify(template));
    return JSON.parse(run(linter, ['--template', file, '--regions', ...REGIONS, '--format', 'json', '--non-zero-exit-code', 'none']));
  }
});

/** Puts cfn-lint into a separate folder below `build`, where a later run finds it. */
function installLinter(): { linter: string; missing?: string } {
  const folder = join(ROOT, 'build', 'cfn-lint-venv');
  const program = join(folder, 'bin', 'cfn-lint');
  if (tryToRun(program, ['--version'])?.trim().endsWith(VERSION)) {
    return { linter: program };
  }
  if (tryToRun('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))']) === undefined) {
    return { linter: program, missing: 'python3 is not here, or is older than 3.10' };
  }
  run('python3', ['-m', 'venv', '--clear', folder]);
  const pip = ['-m', 'pip', '--quiet', '--disable-pip-version-check', '--no-input', '--retries', '1', '--timeout', '30'];
  const installed = tryToRun(join(folder, 'bin', 'python'), [...pip, 'install', `cfn-lint==${VERSION}`]);
  return { linter: program, missing: installed === undefined ? 'pip could not install it from PyPI' : undefined };
}

/** What the profiles leave out of their templates. */
function manyOptions(): Template {
  const stack = stackFixture();
  const platform = new EksPlatform(stack, 'Platform', {
    clusterName: 'shop',
    network: { podCidr: '100.64.0.0/16' },
    identity: WorkloadIdentity.POD_IDENTITY,
    admins: [new iam.Role(stack, 'Admin', { assumedBy: new iam.AccountRootPrincipal() })],
    cilium: { prefixDelegation: true },
  });
  platform.addNodeGroup('More', { maxPods: 58, securityGroups: [new ec2.SecurityGroup(stack, 'Group', { vpc: platform.vpc })] });
  return Template.fromStack(stack);
}

function describeFinding(finding: Finding): string {
  return `${finding.Rule.Id} at ${finding.Location.Path.join('/')}: ${finding.Message}`;
}

import { readdirSync } from 'fs';
import { basename, join } from 'path';
import { ofType, SUBJECTS, synthesize, type SynthesizedApp } from './apps';
import { judgeTemplates } from '../../rehearsal/judge/cilium-objects';
import { missingOf, programIn } from '../../rehearsal/setup/toolchain';
import { cacheFolder } from '../../rehearsal/support/paths';
import { ROOT, run } from '../../tools/programs';
import type { Resource } from '../../tools/template';
import { text } from '../support/read';
import { describeUnless } from '../support/run';

const CALL = 'Custom::DeployAssert@';
const CLUSTERS = SUBJECTS.filter(it => it !== 'network');

const apps = new Map<string, SynthesizedApp>();
const app = (subject: string) => apps.get(subject)!;
beforeAll(() => SUBJECTS.forEach(subject => apps.set(subject, synthesize(subject))));

test('there is one for each subject', () => {
  expect(SUBJECTS).toEqual(['cilium', 'dns', 'ingress', 'lifecycle', 'network', 'policies']);
});

describe.each(SUBJECTS)('%s', subject => {
  test('says what it proves, what it costs and how long it takes', () => {
    const head = /^(\/\/.*\n)+/.exec(app(subject).source)![0];
    expect(head.split('\n')[0]).toMatch(/^\/\/ Proves that /);
    expect(head.replaceAll(/\n\/\/ /g, ' ')).toMatch(/Cost by AWS's list prices for us-east-1 of November 2026, an hour: .*\$0\.\d\d/);
    expect(head.replaceAll(/\n\/\/ /g, ' ')).toMatch(/Time: allow (25 minutes|an hour)/);
  });

  test('is the same in every account, and each time it is synthesized', () => {
    const again = synthesize(subject, { INTEG_RUN: '', INTEG_ZONES: '', INTEG_ZONE_NAME: '', INTEG_ZONE_ID: '' }); // as the workflow gives them
    expect([again.tested.Resources, again.checks.Resources]).toEqual([app(subject).tested.Resources, app(subject).checks.Resources]);
    expect(JSON.stringify(again.checks)).toContain('"salt":"snapshot"');
  });

  test('has a result for each check, by its name', () => {
    const { checks } = app(subject);
    const names = ofType(checks, CALL).length;
    expect(names).toBeGreaterThan(0);
    expect(Object.keys(checks.Outputs).filter(it => it.startsWith('AssertionResults'))).toHaveLength(names);
    for (const [output, { Value }] of Object.entries(checks.Outputs).filter(([name]) => name.startsWith('AssertionResults'))) {
      expect(Value['Fn::GetAtt']).toEqual([output.replace('AssertionResults', ''), 'assertion']);
    }
  });

  test('asks only what its functions may ask', () => {
    const { checks } = app(subject);
    const granted = new Set(ofType(checks, 'AWS::IAM::Role').flatMap(statementsOf).flatMap(it => it.Action));
    const ec2 = (it: Resource) => it.Properties.service === '@aws-sdk/client-ec2';
    const calls = ofType(checks, `${CALL}SdkCall`);
    calls.filter(ec2).forEach(it => expect(granted).toContain(`ec2:${it.Properties.api[0].toUpperCase()}${it.Properties.api.slice(1)}`));
    expect([...granted].every(it => /^(ec2|elasticloadbalancing|lambda|logs|route53|states|wafv2):[A-Z]\w+$/.test(it))).toBe(true);
    expect(granted.size).toBeGreaterThanOrEqual(new Set(calls.map(it => it.Properties.api)).size);
  });

  test('brings back no more of an answer than CloudFormation accepts', () => {
    for (const { Properties } of ofType(app(subject).checks, `${CALL}SdkCall`)) {
      // All of it comes back where no path is named: then it must be next to nothing.
      const isEmptyList = /^\{"\$ObjectLike":\{"\w+":\[\]\}\}$/.test(Properties.expected);
      expect(Properties.outputPaths?.includes(Properties.actualPath) || isEmptyList).toBe(true);
    }
  });

  test('leaves no log group of its functions behind', () => {
    const functions = ofType(app(subject).checks, 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(0);
    functions.forEach(it => expect(it.Properties.LoggingConfig.LogGroup).toEqual({ Ref: expect.stringMatching(/^Log/) }));
  });

  test('carries its tag', () => {
    const vpc = ofType(app(subject).tested, 'AWS::EC2::VPC')[0];
    expect(vpc.Properties.Tags).toContainEqual({ Key: 'eks-platform-integ', Value: `integ-${subject}` });
  });
});

describe.each(CLUSTERS)('the cluster of %s', subject => {
  test('is checked by a probe whose failure fails the deployment', () => {
    const { checks } = app(subject);
    const asserted = subject === 'policies' ? 2 : 1;
    const probes = ofType(checks, `${CALL}AssertEquals`);
    expect(probes).toHaveLength(asserted);
    probes.forEach(({ Properties }) => {
      expect(Properties).toMatchObject({ failDeployment: true, expected: '{"$StringLike":"^PASSED "}' });
      const [value] = Properties.actual['Fn::GetAtt'];
      expect(checks.Resources[value].Type).toBe('Custom::AWSCDK-EKS-KubernetesObjectValue');
      expect(checks.Resources[value].Properties.TimeoutSeconds).toBe(720);
    });
  });

  test('has workloads only once the platform is there', () => {
    const { Resources } = app(subject).tested;
    const workloads = Object.entries(Resources).filter(([, it]) => it.Type === 'Custom::AWSCDK-EKS-KubernetesResource' && text(it.Properties.Manifest).includes('"backend.ts"'));
    workloads.forEach(([, it]) => expect(it.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/CoreDns|Namespace/)])));
    expect(workloads).toHaveLength({ dns: 0, policies: 2 }[subject] ?? 1);
  });
});

describeUnless(missingOf(['judge']))('Cilium\'s own code', () => {
  test.each(['cilium', 'policies'])('accepts the policies of %s', subject => {
    const { judged, findings } = judgeTemplates(programIn(cacheFolder(), 'judge'), [app(subject).tested as any]);
    expect(findings).toEqual([]);
    expect(judged.CiliumNetworkPolicy).toBeGreaterThan(0);
  });
});

describeUnless(missingOf(['linter']))('cfn-lint', () => {
  const linter = programIn(cacheFolder(), 'cfn-lint');

  /** All at once, as it takes longer to start than to read a template. */
  let findings: any[];
  beforeAll(() => {
    const files = [...apps.values()].flatMap(({ tested, checks }) => [tested.file, checks.file]);
    findings = JSON.parse(run(linter, ['--template', ...files, '--regions', 'us-east-1', '--format', 'json', '--non-zero-exit-code', 'none']));
  });

  test.each(SUBJECTS)('finds no error in %s', subject => {
    const { tested, checks } = app(subject);
    const errors = findings.filter(({ Filename, Level }) => [tested.file, checks.file].includes(Filename) && Level === 'Error');
    expect(errors.map(it => `${it.Rule.Id} at ${it.Location.Path.join('/')}: ${it.Message}`)).toEqual([]);
  });

  test('has read the templates: it warns of some', () => {
    expect(findings.map(it => it.Filename)).toContain(app('cilium').tested.file);
  });
});

test('a separate run has its own names, in the zones that were named', () => {
  const { tested, checks } = synthesize('lifecycle', { INTEG_RUN: '42', INTEG_ZONES: 'us-east-1a,us-east-1b,us-east-1d' });
  expect([tested.file, checks.file].map(it => basename(it))).toEqual(['integ-lifecycle-42.template.json', 'integ-lifecycle-42-checks.template.json']);
  expect(ofType(tested, 'AWS::EKS::Cluster')[0].Properties.Name).toBe('integ-lifecycle-42');
  const subnets = ofType(tested, 'AWS::EC2::Subnet').filter(it => it.Type === 'AWS::EC2::Subnet');
  expect(new Set(subnets.map(it => it.Properties.AvailabilityZone))).toEqual(new Set(['us-east-1a', 'us-east-1b', 'us-east-1d']));
  expect(JSON.stringify(tested)).not.toMatch(/integ-lifecycle(?!-42)/);
});

test('every script is some test\'s', () => {
  const scripts = readdirSync(join(ROOT, 'integ/support/probes')).filter(it => it !== 'words.sh').map(it => it.replace('.sh', ''));
  const used = [...apps.values()].flatMap(({ source }) => [...source.matchAll(/script: '([^']+)'/g)].map(it => it[1]));
  expect(used.sort()).toEqual(scripts.sort());
});

function statementsOf(role: Resource): any[] {
  return (role.Properties.Policies ?? []).flatMap((it: any) => it.PolicyDocument.Statement);
}

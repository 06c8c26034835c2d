import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { ModuleKind, transpileModule } from 'typescript';
import { pack, type Packed } from '../../tools/compiled';
import { emptyFolder, newestVersion, npmInstall } from '../../tools/npm';
import { ROOT, run } from '../../tools/programs';
import { describeUnless } from '../support/run';

const NAME = '@org/eks-platform';

/** The names that a program sees: structs exist for the compiler only. */
const PUBLIC_NAMES = [
  'AlbController', 'AlbFeatureGate', 'AlbIngress', 'Cilium', 'CiliumClusterwideNetworkPolicy', 'CiliumEncryption', 'CiliumNetworkPolicy',
  'EksPlatform', 'EndpointSelector', 'ExternalDns', 'ExternalDnsPolicy', 'GrpcService', 'HubbleTls', 'HubbleUiIngress', 'IngressAdmissionAction',
  'IngressAdmissionPolicy', 'IngressAuthentication', 'IngressClassParams', 'IngressPolicy', 'InternalApi', 'KubectlProvider', 'LabelExpression',
  'LoadBalancerScheme', 'Namespace', 'NlbService', 'NodeGroup', 'NodeLocalDns', 'NodeLocalDnsMode', 'PathBasedMicroservices', 'PathType',
  'PlatformProfile', 'PodSecurityLevel', 'PolicyEntity', 'PolicyPeer', 'PolicyPort', 'PolicyProtocol', 'PublicWebApplication', 'Vpc', 'WebAcl',
  'WebSocketApplication', 'WorkloadIdentity',
];

/** What the package holds beside its code. */
const DOCUMENTS = [
  '.jsii', 'API.md', 'LICENSE', 'README.md', 'package.json',
  'policies/README.md', 'policies/networking-parameters.yaml', 'policies/networking.rego',
];

jest.setTimeout(300_000);

let folder: string;
let packed: Packed;
beforeAll(() => {
  folder = emptyFolder();
  packed = pack(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed library', () => {
  test('has at most 1 MB', () => {
    expect(packed.size).toBeLessThanOrEqual(1_000_000);
  });

  test('holds the compiled code with its types, the code of its function, the jsii assembly and the documents', () => {
    expect(packed.files).toEqual(expect.arrayContaining(['lib/index.js', 'lib/index.d.ts', 'assets/teardown/index.js', ...DOCUMENTS]));
  });

  test('holds nothing else', () => {
    const others = packed.files.filter(file => !/^(lib\/.+\.(js|d\.ts)|assets\/[a-z]+\/[a-z-]+\.js|\.jsii\.tabl\.json)$/.test(file));
    expect(others.sort()).toEqual(DOCUMENTS);
  });

  test('contains the translated examples, if they exist: without them the Python package would show TypeScript', () => {
    const copy = join(folder, 'copy');
    mkdirSync(copy);
    ['package.json', '.npmignore'].forEach(file => copyFileSync(join(ROOT, file), join(copy, file)));
    writeFileSync(join(copy, '.jsii.tabl.json'), '{}');
    const [{ files }] = JSON.parse(run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: copy }));
    expect(files.map((file: any) => file.path)).toContain('.jsii.tabl.json');
  });
});

describeUnless(newestVersion('constructs@10') ? undefined : 'the npm registry does not answer')('the packed library in an empty folder', () => {
  let app: string;
  beforeAll(() => {
    app = join(folder, 'app');
    npmInstall(app, packed.tarball, 'aws-cdk-lib@2.270.0', 'constructs@10.5.1');
  });

  test('brings at most 35 packages, CDK and all', () => {
    const { packages } = JSON.parse(readFileSync(join(app, 'package-lock.json'), 'utf8'));
    const installed = Object.keys(packages).filter(path => path !== '');
    expect(installed).toEqual(expect.arrayContaining([`node_modules/${NAME}`, 'node_modules/@aws-cdk/lambda-layer-kubectl-v36']));
    expect(installed.length).toBeLessThanOrEqual(35);
  });

  test('exports the public names and no others', () => {
    const names = run(process.execPath, ['-p', `JSON.stringify(Object.keys(require('${NAME}')))`], { cwd: app });
    expect(JSON.parse(names).sort()).toEqual(PUBLIC_NAMES);
  });

  test('exports the same names to ES modules', () => {
    const program = `import * as all from '${NAME}'; console.log(JSON.stringify(Object.keys(all)))`;
    const names: string[] = JSON.parse(run(process.execPath, ['--input-type=module', '--eval', program], { cwd: app }));
    expect(names.filter(it => !['default', 'module.exports', '__esModule'].includes(it)).sort()).toEqual(PUBLIC_NAMES); // these are Node's own
  });

  test('loads none of its modules until one of its names is used', () => {
    const loaded = '(name) => { const all = require(name); const before = Object.keys(require.cache).length; all.WebAcl; return [before, Object.keys(require.cache).length]; }';
    const [before, after] = JSON.parse(run(process.execPath, ['-p', `JSON.stringify((${loaded})('${NAME}'))`], { cwd: app }));
    expect(before).toBe(1);
    expect(after).toBeGreaterThan(1);
  });

  test('synthesizes the quick start of its README', () => {
    const readme = readFileSync(join(app, 'node_modules', NAME, 'README.md'), 'utf8');
    const [, quickStart] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [readme, ''];
    expect(quickStart).toContain(`from '${NAME}'`);
    writeFileSync(join(app, 'main.js'), transpileModule(quickStart, { compilerOptions: { module: ModuleKind.CommonJS } }).outputText);
    // With these variables the CDK CLI makes an app synthesize when it ends, into a folder.
    run(process.execPath, ['main.js'], { cwd: app, env: { CDK_OUTDIR: 'cdk.out', CDK_CONTEXT_JSON: '{}' } });

    const { Resources } = JSON.parse(readFileSync(join(app, 'cdk.out', 'Shop.template.json'), 'utf8'));
    const types = Object.values<any>(Resources).map(resource => resource.Type);
    expect(types).toEqual(expect.arrayContaining(['AWS::EC2::VPC', 'AWS::EKS::Cluster', 'AWS::EKS::Nodegroup', 'Custom::AWSCDK-EKS-HelmChart']));
  });
});

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { deflateRawSync } from 'zlib';
import { Engine } from './engine';
import { FakeHelm } from './fake-helm';
import { unzip } from '../../../handlers/kubernetes/zip';
import { awsError } from '../fake-aws';

let helm: FakeHelm;
beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => {});
  helm = new FakeHelm();
});
afterEach(() => jest.restoreAllMocks());

/** A zip archive, deflated where that is asked for. */
function zip(files: { [name: string]: string }, method: 0 | 8 | 12 = 8): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  for (const [name, text] of Object.entries(files)) {
    const content = method === 8 ? deflateRawSync(text) : Buffer.from(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(3, 28); // of the extra field, which is here only
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(content.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(Buffer.concat(locals).length, 42);
    locals.push(local, Buffer.from(name), Buffer.from('xxx'), content);
    entries.push(entry, Buffer.from(name));
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(Buffer.concat(locals).length, 16);
  return Buffer.concat([...locals, ...entries, end]);
}

describe('a chart comes', () => {
  /** What Helm installed, beneath the folder of the request. */
  const installed = () => /^upgrade \S+ \S+eks-platform-\w+\/(\S+)/.exec(helm.commands.find(it => it.startsWith('upgrade'))!)![1];

  test('from a repository, as it is wherever no version is given', async () => {
    await helm.serve('Create');
    expect(helm.commands[0]).toMatch(/^pull chart --repo https:\/\/charts\.example\.com --destination \S+ --registry-config \S+\/registry\.json$/);
    expect(installed()).toBe('chart/chart-1.0.0.tgz');
  });

  test('from an OCI registry, with its whole address and without a login', async () => {
    await helm.serve('Create', { Repository: 'oci://public.ecr.aws/eks/chart', Version: '1.2.3' });
    expect(helm.commands[0]).toMatch(/^pull oci:\/\/public\.ecr\.aws\/eks\/chart --version 1\.2\.3 --destination /);
    expect(helm.aws.calls).toEqual([]);
  });

  test.each([
    ['111122223333.dkr.ecr.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['111122223333.dkr-ecr.us-east-1.on.aws', 'us-east-1'],
  ])('from ECR at %s, after a login by IAM in %s', async (host, region) => {
    const call = jest.spyOn(helm.aws, 'call');
    await helm.serve('Create', { Repository: `oci://${host}/charts/web` });
    expect(call).toHaveBeenCalledWith('ecr', 'getAuthorizationToken', {}, region);
    expect(helm.commands[0]).toMatch(new RegExp(`^registry login ${host} --username AWS --password-stdin --registry-config \\S+/registry\\.json$`));
    expect(helm.inputs[0]).toBe('a-password-of-ecr');
    expect(helm.commands[1]).toMatch(`pull oci://${host}/charts/web`);
    expect(helm.commands.join()).not.toContain('a-password-of-ecr');
  });

  test('from an asset in S3, a zip archive of its folder', async () => {
    helm.aws.objects['assets/1.zip'] = zip({ 'Chart.yaml': 'name: web', 'templates/a.yaml': 'kind: ConfigMap' });
    let text = '';
    helm.helm = async ([, , chart]) => {
      text ||= readFileSync(join(chart, 'templates/a.yaml'), 'utf8');
      throw new Error('enough');
    };
    await expect(helm.serve('Create', { ChartAssetURL: 's3://assets/1.zip', Chart: undefined, Repository: undefined })).rejects.toThrow('enough');
    expect(text).toBe('kind: ConfigMap');
  });

  test('from an asset in S3, the archive of helm package', async () => {
    helm.aws.objects['assets/1.tgz'] = Buffer.from([0x1f, 0x8b, 0x08]);
    await helm.serve('Create', { ChartAssetURL: 's3://assets/1.tgz', Chart: undefined, Repository: undefined });
    expect(installed()).toBe('chart/chart.tgz');
  });

  test.each([
    [{ Chart: undefined, Repository: undefined }, 'the release has neither `Chart` nor `ChartAssetURL`'],
    [{ ChartAssetURL: 'https://example.com/1.zip' }, '`ChartAssetURL` must be s3://BUCKET/KEY, got: https://example.com/1.zip'],
    [{ ChartAssetURL: 's3://assets/none.zip' }, 'the chart s3://assets/none.zip cannot be unpacked: it is not a zip archive'],
  ])('from nowhere else: %j', async (properties, message) => {
    helm.aws.objects['assets/none.zip'] = Buffer.from('none');
    await expect(helm.serve('Create', properties)).rejects.toThrow(message);
    expect(helm.changes).toEqual([]);
  });

  test('again, where the repository fails for a moment', async () => {
    helm.failures.push({ command: /^pull/, stderr: 'Error: Get "https://charts.example.com/index.yaml": dial tcp: i/o timeout' });
    await helm.serve('Create');
    expect(helm.commands.filter(it => it.startsWith('pull'))).toHaveLength(2);
  });

  test.each([
    ['Error: chart "chart" version "9" not found in https://charts.example.com repository', 1], ['Error: unexpected status code 500', 3],
  ])('not at all, with Helm\'s words, and nothing is touched: %s', async (stderr, tries) => {
    [1, 2, 3].forEach(() => helm.failures.push({ command: /^pull/, stderr }));
    await expect(helm.serve('Update')).rejects.toThrow(`helm pull chart failed: ${stderr}`);
    expect(helm.commands).toHaveLength(tries);
  });
});

describe('rights that were just granted', () => {
  const [DENIED, ASSET, ECR] = [
    () => awsError('AccessDenied', 'Access Denied'),
    { ChartAssetURL: 's3://assets/1.tgz', Chart: undefined, Repository: undefined },
    { Repository: 'oci://111122223333.dkr.ecr.eu-west-1.amazonaws.com/charts/web' },
  ];
  const REFUSED = 'Error: GET "https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/v2/charts/web/manifests/1": response status code 403: denied: User is not authorized';

  beforeEach(() => { helm.aws.objects['assets/1.tgz'] = Buffer.from([0x1f, 0x8b, 0x08]); });

  test.each<[string, { [name: string]: string | undefined }, () => void]>([
    ['an asset', ASSET, () => { helm.aws.failures.getObject = Array.from({ length: 5 }, DENIED); }],
    ['ECR', ECR, () => { helm.aws.failures.getAuthorizationToken = [awsError('AccessDeniedException')]; }],
    ['a chart in ECR', ECR, () => { Array.from({ length: 5 }, () => helm.failures.push({ command: /^pull/, stderr: REFUSED })); }],
    ['a login at ECR', ECR, () => { helm.failures.push({ command: /^registry login/, stderr: 'Error: response status code 403: denied' }); }],
  ])('are waited for: to %s', async (_, properties, refuse) => {
    refuse();
    await helm.serve('Create', properties);
    expect(helm.revisions.map(it => it.status)).toEqual(['deployed']);
    expect(helm.now).toBeGreaterThan(0);
  });

  test.each<[string, { [name: string]: string | undefined }, string, () => void]>([
    ['an asset', ASSET, 'the chart s3://assets/1.tgz cannot be read: AccessDenied: Access Denied', () => { helm.aws.failures.getObject = Array.from({ length: 100 }, DENIED); }],
    ['a chart in ECR', ECR, 'response status code 403: denied', () => { Array.from({ length: 100 }, () => helm.failures.push({ command: /^pull/, stderr: REFUSED })); }],
  ])('are missed after two minutes, and nothing is touched: to %s', async (_, properties, message, refuse) => {
    refuse();
    await expect(helm.serve('Update', properties)).rejects.toThrow(message);
    expect(helm.now).toBeGreaterThan(60_000);
    expect(helm.now).toBeLessThanOrEqual(120_000);
    expect(helm.changes).toEqual([]);
  });

  test('are of no use where the chart is not there, or where it is not AWS that refuses', async () => {
    helm.aws.failures.getObject = [awsError('NoSuchKey', 'The specified key does not exist.')];
    await expect(helm.serve('Update', ASSET)).rejects.toThrow('the chart s3://assets/1.tgz cannot be read: NoSuchKey: The specified key does not exist.');
    helm.failures.push({ command: /^pull/, stderr: 'Error: response status code 403: denied' });
    await expect(helm.serve('Update', { Repository: 'oci://ghcr.io/charts/web' })).rejects.toThrow('403: denied');
    expect(helm.now).toBe(0);
  });
});

describe('an archive', () => {
  const folder = mkdtempSync(join(tmpdir(), 'eks-platform-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('has files that are stored, too', () => {
    unzip(zip({ 'a/b.txt': 'text' }, 0), folder);
    expect(readFileSync(join(folder, 'a/b.txt'), 'utf8')).toBe('text');
  });

  test.each(['../b.txt', '/b.txt', 'a/../../b.txt'])('writes nothing outside of its folder: %s', name => {
    expect(() => unzip(zip({ [name]: 'text' }), join(folder, 'in'))).toThrow('it has a file outside of its folder');
    expect(existsSync(join(folder, 'b.txt'))).toBe(false);
  });

  test('is refused if it is packed with another method, or damaged', () => {
    expect(() => unzip(zip({ 'a.txt': 'text' }, 12), folder)).toThrow('a.txt in it is compressed with method 12');
    const damaged = zip({ 'a.txt': 'text' });
    damaged.writeUInt32LE(0, damaged.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02])));
    expect(() => unzip(damaged, folder)).toThrow('its list of files is damaged');
  });
});

test('no secret of the values reaches CloudFormation or the log, whatever Helm prints', async () => {
  const engine = new Engine(() => helm);
  engine.type = 'Custom::AWSCDK-EKS-HelmChart';
  helm.failures.push({ command: /^upgrade/, stderr: 'Error: cannot patch "db": password is hunter22-long, aHVudGVyMjItbG9uZw==' });
  const answer = await engine.create({ Release: 'web', Chart: 'chart', Values: JSON.stringify({ db: { password: 'hunter22-long', port: 5432 } }) }, 'Release');
  expect(answer).toMatchObject({ Status: 'FAILED', Reason: 'helm upgrade default/web failed: Error: cannot patch "db": password is ***, ***' });
  expect(JSON.stringify((console.log as jest.Mock).mock.calls)).not.toMatch(/hunter22|aHVudGVy/);
  expect(existsSync(helm.values!.path)).toBe(false);
});

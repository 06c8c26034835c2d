import { spawnSync } from 'child_process';
import { mkdirSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { AwsClient } from '../../rehearsal/aws/client';
import { emptyFolder } from '../../tools/npm';
import { describeUnless } from '../support/run';

/** An SDK with one list of two pages, and one operation that AWS refuses. */
const BOTO3 = `
import os

class Pages:
    def paginate(self, **parameters):
        self.parameters = parameters
        return self
    def build_full_result(self):
        return {"Names": ["first page", "second page"], "Asked": self.parameters}

class client:
    def __init__(self, service):
        self.service = service
    def can_paginate(self, operation):
        return operation == "list_names"
    def get_paginator(self, operation):
        return Pages()
    def who(self):
        return {"Service": self.service, "Who": os.environ.get("WHO")}
    def forbidden(self):
        raise Exception("AccessDenied")
`;

const hasPython = spawnSync('python3', ['--version']).status === 0;

describeUnless(hasPython ? undefined : 'there is no python3')('the client of AWS', () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'boto3.py'), BOTO3);
  const env = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' };
  const aws = new AwsClient('python3', env);

  afterAll(() => {
    aws.end();
    rmSync(folder, { recursive: true });
  });

  test('gives a list whole', async () => {
    expect(await aws.call('iam', 'list_names', { Prefix: 'a' })).toEqual({ Names: ['first page', 'second page'], Asked: { Prefix: 'a' } });
  });

  test('gives each of several calls its own answer', async () => {
    const answers = await Promise.all([aws.call('ec2', 'who'), aws.call('eks', 'who')]);
    expect(answers.map(it => it.Service)).toEqual(['ec2', 'eks']);
  });

  test('fails as AWS does, and then continues', async () => {
    await expect(aws.call('iam', 'forbidden')).rejects.toThrow('AccessDenied');
    await expect(aws.call('iam', 'unknown')).rejects.toThrow('unknown');
    expect(await aws.call('iam', 'who')).toMatchObject({ Service: 'iam' });
  });

  test('has another one with other credentials', async () => {
    const other = aws.as({ ...env, WHO: 'someone else' });
    expect(await other.call('sts', 'who')).toMatchObject({ Who: 'someone else' });
    other.end();
  });

  test('says why it has ended', async () => {
    const broken = join(folder, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'boto3.py'), 'raise ImportError("no boto3 here")');
    await expect(new AwsClient('python3', { ...env, PYTHONPATH: broken }).call('sts', 'who')).rejects.toThrow(/the AWS client ended: .*no boto3 here/s);
    await expect(new AwsClient('no-such-python', env).call('sts', 'who')).rejects.toThrow(/the AWS client ended: .*no-such-python/s);
  });
});

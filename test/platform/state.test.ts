import { readFileSync } from 'fs';
import { join } from 'path';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { CfnResource } from 'aws-cdk-lib';
import { PlatformProfile, type EksPlatformProps } from '../../src';
import { ROOT } from '../../tools/programs';
import type { Resource } from '../../tools/template';
import { platformFixture } from '../support/fixtures';
import { markdownTable, theOnly } from '../support/read';

const { DEV, STAGING, PROD } = PlatformProfile;
const templateOf = (props: Partial<EksPlatformProps>) => platformFixture(props).template();

/** Resources of types that CloudFormation's specification calls stateful, by the paths of their constructs below the platform. */
function stateful(props: Partial<EksPlatformProps>): { [path: string]: Resource } {
  const { platform, stack, template } = platformFixture(props);
  const { Resources } = template().toJSON();
  const spec = loadAwsServiceSpecSync();
  const isStateful = (type: string) => type.startsWith('AWS::') && (spec.lookup('resource', 'cloudFormationType', 'equals', type).only().isStateful ?? false);
  return Object.fromEntries(platform.node.findAll().filter(CfnResource.isCfnResource).filter(it => isStateful(it.cfnResourceType))
    .map(it => [it.node.path.split('/').slice(2, -1).join('/'), Resources[stack.getLogicalId(it)]]));
}

/** The documentation: what happens to a resource, by its construct. */
const [, ...ROWS] = markdownTable(readFileSync(join(ROOT, 'docs/operations.md'), 'utf8'), 'What holds data');
const DOCUMENTED = Object.fromEntries(ROWS.filter(([, resource]) => resource.startsWith('`')).map(([, resource, fate]) => [resource.replaceAll('`', ''), fate]));

test('the documentation has each resource of a platform that holds data, and no other', () => {
  const found = [DEV, STAGING, PROD].flatMap(profile => Object.keys(stateful({ profile })));
  expect([...new Set(found)].sort()).toEqual(Object.keys(DOCUMENTED).sort());
  expect(found.length).toBeGreaterThan(3);
});

test.each([DEV, STAGING, PROD])('each is kept or deleted as the documentation says, when the stack is deleted and when it is replaced: $profileName', profile => {
  for (const [path, resource] of Object.entries(stateful({ profile }))) {
    const policy = DOCUMENTED[path].startsWith('deleted') ? 'Delete' : 'Retain';
    expect([path, resource.DeletionPolicy, resource.UpdateReplacePolicy]).toEqual([path, policy, policy]);
  }
});

test('a key that is deleted can be restored for a month', () => {
  expect(theOnly(templateOf({ profile: PROD }), 'AWS::KMS::Key').Properties).not.toHaveProperty('PendingWindowInDays'); // 30 is AWS's default
});

test('nodes take their disks with them, which are encrypted', () => {
  const [{ Ebs }] = theOnly(templateOf({}), 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.BlockDeviceMappings;
  expect(Ebs).toMatchObject({ DeleteOnTermination: true, Encrypted: true });
});

import { readFileSync } from 'fs';
import { join } from 'path';
import type { Construct } from 'constructs';
import { parse } from 'yaml';
import { annotationsOf, certificateFixture, controllerFixture, WEB_ACL } from './fixture';
import * as eksplatform from '../../src';

const guide = readFileSync(join(__dirname, '../../docs/ingress.md'), 'utf8');
const [, manifest] = guide.match(/```yaml\n(.*?)```/s)!;

/** The Ingress of a construct of the guide, with the guide's inputs. */
function ingressOf(pattern: string) {
  const { stack, controller, object } = controllerFixture();
  const service = { service: 'web', port: 80 };
  const isInternal = ['InternalApi', 'GrpcService'].includes(pattern);
  const props = {
    controller,
    certificate: certificateFixture(stack),
    ...isInternal ? {} : { webAcl: eksplatform.WebAcl.fromWebAclArn(stack, 'WebAcl', WEB_ACL) },
    ingressName: 'web',
    host: 'app.example.com',
    ...pattern === 'PathBasedMicroservices' ? { paths: [service] } : service,
  };
  const Pattern = (eksplatform as any)[pattern] as new (scope: Construct, id: string, given: typeof props) => Construct;
  new Pattern(stack, 'Web', props);
  return object('Ingress');
}

test('the manifest of the guide is what the construct makes', () => {
  expect(ingressOf('PublicWebApplication')).toEqual(parse(manifest));
});

const rows = [...guide.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, pattern, cells]) => [pattern, cells] as const);

test('the guide has a row for each other pattern', () => {
  expect(rows.map(([pattern]) => pattern)).toEqual(['InternalApi', 'GrpcService', 'PathBasedMicroservices', 'WebSocketApplication']);
});

test.each(rows)('the annotations of %s differ as the guide says', (pattern, cells) => {
  const differences = Object.fromEntries([...cells.matchAll(/`([\w-]+): ([^`]+)`/g)].map(([, name, value]) => [name, value]));
  const { 'ssl-redirect': redirect, ...common } = annotationsOf(parse(manifest));
  const expected: { [suffix: string]: string } = { ...common, ...differences };
  if (expected.scheme === 'internal') {
    delete expected['wafv2-acl-arn'];
  }
  expect(redirect).toBe('443');
  expect(annotationsOf(ingressOf(pattern))).toEqual(expected);
});

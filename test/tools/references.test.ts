import { referencesOf, textOf } from '../../tools/references';

test.each([
  ['Ref', { VpcId: { Ref: 'Vpc' } }, ['Vpc']],
  ['Fn::GetAtt', { Arns: [{ 'Fn::GetAtt': ['Role', 'Arn'] }] }, ['Role']],
  ['Fn::GetAtt as text', { Arn: { 'Fn::GetAtt': 'Role.Arn' } }, ['Role']],
  ['Fn::Sub', { Url: { 'Fn::Sub': 'https://${Bucket.DomainName}/${Key}' } }, ['Bucket', 'Key']],
  ['Fn::Sub with a list of a text alone', { Url: { 'Fn::Sub': ['${Key}'] } }, ['Key']],
  ['Fn::Sub with variables, which are no references', { Url: { 'Fn::Sub': ['${Name}.${Key}', { Name: { Ref: 'Bucket' } }] } }, ['Key', 'Bucket']],
  ['Fn::Sub with a text that only looks so', { Rule: { 'Fn::Sub': '${!aws:username}' } }, []],
  ['Fn::Join', { Text: { 'Fn::Join': ['', ['a', { Ref: 'Topic' }]] } }, ['Topic']],
  ['a pseudo parameter', { Region: { Ref: 'AWS::Region' } }, ['AWS::Region']],
  ['nothing', { Text: null, Number: 5 }, []],
])('finds the references of %s', (_, value, found) => {
  expect(referencesOf(value)).toEqual(found);
});

test.each<[any, string]>([
  ['text', 'text'],
  [8080, '8080'],
  [true, 'true'],
  [{ Ref: 'Vpc' }, '<Vpc>'],
  [{ 'Fn::GetAtt': ['Cluster', 'Arn'] }, '<Cluster.Arn>'],
  [{ 'Fn::GetAtt': 'Cluster.Arn' }, '<Cluster.Arn>'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'B' }, 1]] }, 'a-<B>-1'],
  [{ 'Fn::Sub': 'arn:${AWS::Partition}:${Role.Arn}' }, 'arn:<AWS::Partition>:<Role.Arn>'],
  [{ 'Fn::Sub': ['${Name}:${Other}', { Name: { 'Fn::Join': ['', ['a', { Ref: 'B' }]] } }] }, 'a<B>:<Other>'],
  [{ 'Fn::Sub': '${!aws:username}' }, '${aws:username}'],
  [{ 'Fn::Join': [',', { Ref: 'List' }] }, '<value>'],
  [{ 'Fn::Select': [0, ['a']] }, '<value>'],
])('reads %j as %s', (value, text) => {
  expect(textOf(value, reference => `<${reference}>`)).toBe(text);
});

test('has the same stand-in for all where none is given', () => {
  expect(textOf({ 'Fn::Join': ['/', [{ Ref: 'A' }, { 'Fn::Sub': '${B}' }]] })).toBe('<token>/<token>');
});

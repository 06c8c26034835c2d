import { textTable } from '../../tools/text-table';

test('each column is as wide as it must be', () => {
  expect(textTable([['', 'dev'], ['NAT gateways', '1']])).toEqual(['              dev', 'NAT gateways  1']);
});

test('breaks long lists at their commas', () => {
  expect(textTable([['logs', 'api, audit, scheduler', 'yes']], 12)).toEqual(['logs  api, audit,  yes', '      scheduler']);
});

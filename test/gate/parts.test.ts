import { readFileSync } from 'fs';
import { join } from 'path';
import { PARTS, SETUP } from '../../gate/parts';
import { ROOT } from '../../tools/programs';

test.each([SETUP, ...PARTS])('the part $name runs a script of package.json', ({ script: [name] }) => {
  expect(Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts)).toContain(name);
});

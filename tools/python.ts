import { join } from 'path';
import { npmPackage, once, pythonWheel } from './packages';
import { run } from './programs';

/** The newest release of CDK that PyPI and the library's lower end have in common. */
const CDK = 'aws-cdk-lib==2.270.0';

/** A Python with the library's wheel and CDK, as a user would install them, and with pytest. */
export function pythonWithLibrary(): string {
  const { id } = npmPackage();
  const wheel = pythonWheel(id);
  const venv = once('venv', id, folder => {
    run('python3', ['-m', 'venv', folder]);
    run(join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', CDK, wheel, 'pytest']);
  });
  return join(venv, 'bin/python');
}

import { execFileSync } from 'child_process';
import { createHash } from 'crypto';

/** How a checkout differs from its last commit, with a hash of the difference: if the text is the same twice, nothing changed in between. */
export function treeState(root: string): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return `${git('status', '--porcelain')}${createHash('sha256').update(git('diff', 'HEAD')).digest('hex').slice(0, 8)}`;
}

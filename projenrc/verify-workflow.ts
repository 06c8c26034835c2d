import { github, type awscdk } from 'projen';
import { JobPermission } from 'projen/lib/github/workflows-model';

/** Runs the gate on each pull request and each commit of main. What the rehearsal builds is kept between runs, as long as it is made of the same. */
export function verifyWorkflow(project: awscdk.AwsCdkConstructLibrary) {
  const verify = new github.GithubWorkflow(project.github!, 'verify');
  verify.on({ pullRequest: {}, push: { branches: ['main'] }, workflowDispatch: {} });
  verify.addJob('verify', {
    runsOn: ['ubuntu-latest'],
    permissions: { contents: JobPermission.READ },
    timeoutMinutes: 90,
    env: { CI: 'true' },
    steps: [
      github.WorkflowSteps.checkout(),
      { name: 'Set up Node', uses: 'actions/setup-node@v4', with: { 'node-version': '22' } },
      { name: 'Set up Go', uses: 'actions/setup-go@v5', with: { 'go-version': '1.26', 'cache': false } },
      { name: 'Set up Python', uses: 'actions/setup-python@v5', with: { 'python-version': '3.13' } },
      { name: 'Install', run: 'npm ci' },
      { name: 'Name the cache', id: 'cache', run: 'echo "key=$(npm run --silent rehearse -- --cache-key)" >> "$GITHUB_OUTPUT"' },
      // No older cache is of use: pieces that are no longer current would pile up.
      { name: 'Restore what the rehearsal runs', uses: 'actions/cache@v4', with: { path: '~/.cache/eks-platform-rehearsal', key: '${{ steps.cache.outputs.key }}' } },
      { name: 'Verify', run: '.ci/run' },
    ],
  });
}

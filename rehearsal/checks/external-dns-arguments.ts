/**
 * The arguments that the chart gives to external-dns for values such as ours: those that it sets for every value that we set.
 */
export function chartArguments(values: any): string[] {
  const each = (flag: string, all: string[] = []) => all.map(value => `--${flag}=${value}`);
  return [
    `--log-level=${values.logLevel ?? 'info'}`,
    `--log-format=${values.logFormat}`,
    `--interval=${values.interval}`,
    ...values.triggerLoopOnEvent ? ['--events'] : [],
    ...each('source', values.sources),
    `--policy=${values.policy}`,
    `--registry=${values.registry}`,
    `--txt-owner-id=${values.txtOwnerId}`,
    `--txt-prefix=${values.txtPrefix}`,
    ...each('domain-filter', values.domainFilters),
    `--annotation-prefix=${values.annotationPrefix}`,
    ...each('managed-record-types', values.managedRecordTypes),
    `--provider=${values.provider.name}`,
    ...Object.keys(values.extraArgs).sort().flatMap(flag => each(flag, [values.extraArgs[flag]].flat())),
  ];
}

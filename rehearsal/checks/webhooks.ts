import type { ControlPlane } from '../cluster/control-plane';

/**
 * Takes a namespace out of the admission webhooks that pods would answer: pods run nothing here, and what is not answered is refused.
 *
 * All other namespaces keep them.
 *
 * @param undo hears how each of them becomes what it was
 */
export async function withoutWebhooks({ kubectl }: Pick<ControlPlane, 'kubectl'>, namespace: string, undo: (work: () => Promise<unknown>) => void): Promise<void> {
  const found = JSON.parse(await kubectl('get', 'validatingwebhookconfigurations,mutatingwebhookconfigurations', '-o', 'json')).items;
  const except = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [namespace] };
  const change = (kind: string, name: string, webhooks: any[]) => kubectl('patch', kind, name, '-p', JSON.stringify({
    webhooks: webhooks.map(it => ({ name: it.name, namespaceSelector: it.namespaceSelector })),
  }));
  for (const { kind, metadata: { name }, webhooks = [] } of found) {
    const answered = webhooks.filter((it: any) => it.clientConfig.service);
    if (answered.length > 0) {
      await change(kind, name, answered.map((it: any) => ({
        ...it, namespaceSelector: { ...it.namespaceSelector, matchExpressions: [...it.namespaceSelector?.matchExpressions ?? [], except] },
      })));
      undo(() => change(kind, name, answered.map((it: any) => ({
        ...it, namespaceSelector: { ...it.namespaceSelector, matchExpressions: it.namespaceSelector?.matchExpressions ?? null },
      }))));
    }
  }
}

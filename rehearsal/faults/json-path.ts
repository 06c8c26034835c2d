/** What kubectl prints for a template of its JSONPath: fields, filters, `range` and texts. */
export function jsonPath(template: string, root: any): string {
  const parts = [...template.matchAll(/\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\}|([^{]+)/g)].map(([, inside, text]) => ({ inside: inside?.trim(), text }));
  return print(parts, root, root);
}

type Part = { readonly inside?: string; readonly text?: string };

function print(parts: readonly Part[], root: any, here: any): string {
  const range = parts.findIndex(it => it.inside?.startsWith('range '));
  if (range < 0) {
    return parts.map(it => said(it, root, here)).join('');
  }
  const end = endOf(parts, range);
  const items = select(here, parts[range].inside!.slice('range '.length).trim());
  return parts.slice(0, range).map(it => said(it, root, here)).join('')
    + items.map(item => print(parts.slice(range + 1, end), root, item)).join('')
    + print(parts.slice(end + 1), root, here);
}

/** A range may stand in another one. */
function endOf(parts: readonly Part[], range: number): number {
  let open = 0;
  return parts.findIndex(({ inside }, index) => {
    if (index >= range && (inside?.startsWith('range ') || inside === 'end')) {
      open += inside === 'end' ? -1 : 1;
      return open === 0;
    }
    return false;
  });
}

function said({ inside, text }: Part, root: any, here: any): string {
  if (text !== undefined) {
    return text;
  }
  if (inside!.startsWith('"')) {
    return JSON.parse(inside!);
  }
  return select(inside!.startsWith('$') ? root : here, inside!.replace(/^\$/, '')).map(it => typeof it === 'string' ? it : JSON.stringify(it)).join(' ');
}

function select(object: any, path: string): any[] {
  const steps = [...path.matchAll(/\.((?:\\\.|[\w/-])+)|\[(\*|\d+|'[^']*'|\?\(@\.([\w.]+)=="([^"]*)"\))\]/g)];
  return steps.reduce((found, [, name, index, field, value]) => found.flatMap(it => {
    if (index === '*') {
      return it ?? [];
    }
    if (field !== undefined) {
      return (it ?? []).filter((inside: any) => `${inside[field]}` === value);
    }
    const next = it?.[name?.replaceAll('\\.', '.') ?? index.replaceAll('\'', '')];
    return next === undefined ? [] : [next];
  }), [object]);
}

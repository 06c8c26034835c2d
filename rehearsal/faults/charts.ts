/** A chart: objects as data, in which `$values` stands for the release's values, and `$release` for its name. */
export interface Chart {
  readonly name: string;
  readonly version: string;
  readonly crds: readonly object[];
  readonly objects: readonly object[];
}

/** A repository of charts. */
export class Charts {
  constructor(private readonly charts: readonly Chart[]) {}

  public find(name: string, version: string): Chart {
    const found = this.charts.find(it => it.name === name && it.version === version);
    if (found === undefined) {
      throw new Error(`the repository of the sweep has no chart ${name} ${version}`);
    }
    return found;
  }

  /** The objects of a release. */
  public render({ objects, version }: Chart, values: object, release: string): any[] {
    const filled = (text: string) => text.replaceAll('$values', JSON.stringify(values).replaceAll('"', '\\"')).replaceAll('$release', release).replaceAll('$version', version);
    return objects.map(it => JSON.parse(filled(JSON.stringify(it))));
  }
}

import type { Ran } from '../../../handlers/kubernetes/programs';

/** The Leases of a cluster, as kubectl reads and writes them by their address. */
export class FakeLeases {
  public leases: { [name: string]: any } = {};
  private version = 0;

  /** The state in each Lease. */
  public get states(): any[] {
    return Object.values(this.leases).map(it => JSON.parse(it.metadata.annotations['eks-platform/fence']));
  }

  /** Answers what is about Leases. */
  public run([verb, raw, path = '']: string[], input?: string): Ran | undefined {
    const [, name, selector] = /\/namespaces\/kube-system\/leases\/?([^?]*)(\?.*)?$/.exec(path) ?? [];
    if (raw !== '--raw' || name === undefined) {
      return undefined;
    }
    if (selector !== undefined) {
      return succeeded({ items: Object.values(this.leases).filter(it => it.metadata.labels['eks-platform/fence'] === 'deleted') });
    }
    const given = input === undefined ? undefined : JSON.parse(input);
    const found = this.leases[name || given.metadata.name];
    const known = given?.metadata?.resourceVersion ?? given?.preconditions?.resourceVersion;
    if (verb === 'create' ? found !== undefined : found === undefined) {
      return failed(verb === 'create' ? 'Error from server (AlreadyExists): it is there' : 'Error from server (NotFound): it is not there');
    }
    if (known !== undefined && known !== found.metadata.resourceVersion) {
      return failed('Error from server (Conflict): the object has been modified');
    }
    if (verb === 'delete') {
      delete this.leases[name];
    } else if (verb !== 'get') {
      this.leases[given.metadata.name] = { ...given, metadata: { ...given.metadata, resourceVersion: `${++this.version}` } };
    }
    return succeeded(this.leases[name || given.metadata.name] ?? {});
  }
}

function succeeded(answer: object): Ran {
  return { code: 0, stdout: JSON.stringify(answer), stderr: '', interrupted: false };
}

function failed(stderr: string): Ran {
  return { code: 1, stdout: '', stderr, interrupted: false };
}

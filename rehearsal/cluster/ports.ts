import { freePorts } from '../support/processes';

/** The ports of a rehearsal, all on 127.0.0.1. */
export interface Ports {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly api: number;
  readonly controllerManager: number;
  readonly scheduler: number;
  readonly kwok: number;
  readonly emulator: number;
  readonly charts: number;
}

/** Finds ports that are free now. */
export async function choosePorts(): Promise<Ports> {
  const [etcd, etcdPeer, api, controllerManager, scheduler, kwok, emulator, charts] = await freePorts(8);
  return { etcd, etcdPeer, api, controllerManager, scheduler, kwok, emulator, charts };
}

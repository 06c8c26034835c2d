import { createServer } from 'http';
import { connect, type Socket } from 'net';
import { join } from 'path';
import { sleep } from '../support/processes';

/** How long a call waits for its program: as long as the API server waits for a webhook. */
const PATIENCE_MS = 10_000;

/** A port of this machine that answers for a Service, or nothing while none does. */
export type Route = (address: string) => Promise<number | undefined>;

/**
 * The way of the API server to Services: an HTTP proxy that it asks to connect to `address:port`.
 *
 * Service addresses lead nowhere here, and pods are ready before a program that stands for them is: a call waits for it.
 */
export class WebhookRoute {
  /** @param folder for the socket */
  static async open(folder: string): Promise<WebhookRoute> {
    const opened = new WebhookRoute(join(folder, 'services.sock'));
    await new Promise<void>((resolve, reject) => opened.server.on('error', reject).listen(opened.socket, resolve));
    return opened;
  }

  private readonly server = createServer();
  private readonly sockets = new Set<Socket>();
  private route?: Route;

  private constructor(readonly socket: string) {
    this.server.on('connect', (request, client: Socket, head) => {
      this.keep(client);
      void this.connect(client, head, request.url!);
    });
  }

  /** Says where calls go. */
  lead(route: Route): void {
    this.route = route;
  }

  async close(): Promise<void> {
    this.sockets.forEach(socket => socket.destroy());
    await new Promise(resolve => this.server.close(resolve));
  }

  private keep(socket: Socket) {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => socket.destroy());
  }

  private async connect(client: Socket, head: Buffer, address: string) {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end && !client.destroyed;) {
      const port = await this.route?.(address).catch(() => undefined);
      const server = port === undefined ? undefined : await dial(port);
      if (server) {
        this.keep(server);
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        server.write(head);
        server.pipe(client).pipe(server);
        return;
      }
      await sleep(100);
    }
    client.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
  }
}

function dial(port: number): Promise<Socket | undefined> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

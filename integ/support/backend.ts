/*
 * What pods behind the load balancers run: `node backend.ts`, in a Node that strips types by itself, so without anything that is not
 * erased with them. It serves HTTP, WebSocket and gRPC's health service, and says of itself who it is.
 */
import { createHash } from 'crypto';
import { createServer, type IncomingMessage, type Server } from 'http';
import { createServer as createGrpcServer, type Http2Server } from 'http2';
import { hostname } from 'os';
import type { Duplex } from 'stream';

/** By RFC 6455 every server answers a client's key with this. */
const WEBSOCKET = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A `HealthCheckResponse` with the status SERVING, as one message of gRPC: not compressed, 2 bytes long. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

/** Serves HTTP: 200 for all paths, with the name of the backend, the pod and the path. */
export function serveHttp(backend: string): Server {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ backend, pod: hostname(), path: request.url }));
  });
  return server.on('upgrade', greet);
}

/** Accepts a WebSocket and says hello in a text frame. */
function greet(request: IncomingMessage, socket: Duplex) {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${WEBSOCKET}`).digest('base64');
  socket.write(['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'));
  socket.write(Buffer.concat([Buffer.from([0x81, 5]), Buffer.from('hello')]));
  socket.on('error', () => socket.destroy());
}

/** Serves gRPC without TLS: the health service, and UNIMPLEMENTED for all else. */
export function serveGrpc(): Http2Server {
  return createGrpcServer().on('stream', (stream, headers) => {
    const known = headers[':path'] === '/grpc.health.v1.Health/Check';
    stream.on('error', () => undefined);
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': known ? '0' : '12' }));
    // Not before the whole request is there: an earlier end of the stream resets it.
    stream.resume().on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.end(known ? SERVING : undefined);
    });
  });
}

if (process.env.BACKEND) {
  serveHttp(process.env.BACKEND).listen(Number(process.env.HTTP_PORT ?? 8080));
  serveGrpc().listen(Number(process.env.GRPC_PORT ?? 50051));
}

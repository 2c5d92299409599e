/**
 * @module
 * An upstream that keeps the bytes of each head as Envoy wrote them, and answers with an empty 200.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export interface RawUpstream extends AsyncDisposable {
  readonly port: number;
}

const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
const end = Buffer.from('\r\n\r\n');

/** The requests have no bodies, or bodies of no bytes. @param onHead gets a head without the empty line that ends it */
export async function startRawUpstream(onHead: (head: Buffer) => void): Promise<RawUpstream> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    let held: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      for (let at = held.indexOf(end); at !== -1; at = held.indexOf(end)) {
        onHead(held.subarray(0, at));
        held = held.subarray(at + end.length);
        socket.write(answer);
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/**
 * @module
 * Bytes of plain sockets without the memory and the stream's work that Node spends on each read: all sockets read into one
 * buffer, of which each read is handed on before the next one comes. Per request this saves a tenth of the transport's
 * CPU time (docs/decisions/0062).
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** As much as Node itself reads at once. */
const bufferBytes = 65_536;

let shared: Buffer | undefined;

/** Of a socket, and not of Node's public interface; where there is none, a socket is read as ever. */
interface Handle {
  reading: boolean;
  readStop(): unknown;
}

interface Opened {
  _handle?: Handle | null;
}

/**
 * The connection that `accepted` is, as a socket whose `data` events bring bytes that stay only until the event is over.
 * `accepted` must be fresh: nothing of it was read.
 *
 * @returns `accepted` itself where this cannot be done: of a TLS socket, Node decrypts into memory of its own
 */
export function readingDirectly(accepted: Socket): Duplex {
  const handle = (accepted as Opened)._handle;
  if (handle === null || typeof handle?.readStop !== 'function' || 'encrypted' in accepted || accepted.bytesRead > 0) {
    return accepted;
  }
  handle.readStop();
  handle.reading = false;
  (accepted as Opened)._handle = null;
  shared ??= Buffer.allocUnsafeSlow(bufferBytes);
  const callback = (length: number, buffer: Uint8Array): boolean =>
    socket.emit('data', (buffer as Buffer).subarray(0, length));
  // Node accepts sockets with this option, and does not document it.
  const options: object = { handle, manualStart: true, onread: { buffer: shared, callback } };
  const socket = new Socket(options);
  // Whoever counts connections knows the one that was accepted.
  socket.once('close', () => accepted.destroy());
  return socket;
}

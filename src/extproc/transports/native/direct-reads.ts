/**
 * @module
 * Reads plain sockets without the allocation and the stream machinery that Node uses for each read. All sockets read
 * into one shared buffer, and each read is processed before the next. Per request this saves a tenth of the transport's
 * CPU time (docs/decisions/0062).
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The size that Node itself uses. */
const bufferBytes = 65_536;

let shared: Buffer | undefined;

/** The handle of a socket. It is not part of Node's public interface; without it, a socket is read the usual way. */
interface Handle {
  reading: boolean;
  readStop(): unknown;
}

interface Opened {
  _handle?: Handle | null;
}

/**
 * Returns a socket for the connection of `accepted` whose `data` events pass bytes that are valid only during the
 * event. Nothing may have been read from `accepted`.
 *
 * @returns `accepted` itself if this is not possible, as for a TLS socket, which Node decrypts into its own memory
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
  // An undocumented option that Node uses for accepted sockets.
  const options: object = { handle, manualStart: true, onread: { buffer: shared, callback } };
  const socket = new Socket(options);
  // Connections are counted by the accepted socket.
  socket.once('close', () => accepted.destroy());
  return socket;
}

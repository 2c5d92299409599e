/**
 * @module
 * How many connections there may be: each costs memory whether or not it ever speaks.
 */
import type { Accept } from './transports/listen.ts';

/** `accept` with connections past `most` closed at once; `onRefused` is told of each. */
export function limitConnections(accept: Accept, most: number, onRefused: () => void): Accept {
  let open = 0;
  return (onConnection) =>
    accept((socket) => {
      if (open === most) {
        socket.destroy();
        onRefused();
        return;
      }
      open++;
      socket.once('close', () => open--);
      onConnection(socket);
    });
}

/**
 * @module
 * What the log and `/readyz` say of a listener whose unix socket was lost.
 */

import type { SocketEvents } from '../net/socket-file.ts';
import type { Log } from './log.ts';
import type { Readiness } from './readiness.ts';

/** The listeners, by their keys in the configuration. */
export type ListenerName = 'listen' | 'admin' | 'jwks';

export function reportingSocket(name: ListenerName, address: string, log: Log, readiness: Readiness): SocketEvents {
  let told: string | undefined;
  return {
    lost() {
      log.warn('The file of a unix socket is gone, or another stands in its place; it is made again.', { address });
    },
    unbound({ code, message }) {
      // It is tried again each second, and said once.
      if (told === message) return;
      told = message;
      readiness.notListening(name, message);
      log.warn('The unix socket cannot be made again yet.', { code, reason: message, address });
    },
    bound() {
      told = undefined;
      readiness.listening(name);
      log.warn('The unix socket is there again, and takes connections.', { address });
    },
  };
}

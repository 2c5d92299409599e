/**
 * @module
 * Reports a lost unix socket in the log and in `/readyz`.
 */

import type { SocketEvents } from '../net/socket-file.ts';
import type { Log } from './log.ts';
import type { Readiness } from './readiness.ts';

/** The listeners, by their keys in the configuration. */
export const listenerNames = ['listen', 'admin', 'jwks'] as const;

export type ListenerName = (typeof listenerNames)[number];

export function reportingSocket(name: ListenerName, address: string, log: Log, readiness: Readiness): SocketEvents {
  let reported: string | undefined;
  return {
    lost() {
      log.warn('The file of a unix socket was removed or replaced; the socket is created again.', { address });
    },
    unbound({ code, message, suggestion }) {
      // Creating the socket is retried each second. The same error is logged once.
      if (reported === message) return;
      reported = message;
      readiness.notListening(name, message);
      log.error('The unix socket cannot be created again yet.', { code, reason: message, suggestion, address });
    },
    bound() {
      reported = undefined;
      readiness.listening(name);
      log.warn('The unix socket is created again and accepts connections.', { address });
    },
  };
}

/**
 * @module
 * The messages between the primary (the process that was started) and its workers. They use the channel that Node
 * creates between a process and its child, a pair of connected sockets that no other process can open, because the
 * files of a load contain keys.
 */
import type { Socket } from 'node:net';
import type { ListenerTls } from '../../configuration/listener-tls.ts';
import type { InputPart, LoadInputs, ReadInputs } from '../../configuration/reload/load-inputs.ts';
import { deserializeKeys, type SerializedKeys, serializeKeys } from '../../configuration/reload/serialized-keys.ts';
import type { Counts } from '../../observe/counts.ts';

/** A request from the primary. Each gets one answer with the same id. */
export type Question =
  /** Load this from the parts that were sent before, and keep it ready. It replaces what was ready. */
  | { readonly kind: 'prepare'; readonly inputs: PlainInputs }
  /** Put the prepared configuration in force. The first commit also starts serving. */
  | { readonly kind: 'commit' }
  /** Use this TLS pair for new connections. The first pair is sent before serving starts. */
  | { readonly kind: 'tls'; readonly pair: ListenerTls }
  /** Answer, to show that the worker is not stuck. */
  | { readonly kind: 'ping' }
  /** Report the counts. */
  | { readonly kind: 'count' }
  /** Let requests in flight finish, then exit. */
  | { readonly kind: 'stop'; readonly milliseconds: number };

export type ToWorker =
  | { readonly kind: 'question'; readonly id: number; readonly question: Question }
  /** A part of the next configuration to prepare. */
  | { readonly kind: 'part'; readonly part: InputPart }
  /** Drop the prepared configuration; it will not be put in force. */
  | { readonly kind: 'drop' }
  /** Close the given number of connections; connections that are already closing count. */
  | { readonly kind: 'shed'; readonly connections: number }
  /** Report NOT_SERVING, but keep serving. */
  | { readonly kind: 'not-serving' }
  /** A connection; the message carries its socket. */
  | { readonly kind: 'connection'; readonly id: number };

export type Answer =
  | { readonly kind: 'done' }
  /** The reason is in the worker's log. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'counted'; readonly counts: Counts }
  | { readonly kind: 'stopped'; readonly end: 'drained' | 'cut-off'; readonly counts: Counts };

export type FromWorker =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  /** The worker has taken this connection. Nothing was read from it before. */
  | { readonly kind: 'taken'; readonly id: number }
  /** A connection that the worker had taken is closed. */
  | { readonly kind: 'closed' }
  /** The names of keys whose service the worker does not call. */
  | { readonly kind: 'signers-paused'; readonly keys: readonly string[] };

/** This process's end of the channel to its parent process. */
export interface ParentLink<Sent, Received> {
  /**
   * @param onWritten called once the other process can read the message even if this one ends: in the current
   *   event-loop turn, unless the channel is full
   */
  send(message: Sent, onWritten?: () => void): void;
  /** Calls `listener` with each message, including earlier ones. */
  onMessage(listener: (message: Received, socket: Socket | undefined) => void): void;
  /** Calls `listener` when the other process has ended or the channel was closed. */
  onClose(listener: () => void): void;
  close(): void;
}

/** A worker's end of the channel. */
export type PrimaryLink = ParentLink<FromWorker, ToWorker>;

/** The inputs of a load, without the files and without objects that cannot be sent to another process. */
export type PlainInputs = Omit<LoadInputs, keyof ReadInputs | 'before'> & { readonly before: SerializedKeys };

export function plainInputs({ file, version, now, announcedIn, unlocked, outside, before }: LoadInputs): PlainInputs {
  return { file, version, now, announcedIn, unlocked, outside, before: serializeKeys(before) };
}

export function loadInputs(inputs: PlainInputs, { files, folders, parsed }: ReadInputs): LoadInputs {
  return { ...inputs, files, folders, parsed, before: deserializeKeys(inputs.before) };
}

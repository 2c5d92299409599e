/**
 * @module
 * What the primary (the process that was started) and its workers say to each other. It goes over the channel that Node
 * makes between a process and its child, a pair of connected sockets that no one else can open: the files of a load hold
 * keys.
 */
import type { Socket } from 'node:net';
import type { ListenerTls } from '../../configuration/listener-tls.ts';
import type { InputPart, LoadInputs, ReadInputs } from '../../configuration/reload/load-inputs.ts';
import { restoreKeys, type StoredKeys, storeKeys } from '../../configuration/reload/stored-keys.ts';
import type { Counts } from '../../observe/counts.ts';

/** A question of the primary. Each gets one answer, which carries its number. */
export type Question =
  /** Load this from the parts that came before, and keep it ready, whatever else was kept so. */
  | { readonly kind: 'prepare'; readonly inputs: PlainInputs }
  /** Put in force what is ready; the first time this also begins to serve. */
  | { readonly kind: 'commit' }
  /** Give this pair to connections from now on; the first time before anything is served. */
  | { readonly kind: 'tls'; readonly pair: ListenerTls }
  /** Say that you can still answer. */
  | { readonly kind: 'breathe' }
  /** Say what was counted. */
  | { readonly kind: 'count' }
  /** Let requests in flight finish, then end. */
  | { readonly kind: 'stop'; readonly milliseconds: number };

export type ToWorker =
  | { readonly kind: 'question'; readonly id: number; readonly question: Question }
  /** A part of what is to be prepared next. */
  | { readonly kind: 'part'; readonly part: InputPart }
  /** Forget what is ready; it will not be put in force. */
  | { readonly kind: 'drop' }
  /** Give up so many connections, those counted that are on their way out. */
  | { readonly kind: 'shed'; readonly connections: number }
  /** Serve, and say that no further request should come. */
  | { readonly kind: 'not-serving' }
  /** With a socket. */
  | { readonly kind: 'connection'; readonly id: number };

export type Answer =
  | { readonly kind: 'done' }
  /** Why is in the worker's log. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'counted'; readonly counts: Counts }
  | { readonly kind: 'stopped'; readonly end: 'drained' | 'cut-off'; readonly counts: Counts };

export type FromWorker =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  /** The connection of this number is the worker's from now on: before, nothing was read from it. */
  | { readonly kind: 'taken'; readonly id: number }
  /** A connection that was taken is closed. */
  | { readonly kind: 'closed' };

/** The channel to the process that started this one, as this one sees it. */
export interface ParentLink<Sent, Received> {
  /**
   * @param onWritten is called once the other process can read the message even if this one ends: still in this turn,
   *   unless the channel is full
   */
  send(message: Sent, onWritten?: () => void): void;
  /** Calls `listener` with each message, those included that came before. */
  onMessage(listener: (message: Received, socket: Socket | undefined) => void): void;
  /** Calls `listener` when the other process is gone, or the channel was closed. */
  onClose(listener: () => void): void;
  close(): void;
}

/** A worker's end of the channel. */
export type PrimaryLink = ParentLink<FromWorker, ToWorker>;

/** Inputs of a load without what was read, and without objects that only their own process can hold. */
export type PlainInputs = Omit<LoadInputs, keyof ReadInputs | 'before'> & { readonly before: StoredKeys };

export function plainInputs({ file, version, now, announcedIn, unlocked, before }: LoadInputs): PlainInputs {
  return { file, version, now, announcedIn, unlocked, before: storeKeys(before) };
}

export function loadInputs(inputs: PlainInputs, { files, folders, parsed }: ReadInputs): LoadInputs {
  return { ...inputs, files, folders, parsed, before: restoreKeys(inputs.before) };
}

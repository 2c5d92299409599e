/**
 * @module
 * Limits the memory that clients can make this process hold: incomplete messages, messages that wait for a decision,
 * and answers that the client does not read. Each of these has a limit; this module limits their sum, per connection
 * and for the process.
 *
 * A stream that would exceed the limit is ended. Messages that are larger than a stream's window have separate memory,
 * and wait for it (`large-messages.ts`).
 */
import { Budget } from './budget.ts';
import { LargeMessages, type Line } from './large-messages.ts';

/** Bytes. */
export interface MemoryBounds {
  readonly connection: number;
  readonly process: number;
  /** For messages that are larger than a window. */
  readonly largeOfConnection: number;
  readonly large: number;
}

const mebibyte = 1024 * 1024;

/**
 * 128 MiB in total. Envoy's default buffer, the largest body in one message, is 1 MiB, so a connection can send 16 of
 * them at the same time. @internal Exported for the tests at the limit.
 */
export const memoryBounds: MemoryBounds = {
  connection: 32 * mebibyte,
  process: 96 * mebibyte,
  largeOfConnection: 16 * mebibyte,
  large: 32 * mebibyte,
};

/**
 * Approximate memory of the objects that hold a piece, in addition to its bytes. Without it a million empty answers
 * would count as nothing.
 */
export const pieceOverhead = 256;

/** The memory of the process. */
export class Memory {
  readonly #bounds: MemoryBounds;
  readonly #held: Budget;
  readonly #large: LargeMessages;
  readonly #refused: () => void;

  /**
   * @param maxMessageBytes maximum size of a message; one such message always fits
   * @param refused called for each stream that is ended for lack of memory
   */
  constructor(maxMessageBytes: number, refused: () => void, bounds = memoryBounds) {
    this.#bounds = { ...bounds, largeOfConnection: Math.max(bounds.largeOfConnection, maxMessageBytes) };
    this.#held = new Budget(bounds.process);
    this.#large = new LargeMessages(Math.max(bounds.large, maxMessageBytes));
    this.#refused = refused;
  }

  ofConnection(): ConnectionMemory {
    const { connection, largeOfConnection } = this.#bounds;
    return new ConnectionMemory(new Budget(connection, this.#held), this.#large.line(largeOfConnection), this.#refused);
  }

  /** Called every few seconds. */
  timePassed(seconds: number): void {
    this.#large.timePassed(seconds);
  }
}

export class ConnectionMemory {
  readonly large: Line;
  /** Called for each stream that is ended for lack of memory. `take` calls it itself. */
  readonly refused: () => void;
  readonly #held: Budget;

  constructor(held: Budget, large: Line, refused: () => void) {
    this.#held = held;
    this.large = large;
    this.refused = refused;
  }

  /** @returns whether the memory is available; if not, the stream has to end */
  take(bytes: number): boolean {
    const taken = this.#held.take(bytes);
    if (!taken) this.refused();
    return taken;
  }

  give(bytes: number): void {
    this.#held.give(bytes);
  }
}

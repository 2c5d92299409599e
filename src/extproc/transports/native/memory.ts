/**
 * @module
 * What clients can make this process hold: messages that are not whole yet, messages behind a decision, answers that
 * nobody takes. Each of these has a bound of its own; here their sum has one, for each connection and for the process.
 *
 * A stream that would pass it is ended. Messages that are larger than a stream's window have room apart, and wait for it
 * (`large-messages.ts`).
 */
import { Budget } from './budget.ts';
import { LargeMessages, type Line } from './large-messages.ts';

/** In bytes. */
export interface MemoryBounds {
  readonly connection: number;
  readonly process: number;
  /** Of messages that are larger than a window. */
  readonly largeOfConnection: number;
  readonly large: number;
}

const mebibyte = 1024 * 1024;

/** 128 MiB in all. Envoy's default buffer, the largest body in one message, is 1 MiB: 16 of them come at once. */
export const memoryBounds: MemoryBounds = {
  connection: 32 * mebibyte,
  process: 96 * mebibyte,
  largeOfConnection: 16 * mebibyte,
  large: 32 * mebibyte,
};

/** What the objects that hold a piece take beside its bytes, about. Without it a million empty answers would be nothing. */
export const pieceOverhead = 256;

/** Of the process. */
export class Memory {
  readonly #bounds: MemoryBounds;
  readonly #held: Budget;
  readonly #large: LargeMessages;
  readonly #refused: () => void;

  /**
   * @param maxMessageBytes the largest message, for which there is always room
   * @param refused told of each stream that has to end for want of room
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

  /** Told every few seconds. */
  timePassed(seconds: number): void {
    this.#large.timePassed(seconds);
  }
}

export class ConnectionMemory {
  readonly large: Line;
  /** Told of each stream that has to end for want of room; `take` tells it itself. */
  readonly refused: () => void;
  readonly #held: Budget;

  constructor(held: Budget, large: Line, refused: () => void) {
    this.#held = held;
    this.large = large;
    this.refused = refused;
  }

  /** @returns whether there was room; where there was none, the stream has to end */
  take(bytes: number): boolean {
    const taken = this.#held.take(bytes);
    if (!taken) this.refused();
    return taken;
  }

  give(bytes: number): void {
    this.#held.give(bytes);
  }
}

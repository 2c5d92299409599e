/**
 * @module
 * Schedules messages that are larger than their stream's window.
 *
 * Memory for the whole message is reserved before its client gets a new window. So a message with a reservation can
 * always complete, and a waiting message holds no more than its first window. Well-behaved clients wait a moment
 * instead of failing, and messages cannot deadlock. A client that does not use its reservation is ended while others
 * wait.
 */
import { Budget } from './budget.ts';

/** How long a message may take while others wait. Envoy itself times out much earlier. */
const maxTurnSeconds = 30;

/** Receives the result of a request for memory. */
interface Asker {
  /** The memory is available. Not called if it was available immediately. */
  granted(): void;
  /** The message took too long: the stream has to end. */
  late(): void;
}

/** The request for memory of one message. */
export class Turn {
  readonly bytes: number;
  readonly asker: Asker;
  state: 'asked' | 'waiting' | 'granted' = 'asked';
  seconds = 0;

  constructor(bytes: number, asker: Asker) {
    this.bytes = bytes;
    this.asker = asker;
  }
}

/** The large messages of the process. */
export class LargeMessages {
  readonly #budget: Budget;
  /** The connections with waiting messages, in the order in which they are served. */
  readonly #lines = new Set<Line>();
  readonly #granted = new Set<Turn>();

  /** @param maxBytes of all connections */
  constructor(maxBytes: number) {
    this.#budget = new Budget(maxBytes);
  }

  /** @param maxBytes of one connection */
  line(maxBytes: number): Line {
    return new Line(this, new Budget(maxBytes, this.#budget));
  }

  joined(line: Line): void {
    this.#lines.add(line);
    this.#serve();
  }

  left(line: Line, turn: Turn): void {
    this.#granted.delete(turn);
    if (line.first === undefined) this.#lines.delete(line);
    this.#serve();
  }

  /** Called every few seconds. */
  timePassed(seconds: number): void {
    for (const turn of [...this.#granted]) {
      turn.seconds += seconds;
      if (turn.seconds >= maxTurnSeconds && this.#lines.size > 0) turn.asker.late();
    }
  }

  #serve(): void {
    let served = this.#lines.size > 0;
    while (served) served = this.#serveOne();
  }

  /** A served line moves to the end. A line whose connection has no memory left is skipped. */
  #serveOne(): boolean {
    for (const line of this.#lines) {
      const { first } = line;
      // Smaller messages do not overtake: they could do so forever.
      if (first === undefined || !this.#budget.fits(first.bytes)) return false;
      if (!line.serve(first)) continue;
      this.#lines.delete(line);
      if (line.first !== undefined) this.#lines.add(line);
      this.#granted.add(first);
      const waited = first.state === 'waiting';
      first.state = 'granted';
      if (waited) first.asker.granted();
      return true;
    }
    return false;
  }
}

/** The large messages of one connection, in the order in which they asked. */
export class Line {
  readonly #all: LargeMessages;
  readonly #budget: Budget;
  readonly #waiting = new Set<Turn>();

  constructor(all: LargeMessages, budget: Budget) {
    this.#all = all;
    this.#budget = budget;
  }

  get first(): Turn | undefined {
    for (const turn of this.#waiting) return turn;
    return undefined;
  }

  /** @returns whether the memory is available immediately */
  ask(turn: Turn): boolean {
    this.#waiting.add(turn);
    this.#all.joined(this);
    // `joined` has served it if the memory was available.
    if (!this.#waiting.has(turn)) return true;
    turn.state = 'waiting';
    return false;
  }

  /** Removes the first message from the line, unless the connection has no memory left. */
  serve(first: Turn): boolean {
    if (!this.#budget.take(first.bytes)) return false;
    this.#waiting.delete(first);
    return true;
  }

  /** The message is complete, or it is no longer needed. */
  leave(turn: Turn): void {
    if (!this.#waiting.delete(turn)) this.#budget.give(turn.bytes);
    this.#all.left(this, turn);
  }
}

/**
 * @module
 * Whose turn it is to send a message that is larger than its stream's window.
 *
 * Such a message needs room for all of it before its client gets a new window. So a message that has its room needs
 * nothing more of anybody and can always end, and those that wait hold no more than the window they began with: honest
 * clients wait a moment in place of failing, and no two messages wait for each other. Who gets a turn and does not use it
 * is ended while others wait.
 */
import { Budget } from './budget.ts';

/** How long a message may take while others wait. Envoy itself gives up far earlier. */
const maxTurnSeconds = 30;

/** Who asks for room. */
interface Asker {
  /** The room is there; not told where it is there at once. */
  granted(): void;
  /** The turn took too long: the stream has to end. */
  late(): void;
}

/** Room for one message. */
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

/** Of the process. */
export class LargeMessages {
  readonly #budget: Budget;
  /** Those where somebody waits; they are served in this order. */
  readonly #lines = new Set<Line>();
  readonly #granted = new Set<Turn>();

  /** @param most bytes of all connections */
  constructor(most: number) {
    this.#budget = new Budget(most);
  }

  /** @param most bytes of one connection */
  line(most: number): Line {
    return new Line(this, new Budget(most, this.#budget));
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

  /** Told every few seconds. */
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

  /** A line that is served goes behind the others, and one whose connection has no room is passed over. */
  #serveOne(): boolean {
    for (const line of this.#lines) {
      const { first } = line;
      // Smaller ones do not pass by: they could for ever.
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

  /** @returns whether there is room at once */
  ask(turn: Turn): boolean {
    this.#waiting.add(turn);
    this.#all.joined(this);
    // Whoever was served has it by now.
    if (!this.#waiting.has(turn)) return true;
    turn.state = 'waiting';
    return false;
  }

  /** Takes the first of the line out of it, unless the connection has no room. */
  serve(first: Turn): boolean {
    if (!this.#budget.take(first.bytes)) return false;
    this.#waiting.delete(first);
    return true;
  }

  /** The message is whole, or nobody waits for it any more. */
  leave(turn: Turn): void {
    if (!this.#waiting.delete(turn)) this.#budget.give(turn.bytes);
    this.#all.left(this, turn);
  }
}

/**
 * @module
 * SIGTERM and SIGINT in a serving process: the first starts the drain, the second ends its delay, and a third ends the
 * process immediately, by the default action.
 */
import type { Terminal } from './terminal.ts';

export class StopSignals {
  readonly #first = Promise.withResolvers<void>();
  readonly #second = Promise.withResolvers<void>();
  readonly #forget: () => void;
  #count = 0;

  constructor(terminal: Pick<Terminal, 'onStop'>) {
    this.#forget = terminal.onStop(() => this.#take());
  }

  /** Resolves at the first signal. */
  get first(): Promise<void> {
    return this.#first.promise;
  }

  /** Without a delay, the second signal ends the process immediately. */
  noDelay(): void {
    this.#forget();
  }

  /**
   * Returns when the time is over or the second signal comes. A second signal after the delay does nothing: it may have
   * been sent to end the delay.
   */
  async delay(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([over, this.#second.promise]);
    clearTimeout(timer);
  }

  #take(): void {
    this.#count++;
    if (this.#count === 1) {
      this.#first.resolve();
      return;
    }
    this.#forget();
    this.#second.resolve();
  }
}

/**
 * @module
 * What SIGTERM and SIGINT mean to a process that serves: the first begins the drain, the second ends its delay, and one
 * more ends the process at once, as it ends a program that does not listen to it.
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

  /** Where there is no delay, the second signal already ends the process at once. */
  noDelay(): void {
    this.#forget();
  }

  /**
   * Returns when the time is over or the second signal comes. A second signal that comes later does nothing: it may have
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

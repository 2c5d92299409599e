/**
 * @module
 * A value that arrives in a later turn of the event loop. Unlike a promise, it costs nothing if nothing waits, and its
 * listeners run in the same turn in which the value arrives (docs/decisions/0078).
 */
interface Listener<T> {
  readonly settled: (value: T) => void;
  readonly failed: (error: unknown) => void;
  readonly isWaiting: () => boolean;
}

/** For a listener that does something with the value if it arrives, and does not need it. */
export const waitsForNothing = (): boolean => false;

const waits = (): boolean => true;

export class Later<T> {
  #listeners: Listener<T>[] = [];

  /**
   * Call it in the turn in which the value was requested. Listeners run in the order in which they were added. They
   * must not throw: the next one would not run.
   *
   * @param failed called instead of `settled` if an error arrives
   * @param isWaiting whether the listener still needs the value
   */
  listen(settled: (value: T) => void, failed: (error: unknown) => void, isWaiting: () => boolean = waits): void {
    this.#listeners.push({ settled, failed, isWaiting });
  }

  /** Whether a listener still needs the value. Work that nobody waits for need not begin. */
  get isAwaited(): boolean {
    return this.#listeners.some(({ isWaiting }) => isWaiting());
  }

  /** Delivers the value. Only the first call of `settle` or `fail` has an effect. */
  settle(value: T): void {
    for (const { settled } of this.#take()) settled(value);
  }

  /** Delivers an error instead. */
  fail(error: unknown): void {
    for (const { failed } of this.#take()) failed(error);
  }

  /**
   * The result of `change`, which may arrive even later. If `change` throws, that error arrives.
   *
   * @param recover the same for an error; by default the error arrives
   */
  map<U>(change: (value: T) => U | Later<U>, recover: (error: unknown) => U | Later<U> = rethrow): Later<U> {
    const changed = new Later<U>();
    this.listen(
      (value) => changed.#settleBy(() => change(value)),
      (error) => changed.#settleBy(() => recover(error)),
      () => changed.isAwaited,
    );
    return changed;
  }

  #settleBy(make: () => T | Later<T>): void {
    let made: T | Later<T>;
    try {
      made = make();
    } catch (error) {
      this.fail(error);
      return;
    }
    if (made instanceof Later) {
      made.listen(
        (value) => this.settle(value),
        (error) => this.fail(error),
        () => this.isAwaited,
      );
    } else this.settle(made);
  }

  #take(): readonly Listener<T>[] {
    const listeners = this.#listeners;
    this.#listeners = [];
    return listeners;
  }
}

/** A value that is present or arrives later, as a promise. Call it in the turn in which the value was requested. */
export function arrival<T>(value: T | Later<T>): Promise<T> {
  return value instanceof Later
    ? new Promise((resolve, reject) => value.listen(resolve, reject))
    : Promise.resolve(value);
}

function rethrow(error: unknown): never {
  throw error;
}

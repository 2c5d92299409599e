/**
 * @module
 * A value that arrives in a later turn of the event loop. It is not a promise: nothing is allocated where nothing waits,
 * and listeners run in the very turn in which the value arrives (docs/decisions/0078).
 */
interface Listener<T> {
  readonly settled: (value: T) => void;
  readonly failed: (error: unknown) => void;
}

export class Later<T> {
  #listeners: readonly Listener<T>[] = [];

  /**
   * To be called in the turn in which the value was asked for. Listeners run in the order in which they came, and must not
   * throw: the next one would not run.
   *
   * @param failed is called instead of `settled` where an error arrives
   */
  listen(settled: (value: T) => void, failed: (error: unknown) => void): void {
    this.#listeners = [...this.#listeners, { settled, failed }];
  }

  /** The value arrives. Only the first call of `settle` or `fail` has an effect. */
  settle(value: T): void {
    for (const { settled } of this.#take()) settled(value);
  }

  /** An error arrives instead. */
  fail(error: unknown): void {
    for (const { failed } of this.#take()) failed(error);
  }

  /**
   * What `change` makes of the value, which may arrive later still. An error that `change` throws is the result.
   *
   * @param recover makes something of an error; by default the error is the result
   */
  map<U>(change: (value: T) => U | Later<U>, recover: (error: unknown) => U | Later<U> = rethrow): Later<U> {
    const changed = new Later<U>();
    this.listen(
      (value) => changed.#settleBy(() => change(value)),
      (error) => changed.#settleBy(() => recover(error)),
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
      );
    } else this.settle(made);
  }

  #take(): readonly Listener<T>[] {
    const listeners = this.#listeners;
    this.#listeners = [];
    return listeners;
  }
}

/** A value as a promise, whether it is there already or arrives later. To be called in the turn in which it was asked for. */
export function arrival<T>(value: T | Later<T>): Promise<T> {
  return value instanceof Later
    ? new Promise((resolve, reject) => value.listen(resolve, reject))
    : Promise.resolve(value);
}

function rethrow(error: unknown): never {
  throw error;
}

/**
 * @module
 * What comes in a later turn of the event loop, once. Not a promise: nothing is made where nothing has to wait, and who
 * listens is called in the very turn in which it comes.
 */
export class Later<T> {
  #listen: ((value: T) => void) | undefined;
  #defect: ((error: unknown) => void) | undefined;

  /** To be called once, before the turn ends. @param defect told of an error in its place, which nobody foresaw */
  listen(listen: (value: T) => void, defect: (error: unknown) => void): void {
    this.#listen = listen;
    this.#defect = defect;
  }

  settle(value: T): void {
    this.#listen?.(value);
  }

  fail(error: unknown): void {
    this.#defect?.(error);
  }

  /** What `change` makes of it; an error that `change` throws takes its place. */
  map<U>(change: (value: T) => U): Later<U> {
    const changed = new Later<U>();
    const fail = (error: unknown): void => changed.fail(error);
    this.listen((value) => {
      let made: U;
      try {
        made = change(value);
      } catch (error) {
        fail(error);
        return;
      }
      changed.settle(made);
    }, fail);
    return changed;
  }
}

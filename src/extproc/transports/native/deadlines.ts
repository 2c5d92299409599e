/**
 * @module
 * The deadlines of calls (`grpc-timeout`): from when they count, and what happens to a call whose deadline passed.
 *
 * A deadline counts from when the data that is being handled had arrived at the latest: when this turn of the event
 * loop began to read. In a turn in which many requests are signed, the last ones have waited for the first.
 *
 * It costs nothing until a call has a deadline. Envoy sends none with ext_proc.
 */
import { GrpcError, grpcStatus } from './grpc-status.ts';

export class Deadlines {
  readonly #onPassed: () => void;
  #areUsed = false;
  #began: number | undefined;

  /** @param onPassed called for each call that is ended because its deadline passed */
  constructor(onPassed: () => void) {
    this.#onPassed = onPassed;
  }

  /** Called when data was read from a connection. */
  read(): void {
    if (!this.#areUsed || this.#began !== undefined) return;
    this.#began = performance.now();
    // Runs when everything that was readable in this turn is handled.
    setImmediate(() => {
      this.#began = undefined;
    });
  }

  /**
   * The deadline of a call that is being opened, in milliseconds of `performance.now()`.
   *
   * @param timeout in milliseconds
   */
  of(timeout: number): number {
    this.#areUsed = true;
    return (this.#began ?? performance.now()) + timeout;
  }

  /** The error that ends a call whose deadline passed. */
  passed(): GrpcError {
    this.#onPassed();
    return new GrpcError(grpcStatus.deadlineExceeded, 'The deadline has passed.');
  }
}

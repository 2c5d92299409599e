/**
 * @module
 * Finds the place where an evaluation failed. Only what is evaluated at load is compiled with a tracer, so it costs
 * requests nothing.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Run } from './evaluation.ts';
import type { Node } from './syntax.ts';

export class Tracer {
  readonly #places = new WeakMap<Error, number>();

  /** Wraps a closure. The first closure that an error passes records the place of its node. */
  watch({ start }: Node, run: Run): Run {
    return (frame) => {
      try {
        return run(frame);
      } catch (error) {
        if (error instanceof MintError && !this.#places.has(error)) this.#places.set(error, start);
        throw error;
      }
    };
  }

  /** The start of the innermost node that failed; undefined if the error did not come from a node. */
  placeOf(error: MintError): number | undefined {
    return this.#places.get(error);
  }
}

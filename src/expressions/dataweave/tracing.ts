/**
 * @module
 * Where an evaluation failed. Only an expression that has failed at load is compiled with this, once more: requests
 * pay nothing for it.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Run } from './evaluation.ts';
import type { Node } from './syntax.ts';

export class Tracer {
  readonly #places = new WeakMap<Error, number>();

  /** The same closure, which notes its node where it is the first that an error passes. */
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

  /** Where the innermost part that failed begins; undefined where the error came from none. */
  placeOf(error: MintError): number | undefined {
    return this.#places.get(error);
  }
}

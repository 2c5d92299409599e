/**
 * @module
 * The names that are known at a place of an expression, and their meanings.
 */
import type { FunctionRow } from './functions/row.ts';
import type { TypeValue, Value } from './values.ts';

/** A name in a frame: the number of frames to go up, and the slot in that frame. */
export interface Slot {
  readonly kind: 'slot';
  readonly up: number;
  readonly index: number;
  /** Whether its second parameter is declared as a function, so that `$` on the right of a call is a parameter. */
  readonly takesFunction: boolean;
  /** Whether it is a `var`, which a function may read before it has a value. */
  readonly isVariable: boolean;
}

export type Meaning =
  | Slot
  | { readonly kind: 'row'; readonly row: FunctionRow }
  | { readonly kind: 'constant'; readonly value: Value }
  | { readonly kind: 'type'; readonly type: TypeValue }
  /** A type that the expression declares; `of` are the type arguments in `<…>`. */
  | { readonly kind: 'declared'; readonly type: (of: readonly TypeValue[]) => TypeValue };

/** The names of one frame. */
export class Scope {
  readonly parent: Scope | undefined;
  readonly #names = new Map<string, Omit<Slot, 'kind' | 'up'> | Meaning>();
  readonly #elsewhere: (name: string) => Meaning | undefined;
  #size = 0;

  /** @param elsewhere for the outermost scope: resolves other names, such as `dw::core::Types::QName` */
  constructor(parent: Scope | undefined, elsewhere: (name: string) => Meaning | undefined = () => undefined) {
    this.parent = parent;
    this.#elsewhere = elsewhere;
  }

  /** Assigns the next slot to a name, which hides an earlier meaning of the name. */
  declare(name: string, takesFunction = false, isVariable = false): number {
    const index = this.#size;
    this.#size += 1;
    this.#names.set(name, { index, takesFunction, isVariable });
    return index;
  }

  /** `declare` for a `var`. */
  declareVariable(name: string): number {
    return this.declare(name, false, true);
  }

  /** Defines a name with the same meaning at every request. */
  define(name: string, meaning: Meaning): void {
    this.#names.set(name, meaning);
  }

  find(name: string, up = 0): Meaning | undefined {
    const own = this.#names.get(name);
    if (own === undefined) {
      return this.parent === undefined ? this.#elsewhere(name) : this.parent.find(name, up + (this.isFrame ? 1 : 0));
    }
    return 'kind' in own ? own : { kind: 'slot', up, ...own };
  }

  /** False for the outermost scope, which has no slots and no frame. */
  get isFrame(): boolean {
    return this.parent !== undefined;
  }

  /** All names that are known here, for suggestions. */
  *names(): Generator<string> {
    yield* this.#names.keys();
    if (this.parent !== undefined) yield* this.parent.names();
  }
}

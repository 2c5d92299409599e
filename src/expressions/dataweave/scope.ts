/**
 * @module
 * Which names are known where, and what each stands for.
 */
import type { FunctionRow } from './functions/row.ts';
import type { TypeValue, Value } from './values.ts';

/** A name in a frame: so many frames up, that slot. */
export interface Slot {
  readonly kind: 'slot';
  readonly up: number;
  readonly index: number;
  /** Whether its second parameter is declared to be a function, so that `$` on its right is a parameter. */
  readonly takesFunction: boolean;
  /** Whether a function may read it before it has its value. */
  readonly isVariable: boolean;
}

export type Meaning =
  | Slot
  | { readonly kind: 'row'; readonly row: FunctionRow }
  | { readonly kind: 'constant'; readonly value: Value }
  | { readonly kind: 'type'; readonly type: TypeValue }
  /** A type of the expression's own, by what stands in `<…>` after its name. */
  | { readonly kind: 'declared'; readonly type: (of: readonly TypeValue[]) => TypeValue };

/** The names of one frame. */
export class Scope {
  readonly parent: Scope | undefined;
  readonly #names = new Map<string, Omit<Slot, 'kind' | 'up'> | Meaning>();
  readonly #elsewhere: (name: string) => Meaning | undefined;
  #size = 0;

  /** @param elsewhere for the outermost scope: what stands for a name that no scope knows, such as `dw::core::Types::QName` */
  constructor(parent: Scope | undefined, elsewhere: (name: string) => Meaning | undefined = () => undefined) {
    this.parent = parent;
    this.#elsewhere = elsewhere;
  }

  /** Gives a name the next slot; a name that is there already is hidden from now on. */
  declare(name: string, takesFunction = false, isVariable = false): number {
    const index = this.#size;
    this.#size += 1;
    this.#names.set(name, { index, takesFunction, isVariable });
    return index;
  }

  /** As `declare`, for a `var`. */
  declareVariable(name: string): number {
    return this.declare(name, false, true);
  }

  /** A name that stands for the same at every request. */
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

  /** Names only, without slots: the outermost, which no frame goes with. */
  get isFrame(): boolean {
    return this.parent !== undefined;
  }

  /** Every name that is known here, for suggestions. */
  *names(): Generator<string> {
    yield* this.#names.keys();
    if (this.parent !== undefined) yield* this.parent.names();
  }
}

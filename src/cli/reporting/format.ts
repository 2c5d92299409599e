/**
 * @module
 * The interface of a format of what a command finds; `validate` and `test` have a table of formats each.
 */

/** Makes text of a run. */
export type FormOf<Shown> = (shown: Shown) => string;

export interface FormatOf<Shown> {
  readonly whole: FormOf<Shown>;
  /** With `--watch`, the first run and each one after it, which is one line; absent if the format has no such form. */
  readonly watch?: { readonly first: FormOf<Shown>; readonly next: FormOf<Shown> };
}

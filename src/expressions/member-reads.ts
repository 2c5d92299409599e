/**
 * @module
 * The members of the inputs that an expression names, for checks and explanations at load.
 */
import type { InputName } from './bindings.ts';

/** A path of names that the expression writes, such as `authentication.properties.claims.sub`. */
export interface MemberRead {
  readonly input: InputName;
  /** Never empty. A computed name ends the path. */
  readonly names: readonly MemberName[];
}

interface MemberName {
  readonly name: string;
  /** The offset of the name in the expression. */
  readonly at: number;
}

/** `authentication.properties.sub` */
export function pathText({ input, names }: MemberRead): string {
  return [input, ...names.map(({ name }) => name)].join('.');
}

/**
 * @module
 * What the parts of the compiler need from it.
 */
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { InputName } from '../bindings.ts';
import type { MemberRead } from '../member-reads.ts';
import type { Evaluation, Run } from './evaluation.ts';
import type { FunctionRow } from './functions/row.ts';
import type { Scope } from './scope.ts';
import type { Node, TypeNode } from './syntax.ts';
import type { TypeValue } from './values.ts';

export interface Compiling {
  readonly source: SourceText;
  readonly evaluation: Evaluation;
  /** Set if the value may differ between requests. */
  needsRequest: boolean;
  /** The members of the inputs that the script names, in the order of the script. */
  readonly reads: MemberRead[];
  compile(node: Node, scope: Scope): Run;
  /**
   * The value of an input, for a selector that notes what it reads.
   *
   * @throws LocatedError `dataweave.unbound-input`
   */
  input(input: InputName, at: number): Run;
  type(node: TypeNode, scope: Scope): TypeValue;
  /** @throws LocatedError `dataweave.unbound-input` */
  requireInput(input: InputName, at: number): void;
}

/** Notes the use of a function, called or as a value. */
export function noteRow({ varies }: FunctionRow, compiling: Compiling): void {
  if (varies === undefined) return;
  compiling.needsRequest = true;
  compiling.reads.push({ input: varies, names: [] });
}

/**
 * @module
 * The members of the inputs that an expression names, for checks and explanations at load.
 */
import { attributeReaders, type InputName } from './bindings.ts';

/**
 * A path of names that the expression writes, such as `authentication.properties.claims.sub`. Every use of an input is
 * one.
 */
export interface MemberRead {
  readonly input: InputName;
  /** Empty if any member may be read. A computed name ends the path. */
  readonly names: readonly MemberName[];
}

interface MemberName {
  readonly name: string;
  /** The offset of the name in the expression. */
  readonly at: number;
}

/** Whether the value of the path is text or null, so that a character of it is text, too. */
export function isText({ input, names }: MemberRead): boolean {
  const first = names[0]?.name ?? '';
  if (input === 'authentication') return names.length === 1 && callerTexts.has(first);
  if (input !== 'attributes') return false;
  if (first === 'headers' || first === 'queryParams') return names.length === 2;
  return names.length === 1 && attributeReaders.has(first) && first !== 'statusCode';
}

const callerTexts: ReadonlySet<string> = new Set(['clientId', 'clientName', 'principal']);

/** `authentication.properties.sub` */
export function pathText({ input, names }: MemberRead): string {
  return [input, ...names.map(({ name }) => name)].join('.');
}

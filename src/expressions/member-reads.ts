/**
 * @module
 * The members of the inputs that an expression names, for checks and explanations at load.
 */
import { attributeReaders, type InputName } from './bindings.ts';

/**
 * A path of names that the expression writes, such as `authentication.properties.claims.sub`. Every use of an input is
 * one, and every use of a function that gives the time or something random.
 */
export interface MemberRead {
  readonly input: InputName | Varying;
  /** Empty if any member may be read. A computed name ends the path. */
  readonly names: readonly MemberName[];
}

/** A path that begins with an input. */
export interface InputRead extends MemberRead {
  readonly input: InputName;
}

/** What functions give without an input. */
export type Varying = 'time' | 'random';

interface MemberName {
  readonly name: string;
  /** The offset of the name in the expression. */
  readonly at: number;
}

export function isInputRead(read: MemberRead): read is InputRead {
  return read.input !== 'time' && read.input !== 'random';
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

/**
 * @module
 * A file while mistakes are made in it: what stands around the secret, on its line, and in it.
 */
import { parse } from 'yaml';
import type { Dice } from '../../search/dice.ts';

/** A file with the secret in it, while mistakes are made. */
export interface Draft {
  /** `@@` where the secret stands. */
  readonly text: string;
  readonly secret: string;
}

export const mark = '@@';

export function aroundMark({ text, secret }: Draft, around: string): Draft {
  return { text: text.replace(mark, () => around), secret };
}

export function onSecret(draft: Draft, change: (secret: string) => string): Draft {
  return { ...draft, secret: change(draft.secret) };
}

/** Where the line of the secret begins and ends. */
function lineOf(text: string): readonly [start: number, end: number] {
  const at = text.indexOf(mark);
  const end = text.indexOf('\n', at);
  return [text.lastIndexOf('\n', at) + 1, end === -1 ? text.length : end];
}

export function onLine(draft: Draft, change: (line: string) => string): Draft {
  const [start, end] = lineOf(draft.text);
  const { text } = draft;
  return { ...draft, text: text.slice(0, start) + change(text.slice(start, end)) + text.slice(end) };
}

export function indented(line: string, by: number): string {
  return by >= 0 ? ' '.repeat(by) + line : line.slice(Math.min(-by, line.length - line.trimStart().length));
}

/** @returns the draft with the secret in an indented block */
export function block(draft: Draft, dice: Dice, indicator: string): Draft {
  const [start] = lineOf(draft.text);
  const own = draft.text.slice(start).search(/\S/);
  const inner = ' '.repeat(Math.max(0, own + dice.pick([2, 4, 1, 0, -2])));
  const lines = draft.secret.trimEnd().split('\n').join(`\n${inner}`);
  return { text: draft.text.replace(mark, () => `${indicator}\n${inner}@@`), secret: lines };
}

/** The file as JSON, which is YAML, with or without a mistake of its own. */
export function asJson(draft: Draft, dice: Dice): Draft {
  const document = plainOf(draft.text.replace(mark, '"@@"'));
  if (document === undefined) return draft;
  const text = JSON.stringify(document, undefined, dice.pick([0, 2]));
  const secret = JSON.stringify(draft.secret).slice(1, -1);
  const wrong = [text, `${text}}`, text.slice(0, -1), text.replace('"@@"', mark), text.replace(':', ' ')];
  return { text: dice.pick(wrong), secret };
}

/** Undefined if another mistake has left no YAML. */
function plainOf(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

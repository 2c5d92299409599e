/**
 * @module
 * The variables of a hostile expression, made of one or two hostile strings.
 */
import type { JsonObject, JsonValue } from '../../../src/diagnostics/json.ts';
import type { Bindings } from '../../../src/expressions/bindings.ts';
import { limits } from '../../../src/expressions/limits.ts';
import { bindingsOf } from '../context-bindings.ts';

/** The maximum length of an array. */
const many = limits.arrayLength;

const makers: { readonly [name: string]: (text: string, other: string) => JsonValue } = {
  a: (text) => text,
  b: (_, other) => other,
  part: (text) => text.slice(0, 12),
  half: (text) => text.slice(0, text.length >> 1),
  tail: (text) => text.slice(-3),
  short: (text) => text.slice(0, 8_000),
  one: (text) => text.slice(0, 1),
  long: () => '7'.repeat(900),
  list: (text) => cut(text, Math.min(many, text.length), 2),
  parts: (text) => cut(text, 100, text.length / 100),
  rows: (text) => cut(text, 120, 1).map(() => cut(text, 120, 3)),
  objects: (text) => cut(text, 2_000, 20).map((part, i) => ({ k: part, n: i, [part]: null })),
  numbers: (text) => cut(text, 4_000, 1).map((part, i) => part.charCodeAt(0) * 1.1 + i),
  many: () => Array(many).fill(0),
  deep: (text) => nested(text, 150),
  object: (text) => Object.fromEntries(cut(text, 4_000, 3).map((part, i) => [`${part}${i}`, part])),
  wide: (text) => ({
    a: text,
    b: [text],
    c: { a: text },
    d: 1,
    e: null,
    f: 1.5,
    g: '',
    h: true,
    [text.slice(0, 20)]: 2,
  }),
};

/** Parts of a string. At its end, they start again from the beginning. */
function cut(text: string, count: number, size: number): string[] {
  const length = Math.max(1, Math.floor(size));
  return Array.from({ length: count }, (_, i) => {
    const at = (i * length) % Math.max(1, text.length);
    return text.slice(at, at + length);
  });
}

function nested(text: string, depth: number): JsonValue {
  let value: JsonValue = text.slice(0, 100);
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value, i] : { a: value, b: text.slice(0, 3) };
  return value;
}

/** Only variables that the expression names, because reading one variable makes values of all. */
export function hostileBindings(expression: string, text: string, other: string): Bindings {
  const vars: JsonObject = Object.fromEntries(
    [...new Set(Array.from(expression.matchAll(/vars\.(\w+)/g), ([, name = '']) => name))].map((name) => [
      name,
      makers[name]?.(text, other) ?? null,
    ]),
  );
  return bindingsOf({ attributes: { headers: { 'x-a': text } }, vars });
}

/**
 * @module
 * Random claims of a caller, as Envoy's metadata can contain them.
 */
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import type { Dice } from '../search/dice.ts';

/** Names that policies read, and others that sort differently or are array indexes. */
export const askedClaims = ['sub', 'scope', 'scp', 'permission', 'id', 'realm', 'roles', 'aud'] as const;
const names = [
  ...askedClaims,
  'iss',
  'azp',
  'Z',
  'a',
  '10',
  '9',
  '2',
  '00',
  '',
  'é',
  '\u{1f600}',
  '\uffff',
  'a.b',
  'claims',
  'clientId',
  'constructor',
  'x'.repeat(30),
];
const strings = [
  '',
  'a',
  'two words',
  'read',
  '1e21',
  '100002348117421473',
  'é\u{1f600}',
  '{"b":1,"a":2}',
  'x'.repeat(100),
  '\u0000"\\',
];
const numbers = [
  0,
  -0,
  1,
  -1,
  1.5,
  0.1,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  Number('100002348117421473'),
  1e21,
  5e-324,
  1.7e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
];

export function randomClaims(dice: Dice): JsonObject {
  return { sub: dice.pick(['alice', 'bob']), ...randomObject(dice, 3) };
}

function randomObject(dice: Dice, depth: number): JsonObject {
  const count = dice.roll(dice.chance(3) ? 60 : 9);
  const members = Array.from({ length: count }, (_, at): [string, JsonValue] => [
    at < 12 ? dice.pick(names) : `n${dice.roll(1000)}`,
    randomValue(dice, depth),
  ]);
  return Object.fromEntries(members);
}

function randomValue(dice: Dice, depth: number): JsonValue {
  const kind = dice.roll(depth > 0 ? 10 : 6);
  if (kind < 3) return dice.pick(strings);
  if (kind < 4) return dice.pick(numbers);
  if (kind < 6) return dice.pick([true, false, null]);
  if (kind < 8)
    return Array.from({ length: dice.roll(4) }, () =>
      dice.chance(70) ? dice.pick(strings) : randomValue(dice, depth - 1),
    );
  return randomObject(dice, depth - 1);
}

/**
 * @module
 * Strings that callers could send to make an expression slow: long runs, near misses, nesting, lone surrogates.
 */
import type { Dice } from '../../search/dice.ts';

/** UTF-16 code units: Envoy's default limit for all headers of a request. */
export const hostileLength = 60_000;

/** The repeated parts. */
const units: readonly string[] = [
  ...[
    'a',
    'A',
    'z',
    '1',
    '0',
    '9',
    ' ',
    ',',
    ';',
    '.',
    '-',
    '+',
    '_',
    '=',
    '/',
    '\\',
    '"',
    "'",
    '`',
    '%',
    '@',
    ':',
    '#',
  ],
  ...['?', '&', '$', '[', ']', '{', '}', '(', ')', '<', '|', '*', '^', '!', '~', '\n', '\r', '\r\n', '\t', '\u0000'],
  ...['aA', 'Aa', 'AAa', 'aB', 'ab', 'abc', 'a1', 'a ', ' a', 'a,', ',a', 'a_', '_a', '_-', '- ', 'a-B', 'a\n', '  \n'],
  ...[
    '[]',
    '{}',
    '()',
    '[[',
    '{"a":',
    '"a":1,',
    '[1,',
    '1,',
    '0.1,',
    '"",',
    '"a",',
    'null,',
    '{},',
    '[],',
    '\\"',
    '\\u0041',
  ],
  ...['%41', '%zz', '%E2%82%AC', '%', '&a=b', '&a', 'a=b;', 'CN=a,', 'a.b.', '[0]', '..', '../', '//', './'],
  ...[
    '\u00e9',
    'e\u0301',
    '\u0301',
    '\u0345',
    '\u00df',
    '\u0130',
    '\ufb03',
    '\u03a3',
    '\u017f',
    '\u212a',
    '\u4e2d',
    '\uac00',
  ],
  ...['\u{1f600}', '\ud83d', '\ude00', '\ud83da', '\ude00\ud83d', '\u2028', '\u200b', '\ufeff', '\u0085', '\uffff'],
  ...[
    '1e',
    '1e9',
    '1.',
    '.1',
    '-1',
    '11:',
    'P1D',
    'T1H',
    '2026-01-31',
    'GMT+1',
    'QUJD',
    'QQ==',
    'ff',
    'Ff',
    'true',
    'x y',
  ],
];

/** Prefixes and suffixes for strings that are nearly valid. */
const ends: readonly string[] = [
  ...[
    '',
    'x',
    'A',
    '1',
    ' ',
    '"',
    '[',
    ']',
    '{"',
    '}',
    '//',
    'http://',
    'http://a@',
    '_',
    '=',
    '.',
    '-',
    '!',
    '\n',
    '%',
    '/',
  ],
  ...[
    '1e',
    '\u2028',
    '\ud83d',
    '\u0301',
    'GMT',
    '2026-01-31T',
    'P',
    '0x',
    "'",
    '\\',
    '$',
    '@',
    ':',
    ',',
    'e',
    '?',
    '#',
    '[',
  ],
];

/** Runs that every function is called with. */
export const plainRuns: readonly string[] = [
  'a',
  'A',
  'Aa',
  '1',
  '_',
  ',',
  ' ',
  '"',
  '[',
  '\u{1f600}',
  '\u0301',
  '%41',
  '\\',
  '=',
];

/** A string up to a length, of one run, of two runs, or of random pieces. */
export function hostileText(dice: Dice, length: number): string {
  const kind = dice.roll(20);
  const [start, end] = dice.chance(40) ? ['', ''] : [dice.pick(ends), dice.pick(ends)];
  const space = length - start.length - end.length;
  if (kind < 12) return start + runOf(dice.pick(units), space) + end;
  if (kind < 15) return start + runOf(dice.pick(units), space >> 1) + runOf(dice.pick(units), space >> 1) + end;
  if (kind < 17) return start + runOf(dice.pick(units) + dice.pick(units), space) + end;
  if (kind < 19) return jsonText(dice, length);
  return mixed(dice, length);
}

export function runOf(unit: string, length: number): string {
  return unit.repeat(Math.max(0, Math.floor(length / unit.length)));
}

/** JSON that is mostly valid. */
function jsonText(dice: Dice, length: number): string {
  const item = dice.pick([
    '1',
    '""',
    '"a"',
    '{}',
    '[]',
    'null',
    '[1]',
    '{"a":1}',
    '1.5',
    '9'.repeat(300),
    '"\\u0041"',
    '1e300',
  ]);
  const count = Math.max(1, Math.floor((length - 4) / (item.length + 8)));
  if (dice.chance(50)) return `[${Array(count).fill(item).join(',')}]`;
  return `{${Array.from({ length: count }, (_, i) => `"k${i % 9_999}":${item}`).join(',')}}`;
}

function mixed(dice: Dice, length: number): string {
  const pieces = Array.from({ length: 40 }, () => dice.pick(units));
  let text = '';
  while (text.length < length) text += dice.pick(pieces).repeat(1 + dice.roll(30));
  return text.slice(0, length);
}

/**
 * @module
 * What hostile clients write into headers, parameters and tokens.
 */
import { hostileText } from '../../expressions/hostile/texts.ts';
import type { Dice } from '../../search/dice.ts';

/** Text that tries to leave its string, or to be taken for code. */
const escapes: readonly string[] = [
  ...['"', '\\', '\\"', '","admin":true,"x":"', '"}', '"},{"', "'", '`', '\\u0022', '\\u0000', '\\ud800', '\\', '\\\\'],
  ...['</script>', '<!--', ']]>', '&quot;', '&#34;', '<x/>', '<!DOCTYPE a [<!ENTITY b "c">]>', '<![CDATA[', '--'],
  ...[
    '#[',
    '#[1]',
    '#[attributes]',
    ']',
    '{{',
    '{{7*7}}',
    '${',
    `\${7*7}`,
    '$(',
    '$(request.verb)',
    '$(id)',
    '%{',
    '@{',
  ],
  ...['{request.header.authorization}', '{private.secret}', '{escapeJSON(q)}', '{createUuid()}', '{', '}', '{}'],
  ...['- a', 'a: b', '&a', '*a', '!!js/function', '%YAML 1.2', '|', '>-', '? a', '---', '...', '~', 'yes', '0x10'],
  ...['%00', '%0d%0a', '%2522', '%', '%zz', '%c0%af', '+', '&', '=', ';', '..', '../../etc', '//', '?', '#'],
  ...["' or 1=1--", '; rm -rf /', '| cat', '\t', 'a\tb', ' a', 'a ', ',', ',,', 'a,b', ' , ', 'a,"b,c"', '"a,b",c'],
  ...['é', '\u{1f600}', '\u2028', '\u2029', '\ufeff', '\uffff', '\u0085', '\u00a0', '\u200b', 'ﬀ', 'İ', 'e\u0301'],
  ...['null', 'undefined', 'true', 'TRUE', ' true ', 'false', '[object Object]', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
];

/** Names that every object of JavaScript has, and names that a token gives a meaning. */
export const names: readonly string[] = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'toJSON', '__defineGetter__'],
  ...['isPrototypeOf', '__lookupGetter__', 'length', 'name', 'then', 'get', 'set', 'size', '0', '1', '4294967295', ''],
  ...['sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'alg', 'typ', 'kid', 'crit', 'jwk', 'cty', 'enc', 'a', 'q'],
];

export const numbers: readonly string[] = [
  ...['0', '-0', '0.0', '-0.0', '1', '-1', '+1', '01', '007', '1.', '.5', '-.5', '1.0', '1.50', '1e3', '1E+3', '1e-3'],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '-9007199254740993', '999999999999999999'],
  ...['1000000000000000000', '18446744073709551616', '1e15', '1e16', '1e21', '1e308', '1e309', '-1e309', '1e-400'],
  ...[
    'NaN',
    'Infinity',
    '-Infinity',
    'nan',
    '0x10',
    '0b1',
    '1_000',
    '1,5',
    ' 7 ',
    '7 8',
    '١٢',
    '１２',
    '1e',
    'e1',
    '--1',
  ],
  ...['0.1', '0.30000000000000004', '123456789012345678.5', '9'.repeat(40), `0.${'1'.repeat(40)}`, '5e-324', '1n', ''],
];

/** Bytes that are not UTF-8, and some at its edges. */
const bytes: readonly string[] = [
  ...['c0af', 'c080', 'e080af', 'f08080af', 'eda080', 'edbfbf', 'f4908080', 'fe', 'ff', 'c3', 'e28', '80', 'bf', 'f8'],
  ...['efbfbf', 'efbbbf', 'f48fbfbf', 'c280', 'c2ad', '7f', 'c3a9', 'e9', '61e962', 'c0a2', 'e280a8', '22c0', '5cff'],
];

/** @param length of long values */
export function hostileValue(dice: Dice, length = 300): Buffer {
  const kind = dice.roll(20);
  if (kind < 8) return Buffer.from(pieces(dice));
  if (kind < 10) return Buffer.from(dice.pick(numbers));
  if (kind < 12) return Buffer.from(dice.pick(names));
  if (kind < 14) return Buffer.from(`a${dice.pick(bytes)}`.slice(1), 'hex');
  if (kind < 16) return Buffer.from(Array.from({ length: dice.roll(24) }, () => 0x20 + dice.roll(0xe0)));
  if (kind < 18) return Buffer.from(hostileText(dice, 1 + dice.roll(length)));
  return Buffer.from(hostileJson(dice, 3));
}

function pieces(dice: Dice): string {
  let text = '';
  for (let count = 1 + dice.roll(3); count > 0; count--) text += dice.pick(escapes);
  return text;
}

/** An object. Some of its text is no JSON. */
export function hostileJson(dice: Dice, depth: number): string {
  const text = objectText(dice, depth);
  return dice.chance(80)
    ? text
    : text.slice(0, dice.roll(text.length)) + dice.pick(['', ',', '}', ']', 'x', '"', '\u0000']);
}

function objectText(dice: Dice, depth: number): string {
  const members = Array.from({ length: dice.roll(5) }, () => {
    const name = dice.chance(70) ? dice.pick(names) : dice.pick(escapes);
    return `${quoted(name)}:${valueText(dice, depth - 1)}`;
  });
  return `{${members.join(',')}}`;
}

function valueText(dice: Dice, depth: number): string {
  const kind = dice.roll(depth > 0 ? 10 : 7);
  if (kind < 3) return quoted(pieces(dice));
  if (kind < 5) return jsonNumber(dice);
  if (kind < 7) return dice.pick(['true', 'false', 'null', '""', '{}', '[]']);
  if (kind < 9) return objectText(dice, depth);
  return `[${Array.from({ length: dice.roll(4) }, () => valueText(dice, depth - 1)).join(',')}]`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function jsonNumber(dice: Dice): string {
  const text = dice.pick(numbers);
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? text : String(dice.roll(1000));
}

/** `levels` of objects or lists, one in the other. */
function nested(dice: Dice, levels: number): string {
  let text = valueText(dice, 1);
  for (let left = levels; left > 0; left--)
    text = dice.chance(50) ? `[${text}]` : `{${quoted(dice.pick(names))}:${text}}`;
  return text;
}

/** The members of a caller's token besides the usual ones: mostly those that policies read. */
export function hostileClaims(dice: Dice): string {
  const members = new Map<string, string>();
  const add = (name: string, value: string): void => void members.set(name, value);
  if (dice.chance(70)) add('deep', dice.chance(70) ? objectText(dice, 3) : nested(dice, dice.roll(40)));
  if (dice.chance(40)) add('__proto__', valueText(dice, 2));
  if (dice.chance(40)) add('constructor', valueText(dice, 2));
  if (dice.chance(20)) add(dice.pick(['client_id', 'azp', 'clientId', 'sub']), valueText(dice, 1));
  for (let count = dice.roll(4); count > 0; count--) {
    const name = dice.chance(80) ? dice.pick(names.slice(0, 12)) : dice.pick(escapes);
    add(name, valueText(dice, 3));
  }
  if (dice.chance(3)) add('long', quoted('x"\\'.repeat(dice.roll(4000))));
  return [...members].map(([name, value]) => `,${quoted(name)}:${value}`).join('');
}

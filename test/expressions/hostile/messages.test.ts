/**
 * @module
 * No error of an evaluation repeats a value of the request: every function, operator, coercion and selector, with
 * names, formats and regular expressions that the request contains.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MintError } from '../../../src/diagnostics/mint-error.ts';
import { LocatedError } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { compileExpression, type ProfileName } from '../../../src/expressions/expression.ts';
import { Dice } from '../../search/dice.ts';
import { hostileBindings } from './bindings.ts';
import { giver, subjects } from './calls.ts';

/** Strings that no message contains by chance: a name, a format, a regular expression, JSON, a number. */
const markers: readonly string[] = [
  'ZqXjWvKpYgQzJxVkWqZj',
  'QQQQQQyyyyyyyyyyyyyyyyyyyyyyMMMMMMzqxj',
  '(?=ZqXjWvKp)(YgQz[JxVk',
  '{"ZqXjWvKp":"YgQzJxVk',
  '948173650294817365x',
];

const shown = 4;

function partsOf(marker: string): string[] {
  return Array.from({ length: marker.length - shown + 1 }, (_, at) => marker.slice(at, at + shown));
}

const targets: readonly string[] = [
  "'abc'",
  'true',
  '1',
  '/a/',
  '|2026-01-31|',
  '|Z|',
  'vars.b',
  'vars.wide',
  'vars.list',
  'null',
  '(() -> 1)',
];
const named: readonly string[] = [
  ...[
    '[KEY]',
    '[*KEY]',
    '[&KEY]',
    '[?($ == KEY)].a',
    '."$(KEY)"',
    '.*"$(KEY)"',
    '.&"$(KEY)"',
    '.."$(KEY)"',
    '..*"$(KEY)"',
  ],
  ...[
    '[KEY]!',
    '."$(KEY)"!',
    '[KEY as Key]',
    '[KEY as Number]',
    '[KEY as Date]',
    '[[KEY]]',
    '[{(KEY): 1}]',
    '[KEY to KEY]',
  ],
];
const keyed: readonly string[] = [
  ...['Date', 'Time', 'LocalTime', 'LocalDateTime', 'DateTime', 'String', 'Number', 'Binary', 'TimeZone'].flatMap(
    (type) =>
      ["'2026-01-31'", '|2026-01-31|', '|2026-01-31T00:00:00Z|', '1.5', 'KEY'].flatMap((value) => [
        `${value} as ${type} {format: KEY}`,
        `${value} as ${type} {format: KEY, mode: KEY}`,
        `${value} as ${type} {unit: KEY}`,
        `${value} as ${type} {encoding: KEY, base: KEY}`,
        `${value} as ${type} {roundMode: KEY, locale: KEY}`,
      ]),
  ),
  ...[
    'KEY as Regex',
    "'a' matches (KEY as Regex)",
    "'a' replace (KEY as Regex) with KEY",
    "'a' splitBy KEY",
    "read(KEY, 'application/json')",
  ],
  ...[
    "read('{}', KEY)",
    "write('{}', KEY)",
    "'a' match { case KEY -> 1 }",
    'KEY match { case is Number -> 1 case "a" -> 2 }',
  ],
  ...[
    '{a: 1} update { case x at .a."$(KEY)" -> 1 }',
    'KEY update { case x at ."$(KEY)" -> 1 }',
    '{(KEY): 1}.a!',
    'dw::Runtime::fail(KEY)',
  ],
  ...[
    'dw::core::Dates::date({(KEY): 1})',
    'dw::util::Values::mask({a: 1}, KEY) with 1',
    'KEY is {a: String}',
    'KEY as "abc"',
    'KEY as {a: Number}',
  ],
];

const written: readonly string[] = [...targets.flatMap((target) => named.map((one) => `(${target})${one}`)), ...keyed];

/** The error of an evaluation; undefined if the expression does not load, or has a value. */
function errorOf(expression: string, profile: ProfileName, marker: string): MintError | undefined {
  try {
    const compiled = compileExpression(SourceText.ofFile('test', expression), {
      profile,
      inputs: ['vars', 'attributes'],
    });
    compiled.evaluate(hostileBindings(expression, marker, marker));
  } catch (error) {
    if (error instanceof MintError) return error;
    if (!(error instanceof LocatedError)) throw error;
  }
  return undefined;
}

function check(expression: string, profile: ProfileName, marker: string): boolean {
  const error = errorOf(expression, profile, marker);
  if (error === undefined) return false;
  const said = `${error.message} ${error.subject ?? ''}`;
  const part = partsOf(marker).find((one) => said.includes(one));
  assert.equal(part, undefined, `${expression}: ${said}`);
  return true;
}

test('no message repeats a name, format or regular expression that was computed', () => {
  let errors = 0;
  for (const template of written) {
    const expression = template.replaceAll('KEY', 'vars.a');
    for (const marker of markers) {
      for (const profile of ['dataweave', 'flex'] as const) if (check(expression, profile, marker)) errors += 1;
    }
  }
  assert.ok(errors >= 1000, `only ${errors} errors`);
});

test('no message names a letter of a computed format', () => {
  for (const [format, message] of [
    ['HHHH', 'The date format repeats a letter too often.'],
    ['HH', 'The date format has a field that a value of this type does not have.'],
  ] as const) {
    assert.equal(errorOf('|2026-01-31| as String {format: vars.a}', 'dataweave', format)?.message, message);
  }
});

test('no message of a function, operator, coercion or selector repeats an argument', () => {
  let errors = 0;
  for (const [index, { profile, write }] of subjects.entries()) {
    for (let turn = 0; turn < 4; turn++) {
      const dice = new Dice(index * 4 + turn);
      const marker = markers[(index + turn) % markers.length] ?? '';
      if (check(write(dice, giver(dice, profile, 0)), profile, marker)) errors += 1;
    }
  }
  assert.ok(errors >= 100, `only ${errors} errors`);
});

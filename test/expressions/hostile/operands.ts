/**
 * @module
 * Arguments of each type for the functions of the profile `dataweave`. `bindings.ts` has the variables.
 */
import type { Dice } from '../../search/dice.ts';

const texts: readonly string[] = [
  ...[
    'vars.a',
    'vars.a',
    'vars.a',
    'vars.a',
    'vars.b',
    'vars.part',
    'vars.half',
    'vars.tail',
    'vars.short',
    'vars.one',
  ],
  ...[
    "''",
    "'a'",
    "','",
    "' '",
    "'_'",
    "'.'",
    "'A'",
    "'1'",
    "'aaaaaaaaaaaaaaaaaaaaab'",
    "'UTF-8'",
    "'UTF-16'",
    "'UTF-32'",
  ],
  ...[
    "'ISO-8859-1'",
    "'US-ASCII'",
    "'SHA-512'",
    "'HmacSHA256'",
    "'application/json'",
    "'yyyy-MM-dd'",
    "'#,##0.00'",
    "'2026-01-31'",
  ],
];

const regexes: readonly string[] = [
  ...[
    '/a/',
    '/A+/',
    '/./',
    '/[A-Z]+[a-z]/',
    '/(a|b)*c/',
    '/\\s+$/',
    '/a(?:[ax]*y)?/',
    '/(a?){20}a{20}/',
    '/(.*)(.*)(.*)x/',
  ],
  ...[
    '/x*/',
    '/[^,]*,/',
    '/\\p{L}+\\d/',
    '/(?i)AAA1/',
    '/^(a+)+$/',
    '/(?:[a-z]{1,40}){1,20}!/',
    '/$/',
    '/\\b/',
    '/,/',
    '/(\\w+) (\\w+)/',
  ],
];

const lambdas: readonly string[] = [
  ...[
    '((x) -> x)',
    '((x) -> true)',
    '((x) -> false)',
    '((x, y) -> y)',
    '((x) -> [x])',
    '((x) -> {a: x})',
    '((x, y) -> y ++ x)',
  ],
  ...[
    "((x) -> 'a')",
    '((x) -> vars.a)',
    '((x) -> [x, vars.a])',
    "((x) -> x == 'a')",
    '((x, y) -> {(y as String): x})',
    '((x) -> [x, x])',
  ],
  ...[
    '((x) -> isEmpty(x))',
    '(() -> vars.a)',
    '((x, y) -> x as String ++ y as String)',
    '((x) -> -1)',
    '((x, y) -> x > y)',
  ],
  ...[
    '((x, y) -> first(vars.a, y))',
    '((x) -> |2026-01-31|)',
    '((x) -> vars.a as Binary)',
    '((x) -> vars.long as Number)',
  ],
];

const numbers: readonly string[] = [
  ...[
    '0',
    '1',
    '2',
    '-1',
    '0.5',
    '16',
    '36',
    '1000',
    '60000',
    '1000000',
    '1e9',
    '-1.5',
    '3.75',
    '1e400',
    '(sizeOf(vars.a) / 2)',
  ],
  ...['(vars.long as Number)', '(vars.long as Number)', '(1 / 3)', '(sizeOf(vars.a))'],
];

const arrays: readonly string[] = [
  ...[
    'vars.list',
    'vars.list',
    'vars.parts',
    'vars.rows',
    'vars.objects',
    'vars.numbers',
    'vars.deep',
    '[]',
    '[vars.a, vars.a]',
    '(1 to 16384)',
  ],
  ...[
    '[vars.a, 1, null, true]',
    "(vars.a splitBy ',')",
    "(vars.short splitBy '')",
    '[|2026-01-31|, |2026-02-01|]',
    '[vars.a as Binary]',
  ],
  ...['(vars.many map |2026-01-31T10:00:00Z|)', '(vars.many map (vars.long as Number))', '(vars.many map vars.a)'],
  ...[
    '(vars.many map ((x) -> vars.a ++ x))',
    '(vars.many map (vars.a as Binary))',
    "[{format: 'yyyy-MM-dd'}, {format: '#,##0.00'}, {format: 'HH:mm'}]",
  ],
];

const objects: readonly string[] = [
  ...[
    'vars.object',
    'vars.object',
    'vars.wide',
    '{}',
    '{a: vars.a}',
    '{(vars.a): vars.a}',
    '{a: 1, b: [1, {a: 2}]}',
    'vars.objects[0]',
  ],
  ...[
    '{indent: false}',
    '{precision: 1000}',
    '{precision: 0}',
    "{roundingMode: 'UP'}",
    '{a: |2026-01-31|}',
    '{year: 2026, month: 2, day: 3}',
  ],
];

const dateTimes = [
  '|2026-01-31T10:11:12Z|',
  '|1600-02-29T23:59:59.999999999+18:00|',
  '(vars.a as DateTime)',
  '|9999-12-31T00:00:00Z|',
];
const dates = ['|2026-01-31|', '|2000-02-29|', '|0001-01-01|', '(vars.a as Date)'];
const localDateTimes = ['|2026-01-31T10:11:12|', '|2000-02-29T00:00:00.5|'];
const times = ['|10:11:12Z|', '|23:59:59.5+02:00|', '|10:11:12|', '(vars.short as Time)'];
const zones = ['|+02:00|', "('Europe/Paris' as TimeZone)", "('America/New_York' as TimeZone)"];
const periods = ['|P1D|', '|P1Y2M3D|', '|PT1H2M3.5S|', '(vars.a as Period)', '|P999999D|'];
const binaries = [
  '(vars.a as Binary)',
  '(vars.a as Binary)',
  "('' as Binary)",
  '(vars.list as Binary)',
  '(vars.half as Binary)',
];
const types = [
  'String',
  'Number',
  'Array<String>',
  'Object',
  'Any',
  'Date',
  'Array<Array<Number>>',
  '(String | Number)',
];

/** By the type names of parameters in `row.ts`. */
const byType: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'Result',
    [
      'dw::Runtime::try(() -> vars.a)',
      'dw::Runtime::try(() -> vars.a as Number)',
      'dw::Runtime::try(() -> dw::Runtime::fail(vars.a))',
      '{success: true, result: vars.a}',
      '{success: false, error: vars.a}',
    ],
  ],
  ['String', texts],
  ['Key', ['(vars.a as Key)', "('12' as Key)"]],
  ['RoundingMode | Null', ["'HALF_UP'", 'null']],
  ['String | Null', [...texts, 'null']],
  ['Number', numbers],
  ['Boolean', ['true', 'false', "'true'"]],
  ['Array', arrays],
  ['Array<Formatter>', arrays],
  ['Object', objects],
  ['Binary', binaries],
  ['Regex', regexes],
  ['Type', types],
  ['Function', lambdas],
  ['Null', ['null']],
  ['Uri', ['(vars.a as Uri)', "('http://a/b' as Uri)"]],
  ['Date', dates],
  ['DateTime', dateTimes],
  ['LocalDateTime', localDateTimes],
  ['LocalTime', ['|10:11:12|', '|00:00|']],
  ['Time', ['|10:11:12Z|', '|23:59:59.5+02:00|']],
  ['TimeZone', zones],
  ['Period', periods],
  ['Date | DateTime | Time', [...dates, ...dateTimes, ...localDateTimes, ...times, ...periods]],
  [
    'Any',
    [
      ...texts,
      ...arrays,
      ...objects,
      ...numbers,
      ...binaries,
      ...dates,
      ...dateTimes,
      ...periods,
      'null',
      'true',
      '/a+/',
    ],
  ],
]);

/** @throws Error for an unknown type */
export function operandOf(dice: Dice, type: string): string {
  const known = byType.get(type);
  if (known === undefined)
    throw new Error(`there is no argument for a parameter of type ${type}: add one to operands.ts`);
  return dice.pick(known);
}

/** An argument whose size does not depend on the hostile string. */
export function shortOperandOf(dice: Dice, type: string): string {
  if (type === 'any') return dice.pick(["','", "'a'", '5']);
  const fixed = (byType.get(type) ?? []).filter(
    (one) => !/vars\.(?!part|tail|one|long)/.test(one) && !one.includes('16384'),
  );
  return fixed.length === 0 ? 'vars.part' : dice.pick(fixed);
}

export const hostileFormats: readonly string[] = [
  ...[
    'yyyy-MM-dd',
    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    '#,##0.00',
    '0.###E0',
    '[y][M][d][H][m][s][y][M][d][H][m][s]',
    'yMdHms',
    'EEEE, d MMMM yyyy',
  ],
  ...[
    '[[[[[[[[yyyy]]]]]]]]',
    '#'.repeat(190),
    '0'.repeat(190),
    "''''",
    'VV',
    'O',
    'hh:mm a',
    "0.00'x'",
    '%',
    'y'.repeat(99),
  ],
];

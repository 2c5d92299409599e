import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import { dataweaveLimits } from '../../../src/expressions/dataweave/bounds.ts';
import { limits } from '../../../src/expressions/limits.ts';
import type { Context } from '../context-bindings.ts';
import { type Outcome, outcome } from '../evaluation.ts';

function payload(value: JsonValue): Context {
  return { attributes: { headers: [[':path', '/']] }, payload: value };
}

function kindOf(found: Outcome): string {
  return 'ok' in found ? 'ok' : 'load' in found ? found.load : found.request;
}

function kind(expr: string, value: JsonValue = null): string {
  return kindOf(outcome(expr, payload(value), 'dataweave'));
}

const atLoad: [name: string, text: (size: number) => string, limit: number, code: string][] = [
  ['length', (n) => `'${'a'.repeat(n - 2)}'`, limits.expressionLength, 'too-long'],
  ['parentheses', (n) => `${'('.repeat(n)}1${')'.repeat(n)}`, limits.nesting, 'too-deep'],
  ['arrays', (n) => `${'['.repeat(n)}${']'.repeat(n)}`, limits.nesting + 1, 'too-deep'],
  ['negations', (n) => `${'!'.repeat(n)}true`, limits.nesting, 'too-deep'],
  ['a chain of operators', (n) => Array(n).fill('1').join(' + '), dataweaveLimits.treeHeight, 'too-deep'],
  [
    'a computed name of a member',
    (n) => `{(${Array(n).fill("'a'").join(' ++ ')}): 1}`,
    dataweaveLimits.treeHeight - 1,
    'too-deep',
  ],
  ['a path', (n) => `payload${'.x'.repeat(n - 1)}`, dataweaveLimits.treeHeight, 'too-deep'],
  ['a regular expression', (n) => `'a' matches /${'a'.repeat(n)}/`, dataweaveLimits.regexLength, 'regex'],
  [
    'states of a regular expression',
    (n) => `'a' matches /a{1000}b{500}[^c]{${n - 1500}}/`,
    dataweaveLimits.regexStates,
    'regex',
  ],
  ['digits', (n) => `${'9'.repeat(n)} > 1`, dataweaveLimits.numberDigits, 'number-too-long'],
];

suite('DataWeave: limits of an expression', () => {
  for (const [name, text, limit, code] of atLoad) {
    test(name, () => {
      assert.equal(kind(text(limit)), 'ok');
      assert.equal(kind(text(limit + 1)), `dataweave.${code}`);
    });
  }
});

const half = limits.stringLength / 2;

function zeros(count: number): JsonValue {
  return Array(count).fill(0);
}

function members(count: number): JsonValue {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 0]));
}

function deep(levels: number): JsonValue {
  let value: JsonValue = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

/** An `extra` of 1 exceeds the limit by one. */
const atRequest: [name: string, text: string, value: (extra: number) => JsonValue, code: string][] = [
  ['joined string', 'payload[0] ++ payload[1]', (n) => ['a'.repeat(half), 'b'.repeat(half + n)], 'string-too-long'],
  [
    'interpolated string',
    '"$(payload[0])$(payload[1])"',
    (n) => ['a'.repeat(half), 'b'.repeat(half + n)],
    'string-too-long',
  ],
  ['repeated string', "dw::core::Strings::repeat('ab', payload)", (n) => half + n, 'string-too-long'],
  ['padded string', "dw::core::Strings::leftPad('', payload)", (n) => limits.stringLength + n, 'string-too-long'],
  [
    'replaced string',
    "payload replace 'a' with 'bb'",
    (n) => 'a'.repeat(1024) + 'b'.repeat(limits.stringLength - 2048 + n),
    'string-too-long',
  ],
  ['range', 'sizeOf(1 to payload)', (n) => limits.arrayLength + n, 'array-too-long'],
  ['mapped array', 'sizeOf(payload map 1)', (n) => zeros(limits.arrayLength + n), 'array-too-long'],
  ['appended array', 'sizeOf(payload + 1)', (n) => zeros(limits.arrayLength - 1 + n), 'array-too-long'],
  ['parts of a string', "sizeOf(payload splitBy '')", (n) => 'a'.repeat(limits.arrayLength + n), 'array-too-long'],
  ['nested data', 'sizeOf(payload)', (n) => deep(dataweaveLimits.dataDepth + 1 + n), 'too-deep'],
  [
    'recursive functions',
    'do { fun f(n) = if (n <= 1) 1 else f(n - 1) --- f(payload) }',
    (n) => dataweaveLimits.calls + n,
    'too-many-calls',
  ],
  ['joined items', "payload joinBy ''", (n) => ['a'.repeat(half), 'b'.repeat(half + n)], 'string-too-long'],
  ['flattened arrays', 'sizeOf(flatten(payload))', (n) => [zeros(8192), zeros(8192 + n)], 'array-too-long'],
  ['members', 'sizeOf({(payload)})', (n) => [members(8192), members(8192 + n)], 'array-too-long'],
  [
    'joined pairs',
    'sizeOf(dw::core::Arrays::join(payload, [1], (left) -> 1, (right) -> 1))',
    (n) => zeros(limits.arrayLength + n),
    'array-too-long',
  ],
  ['all descendants', 'sizeOf(payload..)', (n) => [zeros(limits.arrayLength - 1 + n)], 'array-too-long'],
  ['total size of the result', '[payload, payload]', (n) => 'a'.repeat(half - 3 + n), 'string-too-long'],
  [
    'nested JSON',
    "sizeOf(read(payload, 'application/json'))",
    (n) => '['.repeat(dataweaveLimits.dataDepth + 1 + n) + ']'.repeat(dataweaveLimits.dataDepth + 1 + n),
    'too-deep',
  ],
  ['an exponent', '(payload as Number) > 1', (n) => `1e${dataweaveLimits.numberDigits + n}`, 'number-too-long'],
  [
    'a negative exponent',
    '(payload as Number) < 1',
    (n) => `1e-${dataweaveLimits.numberDigits + n}`,
    'number-too-long',
  ],
  ['a date', '|2020-01-01| + (payload as Period)', (n) => `P${273_740 + n}Y`, 'arithmetic'],
  ['a pattern from the request', "'a' matches payload", (n) => 'a'.repeat(dataweaveLimits.regexLength + n), 'regex'],
  [
    'digits of a precision',
    'dw::util::Math::decimalRound(1, {precision: payload})',
    (n) => dataweaveLimits.numberDigits + n,
    'arithmetic',
  ],
  ['digits of a power', '(10 pow payload) > 1', (n) => dataweaveLimits.numberDigits + n, 'number-too-long'],
];

suite('DataWeave: limits of an evaluation', () => {
  for (const [name, text, value, code] of atRequest) {
    test(name, () => {
      assert.equal(kind(text, value(0)), 'ok');
      assert.equal(kind(text, value(1)), `dataweave.${code}`);
    });
  }
});

test('joined pairs end at the limit of an array, before that of the steps', () => {
  const all = 'dw::core::Arrays::join(payload, payload, (left) -> 1, (right) -> 1)';
  assert.equal(kind(all, zeros(1000)), 'dataweave.array-too-long');
});

test('the digits of a number in another radix are charged', () => {
  const text = '(1 to payload) map dw::core::Numbers::toHex(9e900)';
  assert.deepEqual([kind(text, 50), kind(text, 200)], ['ok', 'dataweave.too-many-steps']);
});

test('of the caller only what is selected is read', () => {
  const properties = { claims: { sub: 'alice' }, others: deep(dataweaveLimits.dataDepth + 1) };
  const context: Context = { ...payload(null), authentication: { properties } };
  assert.equal(kindOf(outcome('authentication.properties', context, 'dataweave')), 'dataweave.too-deep');
  assert.deepEqual(outcome('authentication.properties.claims.sub[0]', context, 'dataweave'), { ok: 'a' });
});

const zone = 'America/Argentina/ComodRivadavia';

/** A date with more days and zones after it, and a text of its own at its end, which its pattern has too. */
function parsedDate(days: number, zones: number, own: string): string {
  const date = `2020-01${'-02'.repeat(days)}${` ${zone}`.repeat(zones)}`;
  const pattern = `uuuu-MM${'-dd'.repeat(days)}${' VV'.repeat(zones)}'${own}'`;
  assert.ok(date.length + own.length <= 201);
  return kind(`('${date}${own}' as Date {format: "${pattern}"}) ++ ''`);
}

suite('DataWeave: limits of a date that is parsed', () => {
  test('characters', () => {
    const own = 'x'.repeat(200 - '2020-01-02'.length - 5 * zone.length - 5);
    assert.deepEqual([parsedDate(1, 5, own), parsedDate(1, 5, `${own}x`)], ['ok', 'dataweave.conversion']);
  });

  test('fields', () => {
    assert.deepEqual([parsedDate(14, 0, 'x'), parsedDate(15, 0, 'x')], ['ok', 'dataweave.conversion']);
  });
});

suite('DataWeave: `try` handles no limit', () => {
  for (const [name, text, value, code] of atRequest) {
    test(name, () => {
      const caught = `dw::Runtime::orElse(dw::Runtime::try(() -> (${text})), () -> 'caught') default 'absent'`;
      assert.equal(kind(caught, value(1)), `dataweave.${code}`);
    });
  }

  test('steps', () => {
    assert.equal(kind('dw::Runtime::try(() -> ((1 to 16000) map (1 to 16000))).success'), 'dataweave.too-many-steps');
  });
});

const a60k = 'a'.repeat(60 * 1024);

const hostile: [name: string, text: string, value: JsonValue][] = [
  ['roots of a thousand digits', '(1 to 10000) map dw::util::Math::decimalSqrt($, {precision: 1000})', null],
  [
    'a type without end',
    'type T<X> = {v: X, next?: T<X>}\n---\n(1 to 16000) map (payload is T<Number>)',
    { v: 1, next: { v: 1, next: { v: 1 } } },
  ],
  [
    'formats that do not match',
    "(1 to 16000) map dw::util::Coercions::toDateOrNull(payload, [{format: 'yyyy'}, {format: 'EEEE, d MMMM uuuu'}])",
    a60k,
  ],
  ['exponential backtracking in other engines', 'payload matches /(a+)+b/', a60k],
  ['a pattern without a match at any place', 'payload scan /a*?b/', a60k],
  ['a distance of long strings', 'dw::core::Strings::levenshteinDistance(payload, payload)', a60k],
  ['pairs of pairs', '(1 to 16000) flatMap (1 to 16000)', null],
  ['ranges of ranges', '(1 to 16000) map ((1 to 16000) map ((1 to 16000) map 1))', null],
  ['long strings of long strings', '(1 to 16000) map (payload ++ payload)', a60k],
  ['a string that doubles', '(1 to 100) reduce ((item, text = "ab") -> text ++ text)', null],
  ['a number that squares', '(1 to 1000) reduce ((item, n = 3) -> n * n)', null],
  ['a power without end', '3 pow 999999999', null],
  ['a number with a large exponent', '(payload as Number) + 1', '1e999999999'],
  ['a range without end', '1 to 1e300', null],
  ['mutually recursive functions', 'do { fun f(n) = g(n) fun g(n) = f(n) --- f(1) }', null],
  ['a function that calls itself twice', 'do { fun f(n) = if (n == 0) 1 else f(n - 1) + f(n - 1) --- f(200) }', null],
  ['a deep function', `do { fun f(n) = ${'(1 + '.repeat(150)}f(n)${')'.repeat(150)} --- f(1) }`, null],
  ['every item compared with every other', '(1 to 16000) -- ((1 to 16000) map {a: $})', null],
  ['nested arrays in parsed JSON', "read(payload, 'application/json')", '['.repeat(30_000)],
  ['nested arrays in a result', '(1 to 10000) reduce ((item, a = []) -> [a])', null],
  ['a pattern that reads the rest for each match', 'payload scan /a(?:[ax]*y)?/', a60k],
  ['the same with `replace`', "payload replace /a(?:[ax]*y)?/ with 'b'", a60k],
  ['a pattern of many states', 'payload matches /(?:a?){900}a{900}/', a60k],
  ['another pattern for each item', "(1 to 16000) map ('a' matches ('a{' ++ $ ++ '}'))", null],
  ['one array many times', 'do { var a = (1 to 16000) --- flatten(a map a) }', null],
  ['one string many times', '(1 to 16000) map payload', a60k],
  ['one string many times in another', '(1 to 16000) reduce ((i, t = "") -> "$(payload)$(t)")', a60k],
  ['a type for each value inside', 'do { var a = (1 to 16000) --- a map ((a map a) is Array<Array<Number>>) }', null],
  ['quotients of long numbers', '(1 to 16000) map ((payload as Number) / ($ + 0.7))', `${'7'.repeat(999)}.5`],
  ['powers of long numbers', '(1 to 16000) map ((1 + (payload as Number)) pow 1000)', `0.${'7'.repeat(900)}`],
  ['comparisons of long strings', '(1 to 16000) map (payload == (payload ++ ""))', a60k],
  [
    'a function of ten thousand nodes',
    `(1 to 16000) map (${Array(4000).fill('$').join('+').replaceAll('$+$+$+$+', '($+$+$+$)+')})`,
    null,
  ],
  ['time zones', "(1 to 16000) map (|2020-01-01T00:00:00Z| >> 'Europe/Paris')", null],
  ['errors', `(1 to 16000) map [${Array(400).fill('(payload.x + 1 default 1)').join(', ')}]`, null],
  ['errors that are caught', '(1 to 16000) map dw::Runtime::try(() -> payload.x + 1).success', null],
  ['errors in errors', 'do { fun f(n) = dw::Runtime::try(() -> f(n + 1)).result + 1 --- f(1) }', null],
  ['hashes', '(1 to 16000) map dw::Crypto::MD5(payload as Binary)', a60k],
  ['numbers beyond doubles', "dw::core::Strings::leftPad('', 1e900, '') ++ dw::core::Strings::repeat('', 1e900)", null],
  [
    'a path of long names',
    'sizeOf(dw::util::Tree::asExpressionString(payload))',
    Array(limits.arrayLength).fill({ kind: 'Object', selector: a60k }),
  ],
  ['a join of everything', 'dw::core::Arrays::join(1 to 16000, 1 to 16000, (a) -> 1, (b) -> 1)', null],
];

suite('DataWeave: hostile values', () => {
  for (const [name, text, value] of hostile) {
    test(name, () => {
      const start = process.cpuUsage();
      assert.match(kind(text, value), /^(?:ok|dataweave\.)/);
      const { user, system } = process.cpuUsage(start);
      assert.ok(user + system < 1e6, 'the evaluation takes longer than a second');
    });
  }
});

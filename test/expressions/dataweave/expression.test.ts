import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatProblem, LocatedError } from '../../../src/diagnostics/problem.ts';
import { SourceText, whollyHarmless } from '../../../src/diagnostics/source-text.ts';
import { compileExpression } from '../../../src/expressions/expression.ts';
import { writtenWell } from '../../diagnostics/written-well.ts';
import { Dice } from '../../search/dice.ts';
import { bindingsOf, type Context } from '../context-bindings.ts';
import { outcome } from '../evaluation.ts';
import { DataWeaveGenerator } from './generate.ts';

const context: Context = {
  attributes: {
    headers: [
      [':method', 'POST'],
      [':path', '/orders?tenant=acme&page=2'],
      ['x-request-id', 'r-1'],
      ['x-list', 'first'],
      ['x-list', 'second'],
    ],
    scheme: 'https',
  },
  authentication: {
    principal: 'alice',
    properties: { claims: { sub: 'alice', roles: ['admin'], __proto__x: 1, lists: [{ a: 1 }, { b: 2 }] } },
  },
};

const values: [expr: string, expected: unknown][] = [
  ['attributes.method', 'POST'],
  ['attributes.headers.X-Request-Id', undefined],
  ["attributes.headers.'X-Request-Id'", 'r-1'],
  ["(attributes.headers)['X-Request-Id']", 'r-1'],
  ["attributes.headers.'x-list'", 'first'],
  ["attributes.headers.'x-none'", null],
  ['attributes.queryParams.tenant', 'acme'],
  ["attributes.headers.'x-none'?", false],
  ['attributes.none.tenant', null],
  ["('http://[::1]' as Uri) as String", 'http://[::1]'],
  ["('http://[::1]/[a]' as Uri) as String", undefined],
  ["(|2020-07-01T10:20:30Z| >> 'Europe/Berlin') as String {format: 'z'}", undefined],
  ["(|2020-01-01T00:00:00Z| >> 'UTC+2') as String", '2020-01-01T02:00:00+02:00'],
  ["(|2020-01-01T00:00:00Z| >> 'UTC+2\\n') as String", undefined],
  ["'10:00:05' as LocalTime {format: 'HH:mm[:ss]'}", '10:00:05'],
  ["'10:00' as LocalTime {format: 'HH:mm[:ss]'}", '10:00:00'],
  ["'2020Jan05' as Date {format: 'yMMMdd'} as Date {format: 'yyyy-MM-dd'}", '2020-01-05'],
  ['attributes.requestPath ++ "?" ++ attributes.queryString', '/orders?tenant=acme&page=2'],
  ['namesOf(attributes)[0 to 2]', ['headers', 'queryParams', 'method']],
  ['authentication.clientId', null],
  ['authentication.properties.claims.roles[0]', 'admin'],
  ['authentication.properties.nope.at.all', null],
  ['authentication.properties.claims', { sub: 'alice', roles: ['admin'], __proto__x: 1, lists: [{ a: 1 }, { b: 2 }] }],
  ['authentication.properties.claims.lists.a', [1]],
  ['authentication.properties.claims.lists.c.d', null],
  ['authentication.properties.claims.toString', null],
  ['(authentication.properties.claims.sub.name) default "none"', undefined],
  ['keysOf(authentication)', ['clientId', 'clientName', 'principal', 'properties']],
  ['uuid()', '11111111-2222-4333-8444-555555555555'],
  ['now()', '2026-01-31T12:00:00Z'],
  ['dw::core::Dates::tomorrow()', '2026-02-01'],
  ['random() < 1 and randomInt(6) < 6', true],
  ['using (attributes = {method: 1}) attributes.method', 1],
  ["{'__proto__': 1}.'__proto__'", 1],
  ['do { var a = 1 --- do { var a = a + 1 --- a } }', 2],
  ["dw::core::Strings::singularize('analyses')", 'analysis'],
  ["dw::core::Strings::singularize('boxen')", 'boxen'],
  ["sizeOf(dw::util::Coercions::toBinary('ab\\udc00', 'ISO-8859-1'))", 3],
  ["|2020-01-01T10:00:00Z| ++ 'x'", '2020-01-01T10:00:00Zx'],
  ["'x' ++ |2020-01-01T10:00:00Z|", 'x2020-01-01T10:00:00Z'],
  ["'11:00:00' ++ |2020-01-01T10:00:00Z|", '11:00:002020-01-01T10:00:00Z'],
  ["|2020-01-01T10:00:00Z| ++ '11:00:00'", '2020-01-01T10:00:00Z11:00:00'],
  ['|2020-01-01T10:00:00Z| ++ |11:00:00|', '2020-01-01T11:00:00'],
  ['[1000000000000000] -- [1e15]', []],
  ["1.5 match { case 1.5e0 -> 'a' else -> 'b' }", 'a'],
  ['(-1) pow 3', -1],
  ["sizeOf(dw::util::Coercions::toBinary('ä', 'ISO8859-1'))", 1],
  ["dw::Runtime::try(() -> read('{', 'application/json')).success", false],
  ['var A = 1\ntype A = String\n---\nA', 1],
  ['output application/json indent=false, skipNullOn = "objects"\n---\n{a: null}', {}],
  ["dw::core::Binaries::fromHex('0000FEFF') as String {encoding: 'UTF-32'}", ''],
];

suite('DataWeave: values of a request', () => {
  for (const [expr, expected] of values) {
    test(expr, () => {
      const found = outcome(expr, context, 'dataweave');
      assert.deepEqual('ok' in found ? found.ok : undefined, expected);
    });
  }

  test('a member may be named __proto__', () => {
    const found = outcome("{'__proto__': {a: 1}}", context, 'dataweave');
    assert.ok('ok' in found);
    assert.equal(JSON.stringify(found.ok), '{"__proto__":{"a":1}}');
  });

  test('an expression that needs no request is evaluated when the policy loads', () => {
    const compile = (expr: string) => compileExpression(SourceText.ofFile('test', expr), { profile: 'dataweave' });
    assert.deepEqual(compile('[1, 2] map $ + 1').constant, [2, 3]);
    assert.equal(compile('attributes.method').constant, undefined);
    assert.equal(compile('uuid()').constant, undefined);
  });

  test('an expression is evaluated for each request', () => {
    const source = SourceText.ofFile('test', 'authentication.properties.claims.sub ++ attributes.method');
    const expression = compileExpression(source, { profile: 'dataweave' });
    const other = { ...context, authentication: { properties: { claims: { sub: 'bob' } } } };
    assert.equal(expression.evaluate(bindingsOf(context)), 'alicePOST');
    assert.equal(expression.evaluate(bindingsOf(other)), 'bobPOST');
  });

  test('an error does not affect the next request', () => {
    const source = SourceText.ofFile(
      'test',
      'do { fun f(n) = if (n == 0) (attributes.nope!) else f(n - 1) --- f(200) }',
    );
    const expression = compileExpression(source, { profile: 'dataweave' });
    const code = 'dataweave.missing-member';
    for (let i = 0; i < 3; i++) assert.throws(() => expression.evaluate(bindingsOf(context)), { code });
  });
});

const messages: [name: string, expr: string, shown: string[]][] = [
  [
    'a misspelt function',
    'uper(1)',
    [
      'test:1:1: error: `uper` is not a known variable, input or function. [dataweave.unknown-name]',
      '  uper(1)',
      '  ^',
      '  Did you mean `upper`?',
    ],
  ],
  [
    'a function of a module',
    "capitalize('a')",
    [
      'test:1:1: error: The function `capitalize` is not imported. [dataweave.unknown-name]',
      "  capitalize('a')",
      '  ^',
      '  Write `dw::core::Strings::capitalize`, or put `import capitalize from dw::core::Strings` and `---` before the expression.',
    ],
  ],
  [
    'a function that accesses the outside',
    "readUrl('http://a')",
    [
      'test:1:1: error: The function `readUrl` is not supported: an expression can access only its request. [dataweave.unsupported]',
      "  readUrl('http://a')",
      '  ^',
    ],
  ],
  [
    'a regular expression without a bound on its time',
    'attributes.method matches /(a)\\1/',
    [
      'test:1:27: error: The regular expression uses back-references, which are not supported because their running time is not bounded. [dataweave.regex]',
      '  attributes.method matches /(a)\\1/',
      '                            ^',
      '  Write the expression without them, or split it into two.',
    ],
  ],
  [
    'if without else',
    'if (attributes.method == "GET") 1',
    [
      'test:1:34: error: The expression ends too early: expected `else`. [dataweave.unexpected-token]',
      '  if (attributes.method == "GET") 1',
      '                                   ^',
      '  `if` needs an `else`: write `else null`.',
    ],
  ],
  [
    'an input that is not available',
    'payload.id',
    [
      "test:1:1: error: `payload` is not available to this policy's expressions. [dataweave.unbound-input]",
      '  payload.id',
      '  ^',
      '  The policy does not read the body. Its inputs are `attributes` and `authentication`.',
    ],
  ],
];

const sentences: [expr: string, message: string][] = [
  ['[1 2]', '`2` is not expected here: expected `,` or `]`.'],
  ['|Z| < |2020-01-01|', 'TimeZone and Date cannot be compared.'],
  ['max(1, 2)', 'The function `max` takes 1 argument, not 2.'],
  ['((x) -> x)()', 'The lambda takes 1 argument, not 0.'],
  ['do { fun f(a, b = 1) = a --- f() }', 'The function `f` takes 1 to 2 arguments, not 0.'],
  ['upper([])', '`upper` takes (String) or (Null), not (Array).'],
  ["'+1000000-01-01' as Date", 'The year is outside the supported range.'],
  ["'x' as 'a' | 1 | true", 'This String cannot be converted to "…" | 1 | true.'],
  ['{} as {a: String, b*?: 1}', 'This Object cannot be converted to {a: String, b*?: 1}.'],
  [
    'do { fun f(g: (Number, String) -> Number) = 1 --- f((x) -> x) }',
    'The parameter `g` must be (Number, String) -> Number, not Function.',
  ],
  ['type A = B\ntype B = A | Null\n---\n1', 'The type `A` is defined only in terms of itself.'],
  ['type String = Number\n---\n1', '`String` is a built-in type.'],
  ['var x = 1\nfun x() = 2\n---\n1', '`x` is declared twice.'],
  ['var x: Date = 1\n---\n1', 'The value of the variable `x` is not a Date.'],
  [
    'do { fun f(a = 1, b, c = 2) = a --- f(1) }',
    'The parameters with a default must be all at the start or all at the end.',
  ],
  ['type A = String {x: (1)}\n---\n1', 'A value in the braces of a type must be a string, number or boolean literal.'],
  ['"a" is {a: Array<CData>}', 'A type with options in braces cannot be tested: values do not keep the options.'],
  ['type A = {a @(x: Number): String}\n---\n1', 'Attributes and namespaces are not supported: they belong to XML.'],
  ['{a @(x: 1): 2}', 'Attributes, `@(…)`, are not supported: they belong to XML, and JSON is the only format.'],
  ['output application/json foo=1\n---\n1', 'The output option `foo` is not supported.'],
  ['%dw 1.0\n---\n1', 'The only supported version is DataWeave 2.'],
  ['write(1)', 'The function `write` supports only the format `application/json`.'],
  [
    'import java!java::util::UUID\n---\n1',
    'The module `java!java::util::UUID` is not supported: Java is not available.',
  ],
  [
    "dw::Runtime::eval('1', {})",
    'The function `dw::Runtime::eval` is not supported: an expression cannot run another script.',
  ],
];

const codes: [expr: string, code: string][] = [
  ['import * from dw::System\n---\n1', 'dataweave.unsupported'],
  ['import * from dw::core::String\n---\n1', 'dataweave.unknown-name'],
  ['import nope from dw::core::Strings\n---\n1', 'dataweave.unknown-name'],
  ['dw::Runtime::fail("x")', 'dataweave.failed'],
  ['java!java::lang::Math::abs(1)', 'dataweave.unexpected-token'],
  ['output application/xml\n---\n1', 'dataweave.unsupported'],
  ['ns a http://b\n---\n1', 'dataweave.unsupported'],
  ["read('<a/>', 'application/xml')", 'dataweave.unsupported'],
  ['"a', 'dataweave.unexpected-token'],
  ['"\\u00g1"', 'dataweave.invalid-escape'],
  ['|2020-13-01|', 'dataweave.unexpected-token'],
  ['1 as Nmber', 'dataweave.unknown-name'],
  ['$ + 1', 'dataweave.unknown-name'],
  ["1 as String {format: '0.0.0'}", 'dataweave.format'],
  ["'2020' as Date {format: \"yyyy'\"}", 'dataweave.format'],
  ["'a' matches '['", 'dataweave.regex'],
  ['upper', 'dataweave.unsupported-result'],
  ['1e4000', 'dataweave.number-too-long'],
  ['5 match { case 1 -> 2 }', 'dataweave.no-match'],
  ['attributes.1', 'dataweave.unexpected-token'],
  ['{}.a!', 'dataweave.missing-member'],
  ['do { var a = a --- 1 }', 'dataweave.unknown-name'],
  ["dw::util::Coercions::toString(['a', {}])", 'dataweave.type-mismatch'],
  ['{("a" @(b: 1): 2)}', 'dataweave.unsupported'],
  ["read('{', 'application/json')", 'dataweave.invalid-json'],
  ['1 / 0', 'dataweave.arithmetic'],
  ['[1] < [2]', 'dataweave.not-comparable'],
  ['upper(1, 2)', 'dataweave.argument-count'],
  ['((x) -> x)()', 'dataweave.argument-count'],
];

/** Where an error at load is reported: at the operator, the called function, or the target of the selector. */
const places: [name: string, expr: string, at: string][] = [
  ['an operator', '1 + (2 / 0)', '1:8'],
  ['an operator in a function', "'a' ++\n ([1, 'x'] map ($ * 2))", '2:19'],
  ['a call', "1 + sizeOf(upper(['a']))", '1:12'],
  ['an infix call', "'a' ++ ['b']", '1:5'],
  ['a conversion in a header', "%dw 2.0\nvar a = 'x' as Number\n---\n[1, a]", '2:9'],
  ['a declared function', 'fun f(n) = n.a!\n---\n[f({a: 1}), f({})]', '1:12'],
  ['a guard', '5 match { case x if (x.y!) -> 1 }', '1:22'],
  ['a condition', '[if (null) 1 else 2]', '1:2'],
  ['an error after one with a default', "[('a' as Number) default 1, 1 / 0]", '1:31'],
  ['the result', '{a: upper}', '1:1'],
  ['the body after a header', 'var a = 1\n---\nupper', '3:1'],
];

suite('DataWeave: error messages', () => {
  const problemOf = (expr: string): LocatedError => {
    try {
      compileExpression(SourceText.ofFile('test', expr).describe(whollyHarmless), { profile: 'dataweave' });
    } catch (error) {
      if (error instanceof LocatedError) {
        writtenWell([error.problem]);
        return error;
      }
      throw error;
    }
    throw new Error('the expression loads');
  };
  for (const [name, expr, shown] of messages) {
    test(name, () => assert.equal(formatProblem(problemOf(expr).problem), shown.join('\n')));
  }
  for (const [name, expr, at] of places) {
    test(`the place of ${name}`, () => {
      const { line, column } = problemOf(expr).problem.place;
      assert.equal(`${line}:${column}`, at);
    });
  }
  for (const [expr, message] of sentences) {
    test(expr, () => assert.equal(problemOf(expr).problem.message, message));
  }
  for (const [expr, code] of codes) test(expr, () => assert.equal(problemOf(expr).problem.code, code));
});

test('every expression has a value or an error code, and the same one each time', () => {
  const dice = new Dice(7);
  const generator = new DataWeaveGenerator(dice);
  const full: Context = { ...context, payload: { s: 'str', num: 1, n: null, b: true, arr: ['x'], a: { b: 1 } } };
  for (let i = 0; i < 1500; i++) {
    const expr = generator.next();
    const first = outcome(expr, full, 'dataweave');
    assert.deepEqual(outcome(expr, full, 'dataweave'), first, expr);
    if (!('ok' in first)) assert.match('load' in first ? first.load : first.request, /^dataweave\./, expr);
  }
});

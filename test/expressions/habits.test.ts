/**
 * @module
 * What people write from habit, and what the error says to write instead.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LocatedError, type Problem } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { compileExpression, type ProfileName } from '../../src/expressions/expression.ts';
import { insteadOfName, insteadOfStringMember } from '../../src/expressions/habits.ts';
import { writtenWell } from '../diagnostics/written-well.ts';

function problemOf(text: string, profile: ProfileName): Problem | undefined {
  try {
    compileExpression(SourceText.ofFile('test', text), { profile });
    return undefined;
  } catch (error) {
    if (!(error instanceof LocatedError)) throw error;
    writtenWell([error.problem]);
    return error.problem;
  }
}

const claims = 'authentication.properties.claims';

/** Refused by both languages. */
const inBoth: [text: string, code: string, column: number, instead: string][] = [
  [
    "attributes.method == 'GET' || true",
    'unexpected-token',
    28,
    "Between conditions, write `or`. For another value in place of null, write `default`, as in `x default 'none'`.",
  ],
  ["attributes.method == 'GET' && true", 'unexpected-token', 28, 'Write `and`.'],
  ["attributes.method === 'GET'", 'unexpected-token', 21, 'Write `==`.'],
  ["attributes.method !== 'GET'", 'unexpected-token', 21, 'Write `!=`.'],
  ["attributes.method <> 'GET'", 'unexpected-token', 20, 'Write `!=`.'],
  ["attributes.method == 'GET' ? 'a' : 'b'", 'unexpected-token', 28, 'Write `if (condition) a else b`.'],
  ["attributes.x ?? 'none'", 'unexpected-token', 14, 'Write `default`'],
  ["attributes.x ?: 'none'", 'unexpected-token', 14, 'Write `default`'],
  ['‘a’', 'unexpected-token', 1, "Write a straight quote, `'`."],
  ['“a”', 'unexpected-token', 1, 'Write a straight quote, `"`.'],
  ['attributes.headers.’x’', 'unexpected-token', 20, "Write a straight quote, `'`."],
  ['#[attributes.method]', 'unexpected-token', 1, 'Write only the expression between `#[` and `]`.'],
  ['#{attributes.method}', 'unexpected-token', 1, 'without the braces'],
  ['attributes.method;', 'unexpected-token', 18, 'Remove the `;`.'],
  ["'a' & 'b'", 'unexpected-token', 5, 'write `++`'],
  ["if attributes.x then 'a' else 'b'", 'unexpected-token', 4, 'with the parentheses'],
  ['correlationId', 'unknown-name', 1, "attributes.headers.'x-correlation-id'"],
  ["p('jwt.issuer')", 'unknown-name', 1, 'Write the value itself'],
  ["Mule::p('jwt.issuer')", 'unknown-name', 1, 'Write the value itself'],
  ['message.attributes.method', 'unknown-name', 1, 'Write `attributes`'],
  ['error.description', 'unknown-name', 1, 'Mule application'],
  ['headers.host', 'unknown-name', 1, 'Write `attributes.headers`.'],
  ['claims.sub', 'unknown-name', 1, claims],
  ['jwt.sub', 'unknown-name', 1, claims],
  ['principal', 'unknown-name', 1, 'Write `authentication.principal`.'],
  ['True', 'unknown-name', 1, 'Write `true`.'],
  ['NULL', 'unknown-name', 1, 'Write `null`.'],
  ['undefined', 'unknown-name', 1, 'Write `null`'],
  ["attributes.method equals 'GET'", 'unknown-name', 19, 'Write `==`.'],
  ["concat('a', 'b')", 'unknown-name', 1, 'write `++`'],
  ['payload.id', 'unbound-input', 1, 'does not read the body'],
  ['vars.user', 'unbound-input', 1, claims],
];

/** All names that are answered; `x` stands for the string. */
const byName: [names: string, instead: string][] = [
  ['true', '`true`'],
  ['false', '`false`'],
  ['null', '`null`'],
  ['none nil undefined', '`null`, or a string'],
  ['and or not if', 'in lower case'],
  ['eq equals', '`==`'],
  ['ne', '`!=`'],
  ['gt', '`>`'],
  ['lt', '`<`'],
  ['ge', '`>=`'],
  ['le', '`<=`'],
  ['concat', '`++`'],
  ['length len', '`sizeOf(x)`'],
  ['toUpperCase', '`upper(x)`'],
  ['toLowerCase', '`lower(x)`'],
  ['p', 'in quotes'],
  ['correlationId', "`attributes.headers.'x-correlation-id'`"],
  ['message', '`attributes` for'],
  ['request context', '`attributes`, as in `attributes.headers.host`'],
  ['headers', '`attributes.headers`'],
  ['queryParams', '`attributes.queryParams`'],
  ['method', '`attributes.method`'],
  ['claims jwt token', '`authentication.properties.claims`'],
  ['principal', '`authentication.principal`'],
  ['clientId client_id', '`authentication.clientId`'],
  ['error app server flow mule properties', 'Mule application'],
];

const byMember: [names: string, instead: string][] = [
  ['length size count', 'sizeOf(x)'],
  ['toUpperCase toUpper upper upperCase', 'upper(x)'],
  ['toLowerCase toLower lower lowerCase', 'lower(x)'],
  ['trim strip', 'trim(x)'],
  ['split splitBy', "x splitBy ','"],
  ['contains includes indexOf', "x contains 'a'"],
  ['equals equalsIgnoreCase', "x == 'a'"],
  ['isEmpty empty isBlank', 'isEmpty(x)'],
  ['concat append plus', "x ++ 'a'"],
];

test('each name and each member of strings of another language is answered', () => {
  for (const [find, rows] of [[insteadOfName, byName] as const, [insteadOfStringMember, byMember] as const]) {
    for (const [names, instead] of rows) {
      for (const name of names.split(' ')) assert.ok(find(name)?.includes(instead), name);
    }
    assert.equal(find('other'), undefined);
  }
});

suite('a habit is answered with what to write', () => {
  for (const profile of ['flex', 'dataweave'] as const) {
    for (const [text, code, column, instead] of inBoth) {
      test(`${profile}: ${text}`, () => {
        const problem = problemOf(text, profile);
        assert.equal(problem?.code, `dataweave.${code}`);
        assert.equal(problem.place.column, column);
        const { suggestion = '' } = problem;
        assert.ok(suggestion.includes(instead), suggestion);
        assert.doesNotMatch(suggestion, /expressions: dataweave/);
      });
    }
  }
});

/** Refused by Flex Gateway's language only, or answered there. */
const inFlex: [text: string, column: number, instead: string][] = [
  ['now()', 1, '`iat`, `exp` and `nbf`'],
  [`${claims}.roles joinBy ' '`, 40, "`x[0] ++ ',' ++ x[1]`"],
  ["attributes.requestPath startsWith '/a'", 24, "dw::core::Strings::substringBefore(x, 'ab') == ''"],
  ["endsWith(attributes.requestPath, '/a')", 1, "dw::core::Strings::substringAfterLast(x, 'ab') == ''"],
  ['isBlank(attributes.x)', 1, "`isEmpty(trim(x default ''))`"],
  ['[if (true) 1 else 2]', 2, 'Write `(if (true) 1 else 2)`.'],
  ["attributes.method == 'GET' AND true", 28, 'in lower case'],
  ['NOT true', 5, 'in lower case'],
  ['"say "hi""', 7, 'write its own quote as `\\"`'],
  ["'it's'", 7, "write its own quote as `\\'`"],
  ["if (attributes.x == '') then 'a' else 'b'", 25, 'without `then`'],
  ["if (attributes.x == '') { 'a' } else { 'b' }", 25, 'Remove the braces'],
  [`\${attributes.method}`, 1, 'without the braces'],
  ['{{attributes.method}}', 2, 'without the braces'],
  ['0x1F', 5, 'in decimal digits'],
  ['1_000', 2, 'without `_`'],
  ['.5', 1, '`0.5`'],
];

suite('a habit in Flex Gateway’s language', () => {
  for (const [text, column, instead] of inFlex) {
    test(text, () => {
      const problem = problemOf(text, 'flex');
      assert.equal(problem?.place.column, column);
      assert.ok((problem.suggestion ?? '').includes(instead), problem.suggestion ?? '');
    });
  }
});

test('a number with a 0 before it, which only DataWeave refuses', () => {
  const problem = problemOf('1 + 0300', 'dataweave');
  assert.equal(problem?.place.column, 5);
  assert.equal(problem?.suggestion, 'Write the number without the 0 before it.');
  assert.equal(problemOf('0300', 'flex'), undefined);
});

/** Whether the error says that DataWeave takes the expression, and whether DataWeave loads it. */
const elsewhere: [text: string, isSaid: boolean, loads?: true][] = [
  ['now()', true],
  [`${claims}.roles map upper($)`, true],
  ['"a $(attributes.method)"', true],
  ['1 + 1', true],
  ['trim(null)', true],
  ['[attributes.method]', true],
  ["'a' + attributes.method", false, true],
  ["attributes.x ++ upper('a' ++ null)", false, true],
  ['payload.x', false],
  ["'a' ++", false],
  ["'a' + 1", false],
  ['1 / 0', false],
  ["substring('a', 0, 1)", false],
];

suite('an error says that `expressions: dataweave` takes the expression, if it does', () => {
  for (const [text, isSaid, loads = isSaid] of elsewhere) {
    test(text, () => {
      const { suggestion = '' } = problemOf(text, 'flex') ?? {};
      assert.equal(suggestion.includes('`expressions: dataweave`'), isSaid, suggestion);
      assert.equal(problemOf(text, 'dataweave') === undefined, loads);
    });
  }
});

/** The words of Flex Gateway that the suggestions use must be there and mean what they say. */
const suggested: [text: string, value: unknown][] = [
  ["('/a/b' contains '/a') and (dw::core::Strings::substringBefore('/a/b', '/a') == '')", true],
  ["('x/a' contains '/a') and (dw::core::Strings::substringBefore('x/a', '/a') == '')", false],
  ["('' contains '/a') and (dw::core::Strings::substringBefore('', '/a') == '')", false],
  ["('b/a' contains '/a') and (dw::core::Strings::substringAfterLast('b/a', '/a') == '')", true],
  ["('b/ac' contains '/a') and (dw::core::Strings::substringAfterLast('b/ac', '/a') == '')", false],
  ["isEmpty(trim(null default ''))", true],
  ["isEmpty(trim(' a ' default ''))", false],
];

suite('what is suggested has the value that is meant', () => {
  for (const [text, value] of suggested) {
    test(text, () => {
      assert.equal(compileExpression(SourceText.ofFile('test', text), { profile: 'flex' }).constant, value);
    });
  }
});

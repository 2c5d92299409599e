import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatProblem, LocatedError, type Problem } from '../../../src/diagnostics/problem.ts';
import { SourceText, whollyHarmless } from '../../../src/diagnostics/source-text.ts';
import { compileExpression } from '../../../src/expressions/expression.ts';
import { writtenWell } from '../../diagnostics/written-well.ts';

function problemOf(source: SourceText): Problem {
  try {
    compileExpression(source, { profile: 'flex' });
  } catch (error) {
    if (error instanceof LocatedError) {
      writtenWell([error.problem]);
      return error.problem;
    }
    throw error;
  }
  assert.fail('the expression loads');
}

const notSupported: [name: string, text: string, what: string, column: number][] = [
  ['plus', "'a' + 1", 'arithmetic', 5],
  ['minus', '3 - 1', 'arithmetic', 3],
  ['times', '3 * 1', 'arithmetic', 3],
  ['division', '3 / 1', 'arithmetic', 3],
  ['minus before a parenthesis', '-(3)', 'arithmetic', 1],
  ['append', '[1] << 2', 'the operators `<<` and `>>`', 5],
  ['object', '{a: 1}', 'object literals', 1],
  ['object with conditions', '{(a: 1) if (true), (b): 2}', 'object literals', 1],
  ['object inside', 'attributes.x default {}', 'object literals', 22],
  ['as', '1 as String', 'type coercion with `as`', 3],
  ['as with a format', "1 as String {format: '0'} ++ 'x'", 'type coercion with `as`', 3],
  ['is', "if ('a' is String) 1 else 2", 'type tests with `is`', 9],
  ['lambda', '(x) -> x', 'lambda expressions, `x -> …`', 1],
  ['lambda without parentheses', '[1] map x -> x', 'the function `map`', 5],
  ['map', '[1] map $', 'the function `map`', 5],
  ['function by name', 'now()', 'the function `now`', 1],
  ['function in a module', "dw::core::Strings::leftPad('a', 2)", 'the function `leftPad`', 1],
  ['parameter', '[1] contains $', 'the anonymous parameters `$` and `$$`', 14],
  ['interpolation', "'a $(1)'", 'interpolation inside a longer string', 4],
  ['interpolation of a name', "'x$attributes'", 'interpolation inside a longer string', 3],
  ['backticks', '`a`', 'strings in backticks', 1],
  ['date', '|2020-01-01|', 'dates and times', 1],
  ['regular expression', "'a' contains /b.\\/c/", 'regular expressions', 14],
  ['range', '1 to 3', 'ranges (`to`)', 3],
  ['range in a selector', 'attributes.method[0 to -1]', 'ranges (`to`)', 21],
  ['match', "'a' match { case 'a' -> 1 else -> 2 }", '`match`', 5],
  ['update', 'attributes update { case .a -> 1 }', '`update`', 12],
  ['do', 'do { var x = 1 --- x }', '`do`', 1],
  ['using', 'using (x = 1) x', '`using`', 1],
  ['unless', 'unless (true) 1 else 2', '`unless`', 1],
  ['var', 'var x = 1\n---\nx', 'variable declarations', 1],
  ['var after the version', '%dw 2.0\nvar x = 1\n---\nx', 'variable declarations', 1],
  ['fun', '%dw 2.0\nfun f(a) = a\n---\nf(1)', 'function declarations', 1],
  ['type', 'type T = String --- 1', 'type declarations', 1],
  ['similar', "'1' ~= 1", 'the operator `~=`', 5],
  ['single equals sign', "'1' = 1", '`=`', 5],
  ['descendants', 'attributes..x', 'the descendants selector `..`', 11],
  ['pairs of descendants', 'attributes..&x', 'the descendants selector `..`', 11],
  ['exists', 'attributes.x?', 'the key-present selector `?`', 13],
  ['filter', 'attributes.x[?($.a == 1)]', 'the filter selector, `[?( … )]`', 13],
  ['metadata', 'attributes.^mimeType', 'the selectors `.^`, `.&` and `.#`', 11],
  ['exponent', '1e3', 'numbers with an exponent', 1],
  ['if without else', 'if (true) 1', '`if` without `else`', 1],
  ['object with XML attributes', '{a @(x: 1): 2}', 'object literals', 1],
  ['invalid date', '|2020-13-45|', 'dates and times', 1],
  ['invalid regular expression', "'a' contains /a(/", 'regular expressions', 14],
  ['lambda without parentheses and function', 'x -> x', 'lambda expressions, `x -> …`', 3],
  ['unless without else', 'unless (true) 1', '`unless`', 1],
  ['item with a condition', "[('a') if (true)]", 'conditional array items, `(x) if (…)`', 2],
  ['metadata assignment', "'a' <~ 'b'", 'metadata assignment, `<~`', 5],
  ['before a syntax error', "'a' + 1 ++ upper(]", 'arithmetic', 5],
  ['after a header of Flex Gateway', "ns p http://x --- attributes.p#y ++ ('a' + 1)", 'arithmetic', 42],
  ['alias', "import substringAfter as s from dw::core::Strings --- s('a', 'b')", 'the import alias `s`', 55],
];

suite('errors name what Flex Gateway does not support', () => {
  for (const [name, text, what, column] of notSupported) {
    test(name, () => {
      const problem = problemOf(SourceText.ofFile('test', text));
      assert.equal(problem.message, `Flex Gateway does not support ${what}.`);
      assert.equal(problem.code, 'dataweave.unsupported');
      if (!text.includes('\n')) assert.equal(problem.place.column, column);
    });
  }
});

/** The end of the suggestion for what real DataWeave takes. */
const orDataWeave = 'Or set `expressions: dataweave` in the entry of the policy, which takes it as it is.';

const mistakes: [name: string, text: string, code: string, column: number, suggestion: string | undefined][] = [
  ['mistyped input', 'attribute.method', 'unknown-name', 1, 'Did you mean `attributes`?'],
  ['mistyped function', "uper('a')", 'unknown-name', 1, 'Did you mean `upper`?'],
  [
    'mistyped function of a module',
    "substringAftr('a', 'b')",
    'unknown-name',
    1,
    'Did you mean `substringAfter` (`dw::core::Strings::substringAfter`)?',
  ],
  [
    'function that is not imported',
    "toBase64('a')",
    'unknown-name',
    1,
    'Write `dw::core::Binaries::toBase64`, or `import toBase64 from dw::core::Binaries ---` before the expression.',
  ],
  [
    'name unlike any other',
    'foo',
    'unknown-name',
    1,
    'The inputs are `attributes` and `authentication`. Write a string in quotes.',
  ],
  ['dollar sign', "'$x'", 'unknown-name', 3, 'Write a dollar sign in a string as `\\$`.'],
  [
    'prefix',
    'attributes.p#x',
    'unknown-prefix',
    12,
    "If the name is not an XML name, write it in quotes, as in `.'a#b'`.",
  ],
  [
    'input that this policy does not have',
    'payload.x',
    'unbound-input',
    1,
    'The policy does not read the body. Its inputs are `attributes` and `authentication`.',
  ],
  ['item of an array', '[attributes.method]', 'parentheses-needed', 2, `Write \`(attributes.method)\`. ${orDataWeave}`],
  ['second item of an array', "['a', upper('b')]", 'parentheses-needed', 7, `Write \`(upper('b'))\`. ${orDataWeave}`],
  ['long item of an array', `[${"'a' ++ ".repeat(20)}'b']`, 'parentheses-needed', 2, `Write \`(…)\`. ${orDataWeave}`],
  ['trailing comma', '[1, 2,]', 'unexpected-token', 6, `Remove the comma. ${orDataWeave}`],
  ['hyphen in a name', 'attributes.headers.x-id', 'quotes-needed', 20, "Write `.'x-id'`."],
  ['underscore in front of a name', 'attributes._x', 'quotes-needed', 12, "Write `.'_x'`."],
  ['keyword as a name', 'attributes.type', 'quotes-needed', 12, "Write `.'type'`."],
  ['whitespace after the dot', 'attributes. method', 'unexpected-token', 12, 'Remove the whitespace after the dot.'],
  [
    'whitespace after a comma of an import',
    'import lower, upper from dw::Core --- 1',
    'unexpected-token',
    14,
    `Remove the whitespace after the comma. ${orDataWeave}`,
  ],
  [
    'whitespace in empty parentheses',
    'uuid( )',
    'unexpected-token',
    7,
    `Write \`()\` without whitespace. ${orDataWeave}`,
  ],
  [
    'whitespace before a parenthesis',
    "attributes.x ('a')",
    'unexpected-token',
    14,
    'Remove the whitespace before the parenthesis.',
  ],
  [
    'assertion in the middle',
    "attributes.x! ++ 'a'",
    'unexpected-token',
    15,
    `Remove the \`!\`. It has no effect in Flex Gateway. ${orDataWeave}`,
  ],
  ['only a dollar sign', "'$'", 'unexpected-token', 3, 'Write a dollar sign in a string as `\\$`.'],
  ['missing operand', "'a' ++", 'unexpected-token', 7, 'Write the operand on the right side.'],
  ['only whitespace', '  ', 'unexpected-token', 3, undefined],
  ['two values', "'a' 'b'", 'unexpected-token', 5, undefined],
  [
    'a number that begins with its point',
    "'a' == .5",
    'unexpected-token',
    8,
    'Write a digit before the point, as in `0.5`.',
  ],
  [
    'a second single-quoted string not closed',
    "'ab' ++ 'c",
    'unexpected-token',
    11,
    'Close the string with the same quote that opens it.',
  ],
  ['bracket not closed', "attributes['x'", 'unexpected-token', 15, undefined],
  ['string not closed', "'abc", 'unexpected-token', 5, 'Close the string with the same quote that opens it.'],
  [
    'second string not closed',
    "'a' ++ \"it's",
    'unexpected-token',
    13,
    'Close the string with the same quote that opens it.',
  ],
  [
    'unicode escape',
    "'ab\\u12'",
    'invalid-escape',
    4,
    `Write the character itself, or \`\\\\\` for a backslash. ${orDataWeave}`,
  ],
  [
    'half a surrogate pair',
    "'\\ud83d'",
    'invalid-escape',
    2,
    `Write the character itself, or \`\\\\\` for a backslash. ${orDataWeave}`,
  ],
  ['constant that fails', "attributes.x ++ upper('a' ++ null)", 'type-mismatch', 23, undefined],
  ['too few arguments', 'upper()', 'argument-count', 1, undefined],
];

suite('errors have a code, a place and a suggestion', () => {
  for (const [name, text, code, column, suggestion] of mistakes) {
    test(name, () => {
      const problem = problemOf(SourceText.ofFile('test', text));
      assert.deepEqual(
        { code: problem.code, column: problem.place.column, suggestion: problem.suggestion },
        { code: `dataweave.${code}`, column, suggestion },
      );
    });
  }
});

const unexpected: [text: string, message: string][] = [
  ["'a' ++ ", 'The expression ends too early.'],
  ['uuid( )', '`)` is not expected here.'],
  ['attributes. method', '`method` is not expected here.'],
];

for (const [text, message] of unexpected) {
  test(`the message names what is not expected: ${text}`, () => {
    assert.equal(problemOf(SourceText.ofFile('test', text)).message, message);
  });
}

test('an error in a folded YAML scalar has its place in the file', () => {
  const file = 'value: >-\n  #[attributes.method\n   ++ uper(1)]\n';
  const start = file.indexOf('attributes');
  const folded = 'attributes.method  ++ uper(1)';
  const offsets = [...folded]
    .map((_, i) => start + i + (i < 'attributes.method'.length ? 0 : 2))
    .concat(file.length - 2);
  const problem = problemOf(SourceText.ofFile('policy.yaml', file).describe(whollyHarmless).embed(folded, offsets));
  assert.equal(
    formatProblem(problem),
    [
      'policy.yaml:3:7: error: `uper` is neither an input nor a function. [dataweave.unknown-name]',
      '     ++ uper(1)]',
      '        ^',
      '  Did you mean `upper`?',
    ].join('\n'),
  );
});

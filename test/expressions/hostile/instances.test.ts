import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { compileExpression, type ProfileName } from '../../../src/expressions/expression.ts';
import { margin, maxTime } from '../../search/cpu-time.ts';
import { hostileBindings } from './bindings.ts';
import { costOf } from './measured.ts';
import { hostileLength, runOf } from './texts.ts';

const strings = 'dw::core::Strings::';
const amplified = (call: string): string => `vars.many map ((each) -> [${call}, 0][1])`;

/** Expressions that were once slow, or charged too few steps for their time. */
const instances: readonly (readonly [name: string, expression: string, text: string, profile?: ProfileName])[] = [
  ['upper-case letters', `${strings}capitalize(vars.a)`, runOf('A', hostileLength)],
  ['upper-case letters with `underscore`', `${strings}underscore(vars.a)`, runOf('A', hostileLength)],
  ['upper-case letters with `dasherize`', `${strings}dasherize(vars.a)`, runOf('A', hostileLength)],
  ['underscores with `camelize`', `${strings}camelize(vars.a)`, runOf('_', hostileLength)],
  ['a nearly valid URI', 'vars.a as Uri', `//${runOf('a', hostileLength)}]`],
  ['a URI with many `@`', 'dw::core::URL::parseURI(vars.a)', `http://${runOf('@', hostileLength)}\u2028`],
  ['a nearly valid number', 'vars.a < 5', `${runOf('1', hostileLength)}x`, 'flex'],
  ['many optional parts', `vars.a as Date {format: "${runOf('[y]', 48)}"}`, `${runOf('1', 150)}x`],
  ['a date in a pattern many times', amplified(`'2026-01-31' as Date {format: "yyyy-MM-dd"}`), ''],
  ['runs', amplified(`${strings}collapse(vars.short)`), runOf('a', hostileLength)],
  ['long roots', amplified('dw::util::Math::decimalSqrt(vars.long as Number)'), ''],
  ['short decimals', amplified('dw::Core::isOdd(3.75)'), ''],
  [
    'an encoding of one byte per character',
    amplified("dw::util::Coercions::toBinary(vars.a, 'US-ASCII')"),
    runOf('a', hostileLength),
  ],
  [
    'an encoding of four bytes per character',
    amplified("dw::util::Coercions::toBinary(vars.a, 'UTF-32')"),
    runOf('a', hostileLength),
  ],
  [
    'equal bytes',
    '(vars.many map (vars.a as Binary)) == (vars.many map (vars.b as Binary))',
    runOf('a', hostileLength),
  ],
  ['equal dates', '(vars.many map |2026-01-31T00:00:00Z|) == (vars.many map |2026-01-31T00:00:00Z|)', ''],
  ['long numbers as JSON', "write(vars.many map (vars.long as Number), 'application/json')", ''],
  ['dates as a claim', '[vars.many map |2026-01-31|, vars.many map |2026-01-31|]', ''],
  ['formatted numbers', amplified("each as String {format: '#,##0.00'}"), ''],
  ['digits of another radix', amplified('dw::core::Numbers::fromRadixNumber(vars.long, 36)'), ''],
  [
    'equal long keys',
    'dw::core::Arrays::join(vars.numbers, vars.numbers, (x) -> dw::core::Strings::first(vars.a, 59000), (x) -> dw::core::Strings::first(vars.b, 59000))',
    runOf('a', hostileLength),
  ],
];

suite('expressions that were slow', () => {
  for (const [name, expression, text, profile = 'dataweave'] of instances) {
    test(name, () => {
      const compiled = compileExpression(SourceText.ofFile('test', expression), { profile, inputs: ['vars'] });
      const costs = Array.from({ length: 3 }, () => costOf(compiled, hostileBindings(expression, text, text)));
      assert.ok(Math.min(...costs.map(({ milliseconds }) => milliseconds)) < margin * maxTime);
    });
  }
});

test('a URI with a lone surrogate is refused with a code', () => {
  const expression = "dw::core::URL::compose(['a', 'b'], [vars.one])";
  const compiled = compileExpression(SourceText.ofFile('test', expression), { profile: 'dataweave', inputs: ['vars'] });
  assert.equal(costOf(compiled, hostileBindings(expression, '\ud83d', '')).code, 'dataweave.conversion');
});

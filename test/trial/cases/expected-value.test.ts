import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExactly } from '../../../src/diagnostics/exact-json.ts';
import { differences, maxStatesTogether, Patterns, readExpected } from '../../../src/trial/cases/expected-value.ts';
import { TrialError } from '../../../src/trial/trial-error.ts';

/** `[expected, actual, messages]` as JSON; actual `-` is no value. */
const compared: readonly (readonly [expected: string, actual: string, differences: readonly string[]])[] = [
  ['1', '1', []],
  ['1', '2', [': The number is 1 more than expected.']],
  ['10', '2', [': The number is 8 less than expected.']],
  ['1.5', '2', [': The numbers are different.']],
  ['1', '1.0', []],
  ['9007199254740993', '9007199254740993', []],
  ['9007199254740993', '9007199254740992', [': The numbers are different.']],
  ['1', '"1"', [': It is a string instead of a number.']],
  ['"1"', '1', [': It is a number instead of a string.']],
  ['"a"', '"A"', [': The texts differ in upper and lower case.']],
  ['"a"', '"a "', [': The texts differ in white space around them.']],
  ['"a"', '"b"', [': The texts are different.']],
  ['"a"', '["a"]', [': It is a list instead of a string.']],
  ['true', 'false', [': The values are different.']],
  ['null', 'null', []],
  ['null', '-', [': It is missing.']],
  ['"a"', '-', [': It is missing.']],
  ['[1,2]', '[1,2]', []],
  ['[1,2]', '[2,1]', ['0: The number is 1 more than expected.', '1: The number is 1 less than expected.']],
  ['[1]', '[1,2]', [': It has 2 items instead of 1.']],
  ['[1,2]', '[1]', [': It has 1 item instead of 2.']],
  ['[]', '{}', [': It is an object instead of a list.']],
  ['{"a":1,"b":2}', '{"b":2,"a":1}', []],
  ['{"a":1}', '{"a":1,"b":2}', ['b: It must be absent.']],
  ['{"a":1,"b":2}', '{"a":1}', ['b: It is missing.']],
  ['{"a":{"b":[{"c":1}]}}', '{"a":{"b":[{"c":2}]}}', ['a.b.0.c: The number is 1 more than expected.']],
  ['{"a":1}', '[1]', [': It is a list instead of an object.']],
  ['{"toString":1}', '{}', ['toString: It is missing.']],
  ['{"matches":"^a"}', '"ab"', []],
  ['{"matches":"b"}', '"abc"', []],
  ['{"matches":"^b"}', '"ab"', [': It does not match the pattern.']],
  ['{"matches":"1"}', '1', [': It is a number, and a pattern is for a string.']],
  ['{"matches":"1"}', '-', [': It is missing.']],
  ['{"present":true}', 'null', []],
  ['{"present":true}', '-', [': It is missing.']],
  ['{"absent":true}', '-', []],
  ['{"absent":true}', 'null', [': It must be absent.']],
  ['{"equals":{"absent":true}}', '{"absent":true}', []],
  ['{"equals":{"absent":true}}', '-', [': It is missing.']],
  ['{"equals":{"a":{"matches":"x"}}}', '{"a":{"matches":"x"}}', []],
  ['{"equals":{"a":1}}', '{"a":2}', [': The values are different.']],
  ['{"matches":"a","absent":true}', '{"matches":"a","absent":true}', []],
  ['{"a":{"matches":"x"},"b":{"absent":true}}', '{"a":"x"}', []],
  ['{"match":"^x"}', '"x"', [': It is a string instead of an object. Did you mean `matches`?']],
  ['{"absnt":true}', '-', [': It is missing. Did you mean `absent`?']],
  ['{"match":"^x","a":1}', '"x"', [': It is a string instead of an object.']],
  ['{"user":1}', '-', [': It is missing.']],
  ['[{"matches":"x"},{"present":true}]', '["y",1]', ['0: It does not match the pattern.']],
];

for (const [written, actual, wanted] of compared) {
  test(`${written} and ${actual}`, () => {
    const expected = readExpected(parseExactly(written), new Patterns());
    const found = differences(expected, actual === '-' ? undefined : parseExactly(actual));
    assert.deepEqual(
      found.map(({ path, message }) => `${path.join('.')}: ${message}`),
      wanted,
    );
  });
}

const refused: readonly (readonly [written: string, path: string, says: RegExp])[] = [
  ['{"absent":false}', 'absent', /`absent` must be true/],
  ['{"present":false}', 'present', /`present` must be true/],
  ['{"matches":1}', 'matches', /must be a regular expression, as a string/],
  ['{"matches":"("}', 'matches', /The regular expression is not valid/],
  ['{"matches":"(?=a)"}', 'matches', /uses look-ahead and look-behind/],
  [`{"matches":"a{301}"}`, 'matches', /at most 300 states/],
  ['{"a":[{"matches":"("}]}', 'a.0.matches', /not valid/],
  ['[1,{"absent":true}]', '1', /An item of a list cannot be absent/],
];

for (const [written, path, says] of refused) {
  test(`${written} is refused`, () => {
    assert.throws(
      () => readExpected(parseExactly(written), new Patterns()),
      (error) => error instanceof TrialError && says.test(error.message) && error.path.join('.') === path,
    );
  });
}

test('a pattern at the limit compiles, and is linear for a hostile text', () => {
  const patterns = new Patterns();
  const expected = readExpected({ matches: '(a*)*b' }, patterns);
  const began = process.cpuUsage();
  assert.equal(differences(expected, 'a'.repeat(50_000)).length, 1);
  const { user } = process.cpuUsage(began);
  assert.ok(user < 5_000_000, `${user} µs`);
  // The same pattern is compiled once.
  assert.ok(expected.kind === 'matches');
  assert.equal(patterns.of('(a*)*b', []), expected.pattern);
});

test('the different patterns of a file have a maximum of states together', () => {
  const patterns = new Patterns();
  const read = (source: string) => readExpected({ matches: source }, patterns);
  const sourceOf = (index: number): string => `[a-z]{240}${String(index).padStart(4, '0')}`;
  let states = 0;
  let count = 0;
  for (; states < maxStatesTogether; count++) {
    const expected = read(sourceOf(count));
    assert.ok(expected.kind === 'matches');
    states += expected.pattern.states;
  }
  assert.ok(count < 1000, `${count} patterns`);
  assert.throws(() => read(sourceOf(count)), /The different regular expressions before this one have 100000 states/);
  assert.equal(read(sourceOf(0)).kind, 'matches');
});

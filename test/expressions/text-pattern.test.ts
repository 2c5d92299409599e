import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSearchPattern, compileTextPattern, maxPatternStates } from '../../src/expressions/text-pattern.ts';

const matches: readonly (readonly [source: string, text: string, exact: boolean, anyCase: boolean])[] = [
  ['/orders(/.*)?', '/orders', true, true],
  ['/orders(/.*)?', '/orders/1', true, true],
  ['/orders(/.*)?', '/Orders/1', false, true],
  ['/orders', '/orders/1', false, false],
  ['orders', '/orders', false, false],
  ['GET|POST', 'GET', true, true],
  ['GET|POST', 'GETS', false, false],
  ['GET|POST', 'XPOST', false, false],
  ['', '', true, true],
  ['/a*', `/${'a'.repeat(255)}`, true, true],
  ['/a*', `/${'a'.repeat(256)}`, true, true],
  ['/a*', `/${'a'.repeat(256)}b`, false, false],
  ['[^A-Z]', 'x', true, false],
];

for (const [source, text, exact, anyCase] of matches) {
  test(`the pattern ${source} and the text ${text.slice(0, 20)}, of ${text.length} characters`, () => {
    const pattern = compileTextPattern(source);
    assert.ok(!('problem' in pattern));
    assert.deepEqual([pattern.matches(text), pattern.matchesAnyCase(text)], [exact, anyCase]);
  });
}

test('a pattern of a test is looked for in the whole text', () => {
  const pattern = compileSearchPattern('b+c?');
  assert.ok(!('problem' in pattern));
  assert.deepEqual([pattern.isIn('abba'), pattern.isIn('ac'), pattern.isIn('')], [true, false, false]);
  assert.ok('problem' in compileSearchPattern('('));
});

test('a pattern has a maximum of states, and only the syntax of an engine without backtracking', () => {
  // The engine has two states more than the pattern has letters.
  assert.ok(!('problem' in compileTextPattern(`a{${maxPatternStates - 2}}`)));
  for (const source of [`a{${maxPatternStates - 1}}`, '(', '(?=a)', '(a)\\1']) {
    assert.ok('problem' in compileTextPattern(source), source);
  }
});

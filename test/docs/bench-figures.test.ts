import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestCosts, rowsBelow } from './bench-figures.ts';

const text =
  '# A\n\n## One\n\n| row | CPU µs |\n| --- | --: |\n| a | 1.5 |\n\n## Two: 7\n\n| row | x |\n| --- | --: |\n| b |  |\n';

test('the rows of a heading are those of its own table', () => {
  assert.deepEqual(rowsBelow('One', text), [{ row: 'a', 'CPU µs': '1.5' }]);
  assert.deepEqual(rowsBelow('Two', text), [{ row: 'b', x: '' }]);
});

test('a heading that is not there is an error', () => assert.throws(() => rowsBelow('Three', text), /no heading/));

test('the costs are those of the committed results', () => {
  const [reused] = rowsBelow('Through Envoy, at the maximum rate').filter(({ row }) => row === 'RS256-reused');
  assert.ok(requestCosts().includes(`| ${reused?.['CPU µs']} µs | ${reused?.['requests/s']} |`));
});

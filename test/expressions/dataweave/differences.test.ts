import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readJson } from '../conformance-files.ts';
import type { Context } from '../context-bindings.ts';
import { agree, differences, reasons, verdictOf } from './differences.ts';

const context: Context = readJson('corpus-context.json');

suite('DataWeave: known differences from the engine', () => {
  for (const { expr, engine, ours } of differences) {
    test(JSON.stringify(expr), () => {
      const found = verdictOf(expr, context);
      assert.ok(!agree(engine, found), 'this difference no longer exists: move the row to the cases');
      assert.equal(found, ours);
    });
  }

  test('each difference has a reason, and each reason has a difference', () => {
    assert.deepEqual([...new Set(differences.map(({ reason }) => reason))].sort(), [...reasons.keys()].sort());
  });

  test('no difference is listed twice', () => {
    assert.equal(new Set(differences.map(({ expr }) => expr)).size, differences.length);
  });
});

const verdicts: [engine: string, ours: string, same: boolean][] = [
  ['fails', 'dataweave.arithmetic', true],
  ['1E+10', '10000000000', false],
  ['"fails"', 'dataweave.arithmetic', false],
  ['[1]', '[1]', true],
];

for (const [engine, ours, same] of verdicts) {
  test(`${engine} and ${ours} ${same ? 'agree' : 'differ'}`, () => assert.equal(agree(engine, ours), same));
}

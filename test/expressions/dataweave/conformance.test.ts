import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import { conformanceFiles, readJson, readLines } from '../conformance-files.ts';
import type { Context } from '../context-bindings.ts';
import { outcome } from '../evaluation.ts';
import { withDoubles } from '../exact-numbers.ts';
import { failureOf, readCases } from './cases.ts';
import { differences } from './differences.ts';

const context: Context = readJson('corpus-context.json');

for (const file of conformanceFiles(/^(?:full-(?!differences).*|documented\/.*)\.jsonl$/)) {
  suite(`DataWeave: ${file}`, () => {
    for (const one of readCases(file)) {
      test(JSON.stringify(one.expr), () => {
        const found = outcome(one.expr, context, 'dataweave');
        if ('ok' in one) assert.deepEqual(found, { ok: one.ok });
        else assert.equal(failureOf(found), one.fails);
      });
    }
  });
}

interface CorpusLine {
  readonly expr: string;
  readonly dw: { readonly ok: JsonValue } | { readonly fail: string };
  readonly nondeterministic: boolean;
}

/** `differences.test.ts` covers these. */
const known = new Set(differences.map(({ expr }) => expr));

suite('DataWeave: the corpus', () => {
  const corpus = readLines<CorpusLine>('corpus.jsonl');

  test('at least 97 percent agree', () => {
    const differing = corpus.filter(({ expr }) => known.has(expr));
    assert.ok(differing.length <= corpus.length * 0.03);
  });

  for (const { expr, dw, nondeterministic } of corpus) {
    if (known.has(expr)) continue;
    test(JSON.stringify(expr), () => {
      const found = outcome(expr, context, 'dataweave');
      if (nondeterministic || /\bnow\(\)|uuid|random/.test(expr)) assert.equal('ok' in found, 'ok' in dw);
      else if ('ok' in dw) assert.deepEqual('ok' in found && withDoubles(found.ok), dw.ok);
      else assert.ok(!('ok' in found), 'the expression must fail');
    });
  }
});

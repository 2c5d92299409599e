import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import { conformanceFiles, readJson, readLines } from '../conformance-files.ts';
import type { Context } from '../context-bindings.ts';
import { type Outcome, outcome } from '../evaluation.ts';

type Case = Outcome & { readonly name: string; readonly expr: string; readonly context: string };

const contexts: { readonly [name: string]: Context } = readJson('contexts.json');
const corpusFile = 'corpus.jsonl';

for (const file of conformanceFiles(/^(?!corpus|full-|documented).*\.jsonl$/)) {
  suite(`expressions: ${file}`, () => {
    for (const { name, expr, context, ...expected } of readLines<Case & { vendor?: 'crashes' }>(file)) {
      const { vendor: _, ...wanted } = expected;
      test(name, () => {
        const found = contexts[context];
        assert.ok(found, `there is no context ${context}`);
        assert.deepEqual(outcome(expr, found), wanted);
      });
    }
  });
}

interface CorpusLine {
  readonly expr: string;
  readonly flex: { readonly ok: JsonValue } | { readonly fail: 'compile' | 'pel-parse' | 'eval' };
}

/** Flex Gateway takes the members of an object in random order: any member's value is right. */
const anyMember = new Set(['payload[0]', 'payload[1]']);

suite('expressions: the corpus', () => {
  const context: Context = readJson('corpus-context.json');
  const members = Object.values(context.payload ?? {});
  for (const { expr, flex } of readLines<CorpusLine>(corpusFile)) {
    test(JSON.stringify(expr), () => {
      const found = outcome(expr, context);
      if (anyMember.has(expr)) {
        assert.ok('ok' in found && members.includes(found.ok));
      } else if ('ok' in flex) {
        assert.deepEqual(found, { ok: flex.ok });
      } else if (flex.fail === 'eval') {
        assert.ok(!('ok' in found), 'must not have a value');
      } else {
        assert.ok('load' in found, 'must not load');
      }
    });
  }
});

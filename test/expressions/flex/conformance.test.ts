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
        assert.ok(found, `the context ${context} does not exist`);
        assert.deepEqual(outcome(expr, found), wanted);
      });
    }
  });
}

interface CorpusLine {
  readonly expr: string;
  readonly flex: { readonly ok: JsonValue } | { readonly fail: 'compile' | 'pel-parse' | 'eval' };
}

/** Flex Gateway has the members of an object in random order, so the value of any member is correct. */
const anyMember = new Set(['payload[0]', 'payload[1]']);

const corpusContext: Context = readJson('corpus-context.json');

function requireOutcome({ expr, flex }: CorpusLine, found: Outcome): void {
  if (anyMember.has(expr)) {
    const members = Object.values(corpusContext.payload ?? {});
    assert.ok('ok' in found && members.includes(found.ok), 'must be the value of a member');
  } else if ('ok' in flex) {
    assert.deepEqual(found, { ok: flex.ok });
  } else if (flex.fail === 'eval') {
    assert.ok(!('ok' in found), 'must not have a value');
  } else {
    assert.ok('load' in found, 'must not load');
  }
}

suite('expressions: the corpus', () => {
  for (const line of readLines<CorpusLine>(corpusFile)) {
    test(JSON.stringify(line.expr), () => requireOutcome(line, outcome(line.expr, corpusContext)));
  }
});

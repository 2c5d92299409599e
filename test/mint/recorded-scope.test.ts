import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '../../src/diagnostics/json.ts';
import { Reads, RecordedMemo, recordedScope } from '../../src/mint/recorded-scope.ts';
import type { Scope } from '../../src/plan/token-plan.ts';
import { scopeWith } from './scope.ts';

const given = { a: 1, b: 'two' };

const read: readonly [input: string, value: JsonValue | undefined, read: (scope: Scope) => unknown][] = [
  ['attributes.method', null, ({ attributes }) => attributes.method],
  ['attributes.requestPath', null, ({ attributes }) => attributes.requestPath],
  ['attributes.requestUri', null, ({ attributes }) => attributes.requestUri],
  ['attributes.queryString', null, ({ attributes }) => attributes.queryString],
  ['attributes.scheme', null, ({ attributes }) => attributes.scheme],
  ['attributes.version', null, ({ attributes }) => attributes.version],
  ['attributes.remoteAddress', null, ({ attributes }) => attributes.remoteAddress],
  ['attributes.localAddress', null, ({ attributes }) => attributes.localAddress],
  ['attributes.statusCode', null, ({ attributes }) => attributes.statusCode],
  ['attributes.headers.x', undefined, ({ attributes }) => attributes.header('x')],
  ['vars.a', 1, ({ variables }) => variables.get('a')],
  ['vars.a', 1, ({ variables }) => variables.has('a')],
  ['vars', given, ({ variables }) => [...variables]],
  ['vars', given, ({ variables }) => [...variables.entries()]],
  ['vars', given, ({ variables }) => [...variables.keys()]],
  ['vars', given, ({ variables }) => [...variables.values()]],
];

for (const [input, value, run] of read) {
  test(`${input} is read by ${run}`, () => {
    const plain = scopeWith(given);
    const reads = new Reads();
    assert.deepEqual(run(recordedScope(plain, reads, new RecordedMemo())), run(plain));
    assert.deepEqual(reads.all, [{ input, value }]);
  });
}

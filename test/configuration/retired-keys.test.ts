/**
 * What is said of retired keys: what to write instead, or that they have no effect.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles } from './memory-files.ts';

const usable = 'policies: [{ name: a, file: a.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n';

const threads =
  'warning: `limits.threadSignatures` no longer has any effect. Remove it. Use `workers` to use more cores. 1:29';

const written: readonly [text: string, said: readonly string[]][] = [
  ['', []],
  ['limits: {}\n', []],
  ['limits: { threadSignatures: 0 }\n', [threads]],
  ['limits: { threadSignatures: 1024 }\n', [threads]],
  ['limits: { threadSignatures: auto }\n', [threads]],
  ['drainSeconds: 7\n', ['warning: `drain` replaces `drainSeconds`. Write `drain: { timeout: 7s }` instead. 1:15']],
  [
    'drain: {}\ndrainSeconds: 7\n',
    ['error: `drain` replaces `drainSeconds`, but both are given. Remove `drainSeconds`. 2:15'],
  ],
];

for (const [text, said] of written) {
  test(`${JSON.stringify(text)}: ${said.length} said`, () => {
    const files = memoryFiles({ 'a.yaml': flexPolicy({ iss: 'a' }), 'conf.yaml': text + usable });
    const { problems } = loadConfiguration('conf.yaml', { files });
    const retired = problems.filter(({ code }) => code === 'config.retired-key');
    assert.deepEqual(
      retired.map(
        ({ severity, message, suggestion, place }) =>
          `${severity}: ${message} ${suggestion} ${place.line}:${place.column}`,
      ),
      said,
    );
  });
}

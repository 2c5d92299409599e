import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scopeWith } from '../mint/scope.ts';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles } from './memory-files.ts';

/** One token of these takes more than half of the least that may be asked for. */
const policies = { a: flexPolicy({ sub: 'a'.repeat(300) }), b: flexPolicy({ sub: 'b'.repeat(300) }) };

const shared: readonly [setting: string, reused: readonly string[]][] = [
  ['', ['a', 'b']],
  ['reuseBytes: 1024', ['b']],
];

for (const [setting, expected] of shared) {
  test(`policies share the memory for their tokens: ${setting || 'by default'}`, () => {
    const reused: string[] = [];
    const configuration = `${setting}
policies: [{ name: a, file: a.yaml, reuse: true }, { name: b, file: b.yaml, reuse: true, output: { header: x-b } }]
routes: [{ match: {}, policies: [a, b] }]
`;
    const files = memoryFiles({ 'conf.yaml': configuration, 'a.yaml': policies.a, 'b.yaml': policies.b });
    const reuseCounters = (policy: string) => ({
      hit: { increment: () => void reused.push(policy) },
      miss: { increment() {} },
      evicted: { increment() {} },
    });
    const { snapshot, problems } = loadConfiguration('conf.yaml', { files, reuseCounters });
    assert.ok(snapshot, problems.map(({ message }) => message).join('\n'));
    for (const name of ['a', 'b', 'b', 'a']) snapshot.policies.get(name)?.minter.mint(scopeWith());
    assert.deepEqual(reused.toSorted(), expected);
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from './conformance-case.ts';

const key = (id: string): string =>
  `<GenerateJWT name="P"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/><Id>${id}</Id></SecretKey></GenerateJWT>`;

const limits: [name: string, policy: { inside: string } | { policy: string }, codes: readonly string[]][] = [
  ['a text is searched for braces', issuer(4093), ['warning apigee.literal-template']],
  ['up to 4096 characters', issuer(4094), []],
  ['the name in the identifier of a key', { policy: key(`{${'a'.repeat(128)}}`) }, ['warning apigee.literal-template']],
  ['has up to 128 characters', { policy: key(`{${'a'.repeat(129)}}`) }, ['error apigee.invalid-kid']],
];

/** An issuer with `{x}` after so many characters. */
function issuer(before: number): { inside: string } {
  return { inside: `<Issuer>${'a'.repeat(before)}{x}</Issuer>` };
}

for (const [name, example, codes] of limits) {
  test(name, () => {
    const { problems } = outcomeOf({ name, ...example });
    assert.deepEqual(
      problems.map((problem) => problem.replace(/ \d+:\d+$/, '')),
      codes,
    );
  });
}

/**
 * @module
 * The files that a run of tests reads.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTests } from '../../../src/cli/testing/run-tests.ts';
import type { FileReader } from '../../../src/configuration/files.ts';
import { flexPolicy, memoryFiles } from '../../configuration/memory-files.ts';

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const recorded = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ a: 'x', iat: 1_700_000_000 })}.AAAA`;

const cases = ['one', 'two', 'three'].map(
  (name) => `  - { name: ${name}, request: { path: / }, expect: { sameAs: token.jwt } }`,
);
const files = memoryFiles({
  'policy.yaml': flexPolicy({ a: 'x' }),
  'mintproc.yaml': 'policies: [{ name: p, file: policy.yaml }]\nroutes: [{ match: {}, policies: [p] }]\n',
  'token.jwt': recorded,
  'one.test.yaml': `config: mintproc.yaml\ncases:\n${cases.join('\n')}\n`,
});

test('a token that several cases name is read once', async () => {
  const read: string[] = [];
  const counting: FileReader = {
    list: (path) => files.list(path),
    read(path) {
      read.push(path);
      return files.read(path);
    },
  };
  const paths = ['one.test.yaml'];
  const { reports } = await runTests({ paths, unread: [] }, counting, {
    environment: {},
    now: () => 1_700_000_000_000,
  });
  assert.deepEqual(
    reports.map(({ problems, cases: ran }) => [problems, ran.map(({ failures }) => failures)]),
    [[[], [[], [], []]]],
  );
  assert.equal(read.filter((path) => path === 'token.jwt').length, 1);
});

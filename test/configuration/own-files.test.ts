/**
 * One of mintproc's own files where another one belongs: an error says which one it is.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTestFile } from '../../src/trial/cases/read-test-file.ts';
import { readTrial } from '../../src/trial/read-trial.ts';
import { loadConfiguration } from './loading.ts';
import { memoryFiles } from './memory-files.ts';

const files = {
  'a test file': 'config: mintproc.yaml\ncases: [{ name: a, request: {}, expect: { route: 1 } }]\n',
  'an open test file': 'config: m.yaml\ncases: [{ name: a, caller: { claims: { sub: "FILL IN: a" } }, expect: {} }]\n',
  'a mintproc.yaml': 'policies: [{ name: a, file: a.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n',
  'a request': 'request: { path: / }\ncaller: { claims: { sub: a } }\n',
  'a caller': 'caller: { claims: { sub: a } }\n',
  'a policy file': '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: HS256 }\n',
} as const;
type Name = keyof typeof files;

const readers = {
  configuration: (text: string) =>
    loadConfiguration('m.yaml', { files: memoryFiles({ 'm.yaml': text }), environment: {} }).problems,
  test(text: string) {
    const read = readTestFile('m.yaml', text);
    return read.ok ? [] : read.problems;
  },
  request(text: string) {
    const read = readTrial('m.yaml', text);
    return read.ok ? [] : read.problems;
  },
};

const isTest = 'This is a test file, not ';
const isRequest = 'This is a request, not ';
const rows: readonly [reader: keyof typeof readers, file: Name, message: string][] = [
  ['configuration', 'a test file', `${isTest}a mintproc.yaml.`],
  ['configuration', 'an open test file', `${isTest}a mintproc.yaml.`],
  ['configuration', 'a request', `${isRequest}a mintproc.yaml.`],
  ['configuration', 'a caller', `${isRequest}a mintproc.yaml.`],
  ['configuration', 'a policy file', 'This is a policy file, not a mintproc.yaml.'],
  ['test', 'a mintproc.yaml', 'This is a mintproc.yaml, not a test file.'],
  ['test', 'a request', `${isRequest}a test file.`],
  ['test', 'a policy file', 'This is a policy file, not a test file.'],
  ['request', 'a test file', `${isTest}a request.`],
  ['request', 'an open test file', `${isTest}a request.`],
  ['request', 'a mintproc.yaml', 'This is a mintproc.yaml, not a request.'],
  ['request', 'a policy file', 'This is a policy file, not a request.'],
];

for (const [reader, file, message] of rows) {
  test(`as a ${reader}: ${file}`, () => {
    const [problem, ...more] = readers[reader](files[file]);
    assert.equal(problem?.message, message);
    assert.ok(problem.suggestion !== undefined && more.length === 0, JSON.stringify(more));
  });
}

const right: readonly [reader: 'request' | 'test', file: Name][] = [
  ['test', 'a test file'],
  ['request', 'a request'],
  ['request', 'a caller'],
];
for (const [reader, file] of right) {
  test(`as a ${reader}, which it is: ${file}`, () => assert.deepEqual(readers[reader](files[file]), []));
}

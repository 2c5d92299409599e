import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerObjection, prefixObjection } from '../../src/plan/output-header.ts';

const headers: [name: string, fit: boolean][] = [
  ['authorization', true],
  ['proxy-authorization', true],
  ['x-backend_token.v1', true],
  ['a'.repeat(128), true],
  ['a'.repeat(129), false],
  ['', false],
  ['two words', false],
  ['x:y', false],
  ['naïve', false],
  ['a\r\nb', false],
  [':path', false],
  ['host', false],
  ['x-envoy-retry-on', false],
  ['connection', false],
  ['transfer-encoding', false],
  ['content-length', false],
  ['te', false],
];
for (const [name, fit] of headers) {
  test(`a token can go into ${JSON.stringify(name.slice(0, 30))}: ${fit}`, () => {
    assert.equal(headerObjection(name) === undefined, fit);
  });
}

const prefixes: [prefix: string, fit: boolean][] = [
  ['', true],
  ['Bearer ', true],
  ['p'.repeat(256), true],
  ['p'.repeat(257), false],
  ['a\nb', false],
  ['a\tb', false],
  ['\u007f', false],
  ['é', false],
];
for (const [prefix, fit] of prefixes) {
  test(`a prefix can be ${JSON.stringify(prefix.slice(0, 30))}: ${fit}`, () => {
    assert.equal(prefixObjection(prefix) === undefined, fit);
  });
}

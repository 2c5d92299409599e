/**
 * What mintproc refuses behind Envoy because of a limit has no token in a test either.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tested } from './world.ts';

const limits = [
  'mintproc.yaml',
  'unmatched: pass',
  'unmatched: pass\nlimits: { headerCount: 5, headerBytes: 99, metadataDepth: 3 }',
] as const;
/** The names and values of the four pseudo-headers, and the name of the fifth. */
const before = Buffer.byteLength(':authoritylocalhost:path/elsewhere:methodGET:schemehttpsa');

const requests: readonly (readonly [name: string, request: string, status?: number, code?: string])[] = [
  ['as many headers as may be', 'headers: { a: x }'],
  ['one header more', 'headers: { a: x, b: x }', 431, 'extproc.too-many-headers'],
  ['a repeated header', 'headers: { a: [x, x] }', 431, 'extproc.too-many-headers'],
  ['as many bytes as may be', `headers: { a: ${'x'.repeat(99 - before)} }`],
  ['one byte more', `headers: { a: ${'x'.repeat(100 - before)} }`, 431, 'extproc.headers-too-large'],
  ['as deep as may be', '}, metadata: { a: { b: { c: [1] } } }, attributes: { a: { b: [1] } '],
  ['a list too deep', '}, metadata: { a: { b: { c: [[]] } } ', 400, 'extproc.metadata-too-deep'],
  ['an object too deep', '}, metadata: { a: { b: [{ d: {} }] } ', 400, 'extproc.metadata-too-deep'],
  ['an attribute too deep', '}, attributes: { a: { b: { c: [] } } ', 400, 'extproc.metadata-too-deep'],
];

for (const [name, request, status, code] of requests) {
  test(`limits of a request: ${name}`, async () => {
    const expect = code === undefined ? '{ withoutToken: true }' : `{ refused: { status: ${status}, code: ${code} } }`;
    const one = `  - { name: limited, request: { path: /elsewhere, ${request} }, expect: ${expect} }\n`;
    const { out } = await tested([limits, ['orders.test.yaml', 'cases:\n', `cases:\n${one}`]]);
    assert.match(out, /orders\.test\.yaml: \d passed/);
    assert.doesNotMatch(out, /failed limited/);
  });
}

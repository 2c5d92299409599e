/**
 * @module
 * Which values of a check of ext_authz may be one or several. A test with a real Envoy proves the list of names
 * (`test/e2e/ext-authz-reads.test.ts`); this one also runs where there is none.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CheckHeaders } from '../../../src/extproc/authz/check-headers.ts';
import { HeaderList } from '../../../src/request/header-fields.ts';

const noPseudo = { pseudo: () => undefined };

function isDoubtful(name: string, value: string, isJoined: boolean): boolean {
  const headers = new CheckHeaders(new HeaderList([[name, value]]), noPseudo, isJoined);
  assert.equal(headers.first(name), value);
  return headers.isDoubtful;
}

/** What Envoy joins before any filter runs (`envoy/http/header_map.h`), and names that look like these. */
const names: readonly [name: string, doubtful: boolean][] = [
  ['accept', false],
  ['accept-encoding', false],
  ['cache-control', false],
  ['content-type', false],
  ['referer', false],
  ['user-agent', false],
  ['via', false],
  ['x-request-id', false],
  ['x-forwarded-client-cert', false],
  ['x-forwarded-for', false],
  ['x-forwarded-host', false],
  ['x-forwarded-port', false],
  ['x-forwarded-proto', false],
  [':path', false],
  ['accept-language', true],
  ['authorization', true],
  ['cookie', true],
  ['x-forwarded', true],
  ['', true],
];

for (const [name, doubtful] of names) {
  test(`a comma in \`${name}\` ${doubtful ? 'may separate two values' : 'is no doubt'}`, () => {
    assert.equal(isDoubtful(name, 'a,b', true), doubtful);
    assert.equal(isDoubtful(name, 'a', true), false);
    assert.equal(isDoubtful(name, 'a,b', false), false);
  });
}

test('a pseudo-header that is not a header is read from the request, and one that neither has is absent', () => {
  const request = new Map([
    [':authority', 'host'],
    [':path', '/request'],
  ]);
  const headers = new CheckHeaders(
    new HeaderList([[':path', '/header']]),
    { pseudo: (name) => request.get(name) },
    false,
  );
  const fields = [
    [':authority', 'host'],
    [':path', '/header'],
  ];
  assert.deepEqual(headers.all, fields);
  for (const [name, value] of fields) assert.equal(headers.last(name ?? ''), value);
  assert.deepEqual([headers.values(':authority'), headers.values(':scheme')], [['host'], []]);
  assert.equal(headers.first('host'), undefined);
});

/**
 * @module
 * Which names are flow variables, and which headers have one value; the values are in the conformance cases.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flowVariable } from '../../../src/dialects/apigee/flow-variables.ts';
import { HeaderList } from '../../../src/request/header-fields.ts';
import { scopeOf } from './empty-scope.ts';

/** Of the request, or of `message`. */
const parts = [
  ...['header.a', 'header.a.2', 'header.a.values', 'header.a.values.count', 'header.a.values.string'],
  ...['queryparam.a', 'queryparam.a.2', 'queryparam.a.values', 'queryparam.a.values.count'],
  'queryparam.a.values.string',
];
const wholeParts = [
  ...['headers.count', 'headers.names', 'headers.names.string', 'queryparams.count', 'queryparams.names'],
  ...['queryparams.names.string', 'querystring', 'verb', 'path', 'uri', 'url', 'version'],
];
const whole = [
  ...['client.ip', 'client.host', 'client.port', 'client.scheme', 'proxy.client.ip', 'system.timestamp', 'system.uuid'],
  ...['system.time', 'messageid', 'route.name', 'virtualhost.name', 'target.name'],
  ...['request', 'message'].flatMap((message) => wholeParts.map((part) => `${message}.${part}`)),
];
const open = [
  'jwt.Verify.claim.a',
  'jwt.Verify.decoded.claim.a',
  ...['request', 'message'].flatMap((message) => parts.map((part) => `${message}.${part}`)),
];

test('a flow variable has its whole name and no other', () => {
  const found = (names: readonly string[]) => names.filter((name) => flowVariable(name) !== undefined);
  assert.deepEqual(found([...whole, ...open]), [...whole, ...open]);
  // Letters before the name, and within it after its first dot; that of a policy's own name counts as `jwt.`.
  const longer = [...whole, ...open].flatMap((name) => [`x${name}`, `x.${name}`, name.replace(/\.(?!V)/, '.x')]);
  const others = longer.filter((name) => !whole.includes(name) && !open.includes(name));
  assert.deepEqual(found([...others, ...whole.map((name) => `${name}!`)]), []);
});

function read(name: string, headers: readonly (readonly [string, string])[]): unknown {
  return flowVariable(name)?.evaluate(scopeOf(new HeaderList(headers)));
}

/** RFC 9110 does not define these as lists. */
const singleValued = [
  ...['age', 'authorization', 'content-length', 'content-location', 'content-type', 'cookie', 'date', 'etag'],
  ...['expires', 'from', 'host', 'if-modified-since', 'if-range', 'if-unmodified-since', 'last-modified', 'location'],
  ...['max-forwards', 'proxy-authorization', 'referer', 'retry-after', 'user-agent'],
];

test('a comma in a header that is no list does not separate values', () => {
  const text = 'a, b';
  for (const name of [...singleValued, 'accept']) {
    const headers = [[name === 'host' ? ':authority' : name, text]] as const;
    const found = ['', '.values.count', '.2'].map((part) => read(`request.header.${name}${part}`, headers));
    assert.deepEqual([name, ...found], name === 'accept' ? [name, 'a', 2, 'b'] : [name, text, 1, undefined]);
  }
});

test('a name that only begins like a list of values is that of a header or parameter', () => {
  for (const ending of ['valuesx', 'values.countx', 'values.stringx', '2x', 'values.x']) {
    const name = `a.${ending}`;
    assert.equal(read(`request.header.${name}`, [[name, 'v']]), 'v');
    assert.equal(read(`request.queryparam.${name}`, [[':path', `/?${name}=v`]]), 'v');
  }
});

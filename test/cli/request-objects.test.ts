import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRequestKeys, readRequest } from '../../src/cli/request-objects.ts';
import { CommandError } from '../../src/cli/terminal.ts';

type Attributes = Readonly<Record<string, unknown>>;

const derived: readonly [name: string, attributes: Attributes, expected: Attributes][] = [
  ['nothing', {}, { method: null, requestPath: null, requestUri: null, queryString: null, scheme: null }],
  [
    'pseudo-headers',
    { headers: { ':path': '/p?a=1', ':method': 'PUT' } },
    { method: 'PUT', requestPath: '/p', queryString: 'a=1' },
  ],
  ['pseudo-headers before what is stated', { method: 'GET', headers: { ':method': 'PUT' } }, { method: 'PUT' }],
  [
    'a request URI',
    { requestUri: '/x/../y?b=2' },
    { requestPath: '/y', requestUri: '/x/../y?b=2', queryString: 'b=2' },
  ],
  ['a path and a query', { requestPath: '/y', queryString: 'b=2' }, { requestUri: '/y?b=2' }],
  ['a path and parameters', { requestPath: '/y', queryParams: { b: 'x y' } }, { requestUri: '/y?b=x+y' }],
  ['parameters alone', { queryParams: { b: '1' } }, { requestUri: '/?b=1' }],
  [
    'the rest',
    { scheme: 'https', version: 'HTTP/2', remoteAddress: '1.2.3.4:5', localAddress: '6.7.8.9:10' },
    { scheme: 'https', version: 'HTTP/2', remoteAddress: '1.2.3.4:5', localAddress: '6.7.8.9:10' },
  ],
];

for (const [name, attributes, expected] of derived) {
  test(`request file: ${name}`, () => {
    const request = readRequest({ attributes }, 'r.json').attributes;
    const found = Object.keys(expected).map((key) => [key, request[key as keyof typeof request]]);
    assert.deepEqual(Object.fromEntries(found), expected);
  });
}

const headerForms: readonly [name: string, headers: unknown][] = [
  ['an object with lists', { 'X-A': ['1', '2'], b: '3' }],
  [
    'pairs',
    [
      ['x-a', '1'],
      ['X-A', '2'],
      ['b', '3'],
    ],
  ],
];

for (const [name, headers] of headerForms) {
  test(`request file: headers as ${name}`, () => {
    const { attributes } = readRequest({ attributes: { headers } }, 'r.json');
    assert.deepEqual(attributes.headers.all, [
      ['x-a', '1'],
      ['x-a', '2'],
      ['b', '3'],
    ]);
  });
}

test('request file: the caller', () => {
  const { authentication } = readRequest({ authentication: { principal: 'p', properties: { a: 1 } } }, 'r.json');
  assert.deepEqual(authentication, { clientId: null, clientName: null, principal: 'p', properties: { a: 1 } });
});

const refused: readonly [name: string, request: Attributes, message: RegExp][] = [
  ['attributes as a list', { attributes: [] }, /`attributes` of r\.json must be an object/],
  ['a method that is a number', { attributes: { method: 1 } }, /`attributes\.method` of r\.json must be a string/],
  ['a header that is a number', { attributes: { headers: { a: 1 } } }, /`attributes\.headers` of r\.json/],
  ['a header pair without a name', { attributes: { headers: [[1, 'a']] } }, /`attributes\.headers` of r\.json/],
  ['a principal that is a list', { authentication: { principal: [] } }, /`authentication\.principal` of r\.json/],
  ['properties that are a text', { authentication: { properties: 'x' } }, /`authentication\.properties` of r\.json/],
];

for (const [name, request, message] of refused) {
  test(`request file: refuses ${name}`, () => {
    assert.throws(
      () => readRequest(request, 'r.json'),
      (error) => error instanceof CommandError && message.test(error.message),
    );
  });
}

const unknown: readonly [name: string, request: object, message: string][] = [
  ['headers at the top', { headers: {} }, 'r.json has the unknown key `headers`. Did you mean `attributes.headers`?'],
  ['auth', { auth: {} }, 'r.json has the unknown key `auth`. Did you mean `authentication`?'],
  [
    'header',
    { attributes: { header: {} } },
    '`attributes` of r.json has the unknown key `header`. Did you mean `attributes.headers`?',
  ],
  [
    'path',
    { attributes: { path: '/' } },
    '`attributes` of r.json has the unknown key `path`. Did you mean `attributes.requestPath`?',
  ],
  ['path at the top', { path: '/' }, 'r.json has the unknown key `path`. Did you mean `attributes.requestPath`?'],
  [
    'a caller in the wrong section',
    { attributes: { principal: 'a' } },
    '`attributes` of r.json has the unknown key `principal`. Did you mean `authentication.principal`?',
  ],
  [
    'a key that may be a secret',
    { 'a b': 1 },
    'r.json has the unknown key that is named here. The known keys are: attributes, authentication, variables.',
  ],
];
for (const [name, request, message] of unknown) {
  test(`request file: an unknown key: ${name}`, () => {
    assert.throws(
      () => checkRequestKeys({ ...request }, 'r.json', ['variables']),
      (error) => error instanceof CommandError && error.message === message,
    );
  });
}

test('request file: the known keys', () => {
  const request = { attributes: { method: 'GET', headers: { a: 'b' } }, authentication: null, variables: { any: 1 } };
  assert.doesNotThrow(() => checkRequestKeys(request, 'r.json', ['variables']));
});

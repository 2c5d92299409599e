/**
 * @module
 * What an expression reads as `attributes`, by way of a real Envoy: the eleven fields of Flex Gateway, and headers that
 * are unusual but lawful.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import { seenHeader } from '../../demo/upstream.ts';
import { type Question, seenIn } from './harness/client.ts';
import { hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';

const fields = [
  'headers',
  'queryParams',
  'method',
  'requestPath',
  'requestUri',
  'queryString',
  'scheme',
  'version',
  'remoteAddress',
  'localAddress',
  'statusCode',
];

let stack: Stack;
before(async () => {
  stack = await startStack({
    files: {
      'all.yaml': hmacPolicy(Object.fromEntries(fields.map((name) => [name, `#[attributes.${name}]`]))),
      'one.yaml': hmacPolicy({ other: "#[attributes.headers['x-other']]" }),
    },
    mintproc: {
      policies: [
        { name: 'all', file: 'all.yaml', output: { header: 'x-token', prefix: '' } },
        { name: 'one', file: 'one.yaml', output: { header: 'x-token', prefix: '' } },
      ],
      routes: [
        { match: { pathPrefix: '/orders' }, policies: ['all'] },
        { match: {}, policies: ['one'] },
      ],
    },
    envoy: withoutJwtAuthn,
  });
});
after(() => stack?.[Symbol.asyncDispose]());

interface Claims {
  readonly headers: Readonly<Record<string, string>>;
  readonly remoteAddress: string;
  readonly [claim: string]: unknown;
}

async function claimsOf(question: Question): Promise<Claims> {
  const [token = ''] = seenHeader(seenIn(await stack.ask(question)), 'x-token');
  return decodeJwt(token) as unknown as Claims;
}

test('every field has its value; those without one leave their claim out', async () => {
  const question = { method: 'PUT', path: '/orders/4%202?region=eu&tag=a+b&tag=c', headers: [['X-One', '1'] as const] };
  const { headers, remoteAddress, iat, exp, ...others } = await claimsOf(question);
  assert.deepEqual(others, {
    method: 'PUT',
    requestPath: '/orders/4%202',
    requestUri: '/orders/4%202?region=eu&tag=a+b&tag=c',
    queryString: 'region=eu&tag=a+b&tag=c',
    queryParams: { region: 'eu', tag: 'c' },
    scheme: 'http',
    version: 'HTTP/1.1',
    localAddress: `127.0.0.1:${stack.port}`,
  });
  assert.match(remoteAddress, /^127\.0\.0\.1:\d+$/);
  assert.equal(headers['x-one'], '1');
});

const unusual: [name: string, value: string][] = [
  ['empty', ''],
  ['bytes that are no UTF-8', 'caf\xe9 \xff\xfe'],
  ['almost as long as Envoy allows', 'x'.repeat(50_000)],
];
for (const [name, value] of unusual) {
  test(`a header that is ${name} comes through, and its request has a token`, async () => {
    const answer = await stack.ask({ headers: [['x-unusual', value]] });
    // node:http decodes header bytes as Latin-1; the upstream's JSON keeps the same characters.
    const seen = seenIn(answer);
    assert.deepEqual(seenHeader(seen, 'x-unusual'), [value]);
    assert.equal(seenHeader(seen, 'x-token').length, 1);
  });
}

/**
 * @module
 * Routes that match headers and query parameters, with a real Envoy, which joins some repeated headers and leaves others
 * apart.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import { seenHeader } from '../../demo/upstream.ts';
import { type Question, seenIn } from './harness/client.ts';
import { hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';

let stack: Stack;
before(async () => {
  stack = await startStack({
    files: { 'acme.yaml': hmacPolicy({ by: 'acme' }), 'other.yaml': hmacPolicy({ by: 'other' }) },
    mintproc: {
      policies: [
        { name: 'acme', file: 'acme.yaml' },
        { name: 'other', file: 'other.yaml' },
      ],
      routes: [
        { match: { pathPrefix: '/h', headers: { 'X-Tenant': 'acme' } }, policies: ['acme'] },
        { match: { pathPrefix: '/l', headers: { 'accept-language': 'de' } }, policies: ['acme'] },
        { match: { pathPrefix: '/q', query: { tenant: 'a c' } }, policies: ['acme'] },
        { match: {}, policies: ['other'] },
      ],
    },
    envoy: withoutJwtAuthn,
  });
});
after(async () => {
  await stack?.[Symbol.asyncDispose]();
});

const header = (name: string, ...values: string[]): Question['headers'] => values.map((value) => [name, value]);

const answers: [path: string, headers: Question['headers'], expected: string][] = [
  ['/h', header('x-tenant', 'acme'), 'acme'],
  ['/h', header('X-TENANT', 'acme'), 'acme'],
  ['/h', header('x-tenant', '  acme  '), 'acme'],
  ['/h', header('x-tenant', 'ACME'), 'other'],
  ['/h', header('x-tenant', 'acme', 'acme'), 'route.ambiguous-header'],
  ['/h', header('x-tenant', 'globex', 'acme'), 'route.ambiguous-header'],
  ['/l', header('accept-language', 'de'), 'acme'],
  ['/l', header('accept-language', 'en', 'de'), 'route.ambiguous-header'],
  ['/x', header('x-tenant', 'acme', 'acme'), 'other'],
  ['/q?tenant=a+c', [], 'acme'],
  ['/q?tenant=a%20c', [], 'acme'],
  ['/q?tenant=b', [], 'other'],
  ['/q?tenant=a+c&tenant=b', [], 'route.ambiguous-query'],
  ['/q?x=1;tenant=a+c', [], 'route.ambiguous-query'],
];
for (const [path, headers = [], expected] of answers) {
  test(`${path} with ${JSON.stringify(headers)}: ${expected}`, async () => {
    const answer = await stack.ask({ path, headers });
    if (expected.startsWith('route.')) {
      assert.equal(answer.status, 400);
      assert.deepEqual(JSON.parse(answer.body), { error: { code: expected } });
    } else {
      const [value = ''] = seenHeader(seenIn(answer), 'authorization');
      assert.equal(decodeJwt(value.slice('Bearer '.length))['by'], expected);
    }
  });
}

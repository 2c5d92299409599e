/**
 * @module
 * Routes for whole paths, behind a real Envoy that normalizes paths as `envoy.yaml` says.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from './harness/client.ts';
import { hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';

let stack: Stack;
before(async () => {
  const names = ['list', 'item', 'items', 'files', 'other'];
  stack = await startStack({
    files: Object.fromEntries(names.map((name) => [`${name}.yaml`, hmacPolicy({ by: name })])),
    mintproc: {
      policies: names.map((name) => ({ name, file: `${name}.yaml` })),
      routes: [
        { match: { path: '/orders' }, policies: ['list'] },
        { match: { path: '/orders/*' }, policies: ['item'] },
        { match: { path: '/orders/*/items/' }, policies: ['items'] },
        { match: { path: '/files/**' }, policies: ['files'] },
        { match: { pathPrefix: '/other' }, policies: ['other'] },
      ],
      unmatched: 'deny',
    },
    envoy: withoutJwtAuthn,
  });
});
after(async () => {
  await stack?.[Symbol.asyncDispose]();
});

const answers: [path: string, expected: string][] = [
  ['/orders', 'list'],
  ['/Orders?a=/', 'list'],
  ['/orders/7', 'item'],
  ['/orders/%2A', 'item'],
  ['/orders//7', 'item'],
  ['/orders/7/x/../items', 'items'],
  ['/orders/7/items', 'items'],
  ['/orders/7/items/', 'items'],
  ['/files/a/b/', 'files'],
  ['/other/x/', 'other'],
  ['/orders/7/items/8', 'route.none'],
  ['/files', 'route.none'],
  ['/', 'route.none'],
  ['/orders/', 'route.ambiguous-path'],
  ['/orders/7/', 'route.ambiguous-path'],
  ['/files/', 'route.ambiguous-path'],
  ['/orders/;v=1', 'route.ambiguous-path'],
  ['/orders/7;/items', 'items'],
];
for (const [path, expected] of answers) {
  test(`${path}: ${expected}`, async () => {
    const answer = await stack.ask({ path });
    if (expected.startsWith('route.')) {
      assert.equal(answer.status, expected === 'route.none' ? 404 : 400);
      assert.deepEqual(JSON.parse(answer.body), { error: { code: expected } });
    } else {
      const [value = ''] = seenHeader(seenIn(answer), 'authorization');
      assert.equal(decodeJwt(value.slice('Bearer '.length))['by'], expected);
    }
  });
}

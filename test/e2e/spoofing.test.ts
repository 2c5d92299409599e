/**
 * @module
 * A client's own copy of the header that carries the token never reaches the upstream, whatever becomes of the token;
 * a request that may not go on does not reach it at all.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { decodeJwt } from 'jose';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from './harness/client.ts';
import { failing, hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';

const header = 'x-backend-token';

let stack: Stack;
before(async () => {
  stack = await startStack({
    files: { 'policy.yaml': hmacPolicy({ minted: failing }) },
    mintproc: {
      policies: [
        { name: 'standard', file: 'policy.yaml' },
        { name: 'custom', file: 'policy.yaml', output: { header, prefix: '' } },
        { name: 'lenient', file: 'policy.yaml', onError: 'pass' },
        { name: 'lenient-custom', file: 'policy.yaml', onError: 'pass', output: { header, prefix: '' } },
      ],
      routes: [
        { match: { pathPrefix: '/standard' }, policies: ['standard'] },
        { match: { pathPrefix: '/custom' }, policies: ['custom'] },
        { match: { pathPrefix: '/both' }, policies: ['standard', 'custom'] },
        { match: { pathPrefix: '/lenient' }, policies: ['lenient', 'lenient-custom'] },
      ],
    },
    envoy: withoutJwtAuthn,
  });
});
after(() => stack?.[Symbol.asyncDispose]());

let reachedBefore = 0;
beforeEach(() => {
  reachedBefore = stack.seen.length;
});

type Headers = (readonly [string, string])[];

const copies: [name: string, headers: Headers][] = [
  ['no copy', []],
  [
    'one copy',
    [
      ['authorization', 'spoofed'],
      [header, 'spoofed'],
    ],
  ],
  [
    'other case',
    [
      ['AUTHORIZATION', 'spoofed'],
      ['X-Backend-TOKEN', 'spoofed'],
    ],
  ],
  [
    'several, of several cases',
    [
      ['Authorization', 'spoofed'],
      ['authorization', 'spoofed'],
      ['aUTHORIZATION', ''],
      ['X-Backend-Token', 'spoofed'],
      ['x-backend-token', ''],
      ['x-BACKEND-token', 'spoofed'],
    ],
  ],
  [
    'declared to belong to the connection',
    [
      ['Connection', 'authorization, x-backend-token'],
      ['authorization', 'spoofed'],
      [header, 'spoofed'],
    ],
  ],
  ['with underscores, which many upstreams read as dashes', [['x_backend_token', 'spoofed']]],
];

const routes: [path: string, outputs: string[]][] = [
  ['/standard', ['authorization']],
  ['/custom', [header]],
  ['/both', ['authorization', header]],
];

for (const [path, outputs] of routes) {
  for (const [name, headers] of copies) {
    test(`${path}, ${name}: the upstream sees the token alone`, async () => {
      const seen = seenIn(await stack.ask({ path, headers }));
      for (const output of outputs) {
        const values = seenHeader(seen, output);
        assert.equal(values.length, 1, output);
        assert.equal(decodeJwt((values[0] ?? '').replace(/^Bearer /, ''))['minted'], 'fine');
      }
      assert.deepEqual(seenHeader(seen, 'x_backend_token'), []);
    });
  }
}

for (const [name, headers] of copies) {
  test(`onError: pass, ${name}: the upstream sees no such header`, async () => {
    const seen = seenIn(await stack.ask({ path: '/lenient?fail=yes', headers }));
    for (const output of ['authorization', header, 'x_backend_token']) assert.deepEqual(seenHeader(seen, output), []);
  });

  test(`onError: deny, ${name}: the upstream sees nothing`, async () => {
    const answer = await stack.ask({ path: '/both?fail=yes', headers });
    assert.equal(answer.status, 500);
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
    const body: { error: { code: string } } = JSON.parse(answer.body);
    assert.deepEqual(Object.keys(body), ['error']);
    assert.deepEqual(Object.keys(body.error), ['code']);
    assert.match(body.error.code, /^[a-z]+\.[a-z-]+$/);
    assert.equal(stack.seen.length, reachedBefore);
  });
}

test('a request that no route matches goes on as it came', async () => {
  const headers: Headers = [
    ['authorization', 'its own'],
    [header, 'one'],
    [header, 'two'],
  ];
  const seen = seenIn(await stack.ask({ path: '/elsewhere', headers }));
  assert.deepEqual(seenHeader(seen, 'authorization'), ['its own']);
  assert.deepEqual(seenHeader(seen, header), ['one', 'two']);
});

test('where Envoy lets underscores through, the sidecar takes the look-alike out', async () => {
  await using open = await startStack({
    files: { 'policy.yaml': hmacPolicy({ minted: failing }) },
    mintproc: {
      policies: [{ name: 'custom', file: 'policy.yaml', onError: 'pass', output: { header, prefix: '' } }],
      routes: [{ match: {}, policies: ['custom'] }],
    },
    envoy(config) {
      withoutJwtAuthn(config);
      config.delete([...config.connectionManager, 'common_http_protocol_options']);
    },
  });
  for (const path of ['/', '/?fail=yes']) {
    const seen = seenIn(await open.ask({ path, headers: [['X_Backend-Token', 'spoofed']] }));
    assert.deepEqual(seenHeader(seen, 'x_backend-token'), [], path);
  }
});

/**
 * @module
 * mintproc behind the ext_authz filter of a real Envoy, with the settings that Istio and Envoy Gateway generate: the
 * upstream gets the token alone, or nothing.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { jwtVerify } from 'jose';
import { seenHeader } from '../../demo/upstream.ts';
import { type Answer, seenIn } from './harness/client.ts';
import { type AuthzFilter, envoyGatewayFilter, istioFilter, plainFilter, useExtAuthz } from './harness/ext-authz.ts';
import { hmacPolicy, hmacSecret, withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';

const header = 'x-backend-token';
const secret = Buffer.from(hmacSecret);

async function claimsOf(value: string | undefined): Promise<object> {
  const { payload } = await jwtVerify((value ?? '').replace(/^Bearer /, ''), secret, { algorithms: ['HS256'] });
  const { iat, exp, ...claims } = payload;
  return claims;
}

function codeIn({ body }: Answer): unknown {
  return JSON.parse(body).error.code;
}

const platforms: [name: string, filter: AuthzFilter][] = [
  ['plain', plainFilter],
  ['istio', istioFilter],
  ['envoy-gateway', envoyGatewayFilter],
];

const spoofed = [
  ['authorization', 'spoofed'],
  ['Authorization', 'again'],
  ['x-backend-token', 'spoofed'],
  ['X-Backend-Token', ''],
  ['x_backend_token', 'spoofed'],
  ['x-mintproc-policy', 'special'],
] as const;

for (const [name, filter] of platforms) {
  let stack: Stack;
  before(async () => {
    stack = await startStack({
      files: { 'policy.yaml': hmacPolicy({ path: '#[attributes.requestPath]', via: '#[attributes.version]' }) },
      mintproc: {
        policies: [
          { name: 'standard', file: 'policy.yaml' },
          { name: 'custom', file: 'policy.yaml', output: { header, prefix: '' } },
          { name: 'strict', file: 'policy.yaml', requireCaller: true },
        ],
        routes: [
          { match: { pathPrefix: '/orders' }, policies: ['standard', 'custom'] },
          { match: { pathPrefix: '/strict' }, policies: ['strict'] },
          { match: { pathPrefix: '/denied' }, deny: true },
        ],
      },
      envoy(config) {
        withoutJwtAuthn(config);
        config.delete([...config.connectionManager, 'common_http_protocol_options']);
        useExtAuthz(config, filter);
      },
    });
  });
  after(() => stack?.[Symbol.asyncDispose]());

  test(`${name}: the upstream sees the token alone`, async () => {
    const seen = seenIn(await stack.ask({ path: '/orders/7?a=1,2', headers: spoofed }));
    for (const output of ['authorization', header]) {
      const values = seenHeader(seen, output);
      assert.equal(values.length, 1, output);
      assert.deepEqual(await claimsOf(values[0]), { path: '/orders/7', via: 'HTTP/1.1' });
    }
    assert.deepEqual(seenHeader(seen, 'x_backend_token'), []);
  });

  const refusals: [path: string, status: number, code: string][] = [
    ['/strict', 401, 'identity.missing'],
    ['/denied', 403, 'route.denied'],
  ];
  for (const [path, status, code] of refusals) {
    test(`${name}: ${path} is refused with ${status}`, async () => {
      const before = stack.seen.length;
      const answer = await stack.ask({ path, headers: spoofed });
      assert.equal(answer.status, status);
      assert.equal(codeIn(answer), code);
      assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
      assert.equal(answer.headers['www-authenticate'], status === 401 ? 'Bearer realm="mintproc"' : undefined);
      assert.equal(stack.seen.length, before);
    });
  }

  test(`${name}: a request that no route matches goes on as it came`, async () => {
    const seen = seenIn(await stack.ask({ path: '/elsewhere', headers: [[header, 'its own']] }));
    assert.deepEqual(seenHeader(seen, header), ['its own']);
  });

  test(`${name}: the outcomes are counted like those of ext_proc`, async () => {
    const { body } = await stack.admin('/metrics');
    for (const outcome of ['forwarded', 'refused', 'untouched']) {
      assert.match(body, new RegExp(`mintproc_requests_total\\{outcome="${outcome}"\\} [1-9]`));
    }
  });

  test(`${name}: without mintproc every request is refused, with a new one none`, async () => {
    const before = stack.seen.length;
    stack.sidecar.signal('SIGKILL');
    assert.equal(await stack.sidecar.ended, 'SIGKILL');
    for (let i = 0; i < 5; i++) assert.equal((await stack.ask({ path: '/orders', headers: spoofed })).status, 403);
    assert.equal(stack.seen.length, before);
    await stack.restartSidecar();
    const giveUp = Date.now() + 10_000;
    let answer = await stack.ask({ path: '/orders' });
    // Envoy waits a moment before it connects anew.
    while (answer.status !== 200 && Date.now() < giveUp) {
      await pause(50);
      answer = await stack.ask({ path: '/orders' });
    }
    assert.deepEqual(await claimsOf(seenHeader(seenIn(answer), 'authorization')[0]), {
      path: '/orders',
      via: 'HTTP/1.1',
    });
  });
}

const named: [name: string, filter: AuthzFilter, policy: string, allowed: boolean, code: string | undefined][] = [
  ['plain: allowed', plainFilter, 'special', true, undefined],
  ['envoy-gateway: allowed', envoyGatewayFilter, 'special', true, undefined],
  ['a name that no policy has', plainFilter, 'missing', true, 'route.unknown-policy'],
  ['a name where the configuration allows none', envoyGatewayFilter, 'special', false, 'route.policy-not-allowed'],
];

for (const [name, filter, policy, allowRoutePolicy, code] of named) {
  test(`the route names its policy, ${name}`, async () => {
    await using stack = await startStack({
      files: { 'general.yaml': hmacPolicy({ by: 'general' }), 'special.yaml': hmacPolicy({ by: 'special' }) },
      mintproc: {
        allowRoutePolicy,
        policies: [
          { name: 'general', file: 'general.yaml' },
          { name: 'special', file: 'special.yaml' },
        ],
        routes: [{ match: {}, policies: ['general'] }],
      },
      envoy(config) {
        withoutJwtAuthn(config);
        useExtAuthz(config, filter, { 'x-mintproc-policy': policy });
      },
    });
    const answer = await stack.ask({ headers: [['x-mintproc-policy', 'general']] });
    if (code === undefined) {
      assert.deepEqual(await claimsOf(seenHeader(seenIn(answer), 'authorization')[0]), { by: 'special' });
      return;
    }
    assert.deepEqual([answer.status, codeIn(answer), stack.seen.length], [500, code, 0]);
  });
}

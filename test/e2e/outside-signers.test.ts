/**
 * A key that a service holds, behind a real Envoy: signatures of 100 ms under load, and a service that fails.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { compactVerify, createLocalJWKSet } from 'jose';
import { freePort } from '../../demo/ports.ts';
import { seenHeader } from '../../demo/upstream.ts';
import type { FakeServer } from '../keys/outside/fake-server.ts';
import { FakeVault } from '../keys/outside/fake-vault.ts';
import { privateKeyFor } from '../keys/outside/service-keys.ts';
import { until } from '../serving/sidecar.ts';
import { ask, load } from './harness/client.ts';
import { withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';

const vault = new FakeVault();
vault.add('orders', 'ecdsa-p256', privateKeyFor('ES256'));

const claims = [
  { name: 'iss', value: 'here' },
  { name: 'sub', value: '#[attributes.headers.who]' },
];
const policy = JSON.stringify([
  {
    policyRef: { name: 'jwt-generation-flex' },
    config: { signingMethod: 'ES256', iat: true, exp: 300, nbf: 0, customClaims: claims, customHeaders: [] },
  },
]);

let service: FakeServer;
let stack: Stack;
let jwksPort: number;

before(async () => {
  service = await vault.start();
  jwksPort = await freePort();
  const vaultTransit = { address: service.origin, key: 'orders', token: { file: 'vault.token' } };
  stack = await startStack({
    files: { 'policy.yaml': policy, 'vault.token': 'token-1\n' },
    mintproc: {
      keys: { k: { vaultTransit, deadline: '10s' } },
      jwks: { listen: `127.0.0.1:${jwksPort}` },
      policies: [{ name: 'p', file: 'policy.yaml', key: 'k', reuse: { for: '6s', refreshAhead: '3s' } }],
      routes: [{ match: {}, policies: ['p'] }],
    },
    envoy: withoutJwtAuthn,
  });
});
after(async () => {
  await stack?.[Symbol.asyncDispose]();
  await service?.[Symbol.asyncDispose]();
});

function signatures(): number {
  return service.requests.filter(({ path }) => path.startsWith('/v1/transit/sign/')).length;
}

function lately(from: number): string[] {
  return stack.seen.slice(from).map((seen) => (seenHeader(seen, 'authorization')[0] ?? '').replace('Bearer ', ''));
}

test('signatures of 100 ms under load: in steady state no request waits', async (t) => {
  service.delay = 100;
  const question = (who: number) => ({ headers: [['who', `caller-${who}`]] as const });
  // The first request of each caller waits.
  await Promise.all(Array.from({ length: 10 }, (_, who) => ask(stack.port, question(who))));
  const made = signatures();
  const already = stack.seen.length;
  const times: number[] = [];
  const until = performance.now() + 8_000;
  await Promise.all(
    Array.from({ length: 10 }, async (_, who) => {
      while (performance.now() < until) {
        const began = performance.now();
        const { status } = await ask(stack.port, question(who));
        times.push(performance.now() - began);
        assert.equal(status, 200);
        await pause(5);
      }
    }),
  );
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): string => `${(sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(1)} ms`;
  const renewed = signatures() - made;
  t.diagnostic(
    `${times.length} requests, ${renewed} signatures; median ${at(0.5)}, 99 % ${at(0.99)}, longest ${at(1)}`,
  );
  assert.ok(renewed >= 10 && renewed <= 40, `${renewed} signatures`);
  const metrics = (await stack.admin('/metrics')).body;
  const [, misses] = /^mintproc_token_reuse_total\{policy="p",result="miss"\} (\d+)$/m.exec(metrics) ?? [];
  assert.equal(Number(misses), 10, 'a request waited for its token');
  const keys = JSON.parse((await ask(jwksPort, { path: '/.well-known/jwks.json' })).body);
  for (const token of new Set(lately(already))) await compactVerify(token, createLocalJWKSet(keys));
});

test('requests for one new token wait for one signature', async () => {
  const before = signatures();
  const statuses = await load({
    port: stack.port,
    requests: 50,
    connections: 50,
    question: { headers: [['who', 'together']] },
  });
  assert.deepEqual([...statuses], [[200, 50]]);
  assert.equal(signatures(), before + 1);
});

test('a request that is given up leaves the queue at once', async () => {
  service.faults = ['hang'];
  service.repeats = true;
  const figure = async (name: string): Promise<number> => {
    const value = new RegExp(`^${name}\\{key="[\\w-]+"\\} (\\d+)$`, 'm').exec(
      (await stack.admin('/metrics')).body,
    )?.[1];
    return Number(value ?? Number.NaN);
  };
  const clients = Array.from({ length: 70 }, (_, who) =>
    get({ port: stack.port, headers: { who: `leaving-${who}` }, agent: false }).on('error', () => undefined),
  );
  // 64 calls are made at a time.
  await until(async () => (await figure('mintproc_signer_queue')) === 6);
  for (const client of clients) client.destroy();
  await until(async () => (await figure('mintproc_signer_queue')) === 0);
  assert.doesNotMatch(
    (await stack.admin('/metrics')).body,
    /^mintproc_signer_errors_total\S* [1-9]/m,
    'no deadline has passed',
  );
  service.repeats = false;
  service.faults = [];
  // The calls that hang end with their connections.
  service.drop();
  await until(async () => (await stack.ask({ headers: [['who', 'afterwards']] })).status === 200);
});

test('a service that fails: refused explicitly, without a call when the circuit is open, and then well again', async () => {
  service.delay = 0;
  service.faults = [{ status: 403, body: '{}' }];
  service.repeats = true;
  const already = stack.seen.length;
  const codes: string[] = [];
  for (let who = 0; who < 10; who++) {
    const { status, body, headers } = await stack.ask({ headers: [['who', `failing-${who}`]] });
    codes.push(`${status} ${JSON.parse(body).error.code} ${headers['retry-after'] ?? ''}`.trim());
  }
  assert.deepEqual(codes, [...Array(5).fill('500 signer.denied'), ...Array(5).fill('503 signer.paused 1')]);
  assert.equal(stack.seen.length, already);
  assert.match((await stack.admin('/metrics')).body, /^mintproc_signer_circuit_open\{key="[\w-]+"\} 1$/m);
  service.repeats = false;
  service.faults = [];
  await pause(1_100);
  assert.equal((await stack.ask({ headers: [['who', 'later']] })).status, 200);
  assert.match((await stack.admin('/metrics')).body, /^mintproc_signer_circuit_open\{key="[\w-]+"\} 0$/m);
  assert.match(
    readFileSync(stack.sidecar.log, 'utf8'),
    /"code":"signer\.denied","message":"The service that holds a key failed repeatedly\./,
  );
});

/**
 * @module
 * What a scrape shows after a known number of requests.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { failing, hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';

let stack: Stack;
let samples: ReadonlyMap<string, number>;
before(async () => {
  stack = await startStack({
    files: { 'policy.yaml': hmacPolicy({ minted: failing }) },
    mintproc: {
      metrics: { byPolicy: true },
      policies: [
        { name: 'strict', file: 'policy.yaml' },
        { name: 'lenient', file: 'policy.yaml', onError: 'pass' },
      ],
      routes: [
        { match: { pathPrefix: '/strict' }, policies: ['strict'] },
        { match: { pathPrefix: '/lenient' }, policies: ['lenient'] },
      ],
    },
    envoy: withoutJwtAuthn,
  });
  for (const path of ['/strict', '/strict', '/strict?fail=yes', '/lenient?fail=yes', '/elsewhere']) {
    await stack.ask({ path });
  }
  const scrape = await stack.admin('/metrics');
  assert.match(scrape.headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
  const lines = scrape.body.matchAll(/^([^#\s]\S*) (\S+)$/gm);
  samples = new Map(Array.from(lines, ([, name = '', value]) => [name, Number(value)]));
});
after(() => stack?.[Symbol.asyncDispose]());

const expected: [sample: string, value: number][] = [
  ['mintproc_mints_total{policy="strict",outcome="minted"}', 2],
  ['mintproc_mints_total{policy="strict",outcome="refused"}', 1],
  ['mintproc_mints_total{policy="lenient",outcome="passed"}', 1],
  ['mintproc_unmatched_requests_total', 1],
  ['mintproc_request_seconds_count{outcome="forwarded"}', 3],
  ['mintproc_request_seconds_count{outcome="refused"}', 1],
  ['mintproc_policy_request_seconds_count{policy="strict",outcome="forwarded"}', 2],
  ['mintproc_policy_request_seconds_count{policy="strict",outcome="refused"}', 1],
  ['mintproc_mint_seconds_count{policy="strict",outcome="minted"}', 2],
  ['mintproc_mint_seconds_count{policy="strict",outcome="refused"}', 1],
  ['mintproc_mint_seconds_count{policy="lenient",outcome="passed"}', 1],
  ['mintproc_token_bytes_count{policy="strict"}', 2],
  ['mintproc_sign_seconds_count{algorithm="HS256"}', 2],
  ['mintproc_config_generation', 1],
  ['mintproc_in_flight', 0],
];
for (const [sample, value] of expected) {
  test(sample, () => assert.equal(samples.get(sample), value));
}

test('when Envoy asked last', () => {
  const at = samples.get('mintproc_last_request_timestamp_seconds') ?? 0;
  assert.ok(Math.abs(Date.now() / 1000 - at) < 60, String(at));
});

test('the time of a policy run is a part of its request’s time, and not all of it', () => {
  const sum = (name: string): number =>
    [...samples].reduce((total, [sample, value]) => total + (sample.startsWith(`${name}_sum{`) ? value : 0), 0);
  const [mint, request] = [sum('mintproc_mint_seconds'), sum('mintproc_request_seconds')];
  assert.ok(mint > 0 && mint < request, `${mint} of ${request}`);
});

test('the version is a metric', () => {
  const build = [...samples.keys()].filter((name) => name.startsWith('mintproc_build_info{'));
  assert.equal(build.length, 1);
});

for (const path of ['/healthz', '/readyz']) {
  test(`${path} answers 200`, async () => assert.equal((await stack.admin(path)).status, 200));
}

/**
 * @module
 * Policy and key are exchanged again and again, as the kubelet does it, while requests keep coming: none fails, and
 * every token verifies against the JWKS of its moment, and against one that a verifier fetched before the key began to
 * sign.
 *
 * At full size (2,000 requests a second, 100 exchanges): `MINTPROC_RATE=2000 MINTPROC_SWAPS=100 node --test
 * test/e2e/rotation.test.ts`.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { stringify } from 'yaml';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { freePort } from '../../demo/ports.ts';
import { publishVolume } from '../configuration/mounted-volume.ts';
import type { Answer } from './harness/client.ts';
import { withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';
import { startLoad } from './harness/steady-load.ts';

const rate = Number(process.env['MINTPROC_RATE'] ?? 200);
const swaps = Number(process.env['MINTPROC_SWAPS'] ?? 6);

/** Milliseconds. */
const publishAhead = 300;
const pause = 500;

function files(number: number): Record<string, string> {
  const customClaims = [
    { name: 'generation', value: String(number) },
    { name: 'n', value: "#[attributes.headers['x-number']]" },
  ];
  const config = { signingMethod: 'ES256', iat: true, exp: 300, nbf: 0, customClaims, customHeaders: [] };
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    'policy.yaml': stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]),
    'key.pem': String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

interface Fetched {
  readonly askedAt: number;
  readonly keys: ReadonlyMap<string, JWK>;
}

/** A verifier that asks for the set all the time. */
async function watchKeys(url: string, fetched: Fetched[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const askedAt = performance.now();
    const { keys } = (await (await fetch(url)).json()) as { keys: (JWK & { kid: string })[] };
    fetched.push({ askedAt, keys: new Map(keys.map((jwk) => [jwk.kid, jwk])) });
    await new Promise((next) => setTimeout(next, 15));
  }
}

interface Token {
  readonly text: string;
  /** When its answer was there. */
  readonly at: number;
}

async function judge(tokens: readonly Token[], fetched: readonly Fetched[]): Promise<{ readonly kids: number }> {
  const kids = new Set<string>();
  const keys = new Map<string, Awaited<ReturnType<typeof importJWK>>>();
  for (const { text, at } of tokens) {
    const kid = decodeProtectedHeader(text).kid ?? '';
    // A verifier that looks now, and one whose copy is as old as a new key's announcement (but for rounded clocks).
    const now = fetched.find(({ askedAt }) => askedAt >= at);
    const before = fetched.find(({ askedAt }) => askedAt >= at - publishAhead + 5);
    const jwk = now?.keys.get(kid);
    assert.ok(jwk, 'the JWKS of the moment has the key');
    assert.ok(before?.keys.has(kid), 'the JWKS of a while before has the key');
    const key = keys.get(kid) ?? (await importJWK(jwk, 'ES256'));
    keys.set(kid, key);
    await compactVerify(text, key);
    kids.add(kid);
  }
  return { kids: kids.size };
}

/** Envoy answers with what would go upstream: an upstream of this process would be what limits the rate. */
function answerWithToken(config: EnvoyConfig): void {
  const filters = [...config.connectionManager, 'http_filters'];
  const inlineCode = `function envoy_on_request(handle)
  handle:respond({ [":status"] = "200", ["x-token"] = handle:headers():get("authorization") or "none" }, "")
end`;
  const typeName = 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua';
  const lua = {
    name: 'envoy.filters.http.lua',
    typed_config: { '@type': typeName, default_source_code: { inline_string: inlineCode } },
  };
  const before = config.get(filters);
  if (!Array.isArray(before)) throw new TypeError('envoy.yaml has no list of filters');
  config.set(filters, [...before.slice(0, -1), lua, ...before.slice(-1)]);
}

async function generation(stack: Stack): Promise<number> {
  return JSON.parse((await stack.admin('/readyz')).body).generation;
}

test(`${swaps} exchanges of policy and key at ${rate} requests a second`, async (context) => {
  const volume = mkdtempSync(join(tmpdir(), 'mintproc-volume-'));
  after(() => rmSync(volume, { recursive: true }));
  const keyPort = await freePort();
  publishVolume(volume, files(0));
  await using stack = await startStack({
    mintproc: {
      policies: [{ name: 'p', file: join(volume, 'policy.yaml'), key: 'k' }],
      routes: [{ match: {}, policies: ['p'] }],
      keys: { k: { file: join(volume, 'key.pem') } },
      jwks: { listen: `127.0.0.1:${keyPort}`, publishAhead: `${publishAhead}ms` },
      reload: { settle: '20ms' },
    },
    envoy(config) {
      withoutJwtAuthn(config);
      answerWithToken(config);
    },
  });
  const fetched: Fetched[] = [];
  const end = new AbortController();
  const watching = watchKeys(`http://127.0.0.1:${keyPort}/.well-known/jwks.json`, fetched, end.signal);
  const tokens: Token[] = [];
  const failures: (number | undefined)[] = [];
  const onAnswer = (answer: Answer | undefined): void => {
    if (answer?.status !== 200) failures.push(answer?.status);
    else {
      const value = String(answer.headers['x-token']);
      tokens.push({ text: value.slice('Bearer '.length), at: performance.now() });
    }
  };
  const begin = performance.now();
  const load = startLoad(stack.port, rate, (number) => ({ headers: [['x-number', String(number)]] }), onAnswer);
  for (let swap = 1; swap <= swaps; swap++) {
    await new Promise((next) => setTimeout(next, pause));
    publishVolume(volume, files(swap));
    while ((await generation(stack)) < swap + 1) await new Promise((next) => setTimeout(next, 10));
  }
  // The last key signs once it has been published, and compiled before that.
  await new Promise((next) => setTimeout(next, 2 * pause));
  await load.stop();
  const seconds = (performance.now() - begin) / 1000;
  await new Promise((next) => setTimeout(next, 100));
  end.abort();
  await watching;
  assert.deepEqual(failures, []);
  const { kids } = await judge(tokens, fetched);
  const policies = new Set(tokens.map(({ text }) => decodeJwt(text)['generation'])).size;
  context.diagnostic(
    `${tokens.length} tokens in ${seconds.toFixed(1)} s (${Math.round(tokens.length / seconds)}/s), ${policies} policies, ` +
      `${kids} keys, ${fetched.length} looks at the JWKS, 0 failures`,
  );
  assert.equal(policies, swaps + 1);
  assert.equal(kids, swaps + 1);
  const log = readFileSync(stack.sidecar.log, 'utf8');
  const refusals = log.split('\n').filter((line) => line.includes('the last good one stays in force'));
  assert.deepEqual(refusals, []);
});

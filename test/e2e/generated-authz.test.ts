/**
 * @module
 * What `mintproc gen --filter ext_authz` writes for each platform, run by a real Envoy.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { jwtVerify } from 'jose';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { seenHeader } from '../../demo/upstream.ts';
import type { PlatformName } from '../../src/envoy/platforms.ts';
import { type Question, seenIn } from './harness/client.ts';
import { disabledPath } from './harness/generated-part.ts';
import { type GeneratedStack, type ListenKind, startGenerated } from './harness/generated-stack.ts';
import { askWithTrailers } from './harness/http2-upstream.ts';
import { publishedHeader, publishing } from './harness/published.ts';

const policy = `- policyRef: { name: jwt-generation-flex }
  config:
    signingMethod: RS256
    exp: 60
    customClaims:
      - { name: partner, value: "#[attributes.headers['x-partner']]" }
      - { name: from, value: "#[attributes.remoteAddress]" }
      - { name: who, value: "#[authentication.principal]" }
`;

const output = 'x-token';

interface Case {
  readonly platform: PlatformName;
  readonly listen: ListenKind;
  /** Where the caller comes from, of the token that Envoy verified. */
  readonly sources: readonly object[];
  /** The header that jwt_authn writes, which a client must not write. */
  readonly trusted: string;
  /** What the platform's own objects for callers' tokens say of the provider of jwt_authn. */
  readonly provider: Readonly<Record<string, unknown>>;
  /** Istio's interface removes neither trailers, nor copies of a client on other routes. */
  readonly removesEverywhere: boolean;
  /** Whether the values of a repeated header stay apart, so that a comma in one is no reason to refuse. */
  readonly encodesRaw: boolean;
}

const plain: Omit<Case, 'listen'> = {
  platform: 'envoy',
  sources: [{ from: 'payload_header' }, { from: 'jwt_authn' }],
  trusted: 'x-jwt-payload',
  provider: {},
  removesEverywhere: true,
  encodesRaw: true,
};
const gateway: Omit<Case, 'listen'> = {
  ...plain,
  platform: 'envoy-gateway',
  sources: [{ from: 'headers', principal: 'x-user' }],
  trusted: 'x-user',
  provider: { claim_to_headers: [{ claim_name: 'sub', header_name: 'x-user' }] },
  encodesRaw: false,
};
const cases: readonly Case[] = [
  { ...plain, listen: 'unix' },
  { ...plain, listen: 'tls' },
  {
    ...plain,
    platform: 'istio',
    listen: 'tcp',
    sources: [{ from: 'payload_header' }],
    provider: { forward_payload_header: 'x-jwt-payload' },
    removesEverywhere: false,
    encodesRaw: false,
  },
  { ...gateway, listen: 'unix' },
  { ...gateway, listen: 'tls' },
];

function completed(config: EnvoyConfig, provider: Case['provider']): void {
  if (Object.keys(provider).length === 0) return;
  const place = [...config.filter('envoy.filters.http.jwt_authn'), 'typed_config', 'providers', 'demo'];
  for (const [key, value] of Object.entries(provider)) config.set([...place, key], value);
}

for (const { platform, listen, sources, trusted, provider, removesEverywhere, encodesRaw } of cases) {
  describe(`${platform} over ${listen}`, () => {
    let stack: GeneratedStack;
    before(async () => {
      stack = await startGenerated({
        platform,
        filter: 'ext_authz',
        listen,
        caller: true,
        files: { 'policy.yaml': policy },
        envoy: (config) => completed(config, provider),
        mintproc: {
          ...(platform === 'istio' ? { allow: ['config.unprotected-listen'] } : {}),
          authentication: { sources },
          policies: [
            {
              name: 'p',
              file: 'policy.yaml',
              key: { file: 'partner.pem' },
              output: { header: output, prefix: '' },
              requireCaller: true,
            },
          ],
          routes: [{ match: {}, policies: ['p'] }],
        },
      });
    });
    after(() => stack?.[Symbol.asyncDispose]());

    function question(path: string, headers: Question['headers'] = []): Question {
      return { path, headers: [['authorization', `Bearer ${stack.credentials.token}`], ...headers] };
    }

    async function claimsOf(value: string | undefined): Promise<Readonly<Record<string, unknown>>> {
      return (await jwtVerify(value ?? '', stack.credentials.partner, { algorithms: ['RS256'] })).payload;
    }

    const payload = Buffer.from('{"sub":"mallory"}').toString('base64url');
    const spoofed = [
      [output, 'spoofed'],
      ['X-Token', 'spoofed'],
      ['x~token', 'spoofed'],
      [trusted, payload],
    ] as const;

    test('the token verifies, and names the caller whose token Envoy verified', async () => {
      const value = encodesRaw ? 'a,b' : 'a';
      const headers = [...spoofed, ['x-partner', value] as const];
      const seen = seenIn(await stack.ask(question('/orders/7', headers)));
      const values = seenHeader(seen, output);
      assert.equal(values.length, 1);
      const { who, from, partner } = await claimsOf(values[0]);
      assert.deepEqual([who, partner], ['alice', value]);
      assert.match(String(from), /^127\.0\.0\.1:\d+$/);
      assert.deepEqual(seenHeader(seen, 'x~token'), []);
      assert.ok(!seenHeader(seen, trusted).includes(payload));
    });

    test('a value with a comma is taken for what the client sent, or refused', async () => {
      const { status, body } = await stack.ask(question('/orders/7', [['x-partner', 'a,b']]));
      assert.equal(status, encodesRaw ? 200 : 400);
      assert.equal(body.includes('extproc.joined-header'), !encodesRaw);
    });

    test('without a token of a caller nothing arrives', async () => {
      const before = stack.upstream.count;
      assert.equal((await stack.ask({ path: '/orders/7', headers: spoofed })).status, 401);
      assert.equal(stack.upstream.count, before);
    });

    if (removesEverywhere) {
      test("where the filter is disabled, a client's own copies do not arrive either", async () => {
        const seen = seenIn(await stack.ask(question(disabledPath, spoofed)));
        for (const [name, value] of spoofed) assert.ok(!seenHeader(seen, name.toLowerCase()).includes(value), name);
        for (const name of [output, 'x~token']) assert.deepEqual(seenHeader(seen, name), []);
      });

      test('trailers do not arrive', async () => {
        const { headers = [] } = question('/orders/7');
        const given = { ':path': '/orders/7', ...Object.fromEntries(headers) };
        assert.deepEqual((await askWithTrailers(stack.port, given, { [output]: 'spoofed' })).trailers, []);
      });
    }

    test('without mintproc nothing arrives', async () => {
      const before = stack.upstream.count;
      stack.sidecar.signal('SIGKILL');
      await stack.sidecar.ended;
      for (let i = 0; i < 3; i++) assert.equal((await stack.ask(question('/orders/7', spoofed))).status, 403);
      assert.equal(stack.upstream.count, before);
    });
  });
}

const apigee = `<GenerateJWT name="Backend">
  <Algorithm>RS256</Algorithm>
  <PrivateKey><Value ref="private.key"/></PrivateKey>
  <Subject>backend</Subject>
  <ExpiresIn>60s</ExpiresIn>
  <OutputVariable>request.header.x-token</OutputVariable>
</GenerateJWT>`;

test('envoy-gateway: later filters find the variables where the note says', async () => {
  await using stack = await startGenerated({
    platform: 'envoy-gateway',
    filter: 'ext_authz',
    listen: 'unix',
    caller: false,
    files: { 'policy.xml': apigee },
    ...publishing('envoy.filters.http.ext_authz:mintproc', 'policy.xml'),
  });
  assert.deepEqual(seenHeader(seenIn(await stack.ask({ path: '/orders/7' })), publishedHeader), ['backend']);
});

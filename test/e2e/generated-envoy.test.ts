/**
 * @module
 * What `mintproc gen` writes, run by a real Envoy: the token arrives and verifies, a client's own copies do not, on no
 * route and not as trailers; without mintproc nothing passes; a burst does.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { jwtVerify } from 'jose';
import { seenHeader } from '../../demo/upstream.ts';
import { type PlatformName, platforms } from '../../src/envoy/platforms.ts';
import { type Question, seenIn } from './harness/client.ts';
import { disabledPath } from './harness/generated-part.ts';
import { type GeneratedOptions, type GeneratedStack, startGenerated } from './harness/generated-stack.ts';
import { askWithTrailers } from './harness/http2-upstream.ts';
import { publishing } from './harness/published.ts';

interface Case extends Omit<GeneratedOptions, 'platform'> {
  /** The header of the token. */
  readonly output: string;
  /** Claims that the token must have. */
  readonly claims: Readonly<Record<string, RegExp>>;
  /** Headers of a client that must not arrive where mintproc's filter is disabled. */
  readonly gone: readonly string[];
  /** The platforms; all but kgateway, if it is left out. */
  readonly on?: readonly PlatformName[];
}

const key = { file: 'partner.pem' };

const flex = `- policyRef: { name: jwt-generation-flex }
  config:
    signingMethod: RS256
    iat: true
    exp: 300
    nbf: 0
    customClaims:
      - { name: who, value: "#[authentication.principal]" }
      - { name: from, value: "#[attributes.remoteAddress]" }
    customHeaders: []
`;
const flexByHeaders = flex.replace(/ *- \{ name: from.*\n/, '');

const apigee = `<GenerateJWT name="Backend">
  <Algorithm>RS256</Algorithm>
  <PrivateKey><Value ref="private.key"/></PrivateKey>
  <Subject>backend</Subject>
  <AdditionalClaims>
    <Claim name="ip" ref="client.ip"/>
    <Claim name="route" ref="route.name"/>
  </AdditionalClaims>
  <ExpiresIn>60s</ExpiresIn>
  <OutputVariable>request.header.x-backend-token</OutputVariable>
</GenerateJWT>`;

const datapower = `- jwt-generate:
    version: 2.0.0
    iss-claim: request.headers.x-tenant
    exp-claim: 60
    jws-alg: RS256
    jws-crypto: backend
`;

const cases: Readonly<Record<string, Case>> = {
  'a Flex policy, the caller, a unix socket': {
    listen: 'unix',
    caller: true,
    files: { 'policy.yaml': flex },
    mintproc: { policies: [{ name: 'p', file: 'policy.yaml', key }], routes: [{ match: {}, policies: ['p'] }] },
    output: 'authorization',
    claims: { who: /^alice$/, from: /^127\.0\.0\.1:/ },
    gone: ['x-forwarded-client-cert'],
  },
  'an Apigee policy, no caller, TCP': {
    listen: 'tcp',
    caller: false,
    files: { 'policy.xml': apigee },
    ...publishing('mintproc', 'policy.xml'),
    output: 'x-backend-token',
    claims: { sub: /^backend$/, ip: /^127\.0\.0\.1$/, route: /^(?:all|orders)$/ },
    gone: ['x-backend-token', 'x.backend-token', 'x-forwarded-client-cert'],
  },
  'a DataPower policy, no caller, TLS with certificates of both': {
    listen: 'tls',
    caller: false,
    files: { 'policy.yaml': datapower },
    mintproc: {
      policies: [{ name: 'p', file: 'policy.yaml' }],
      keys: { backend: key },
      routes: [{ match: {}, policies: ['p'] }],
    },
    output: 'authorization',
    claims: { iss: /^tenant-1$/ },
    gone: ['authorization', 'x-forwarded-client-cert'],
    on: ['envoy', 'istio', 'envoy-gateway', 'kgateway'],
  },
  // kgateway sends no attributes, and connects to no unix socket.
  'a Flex policy, the caller, TCP': {
    listen: 'tcp',
    caller: true,
    files: { 'policy.yaml': flexByHeaders },
    mintproc: {
      authentication: { sources: [{ from: 'jwt_authn' }] },
      policies: [{ name: 'p', file: 'policy.yaml', key, output: { header: 'x-token', prefix: '' } }],
      routes: [{ match: {}, policies: ['p'] }],
    },
    output: 'x-token',
    claims: { who: /^alice$/ },
    gone: ['x-token', 'x_token', 'x-forwarded-client-cert'],
    on: ['kgateway'],
  },
  'the caller from headers': {
    listen: 'unix',
    caller: false,
    files: { 'policy.yaml': flexByHeaders },
    mintproc: {
      authentication: { sources: [{ from: 'headers', principal: 'X-User' }] },
      policies: [{ name: 'p', file: 'policy.yaml', key, output: { header: 'x-token', prefix: '' } }],
      routes: [{ match: {}, policies: ['p'] }],
    },
    output: 'x-token',
    claims: {},
    gone: ['x-user', 'x-token', 'x~token'],
  },
};

/** Envoy's default limit of requests to a cluster is 1024. */
const burst = 1100;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const giveUp = Date.now() + 20_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < giveUp, 'the requests are not in flight');
    await pause(50);
  }
}

/** The trailers that arrive: kgateway has no filter that removes them, so mintproc removes those of the token. */
const trailersLeft: Partial<Record<PlatformName, readonly string[]>> = { kgateway: ['x-sum'] };
const others: readonly PlatformName[] = ['envoy', 'istio', 'envoy-gateway'];

const names = Object.keys(platforms) as PlatformName[];
for (const platform of names) {
  for (const [name, { output, claims, gone, on = others, ...options }] of Object.entries(cases)) {
    if (!on.includes(platform)) continue;
    describe(`${platform}: ${name}`, () => {
      let stack: GeneratedStack;
      before(async () => {
        stack = await startGenerated({ ...options, platform });
      });
      after(() => stack?.[Symbol.asyncDispose]());

      function question(path: string, headers: Question['headers'] = []): Question {
        const own = [['x-tenant', 'tenant-1'] as const];
        const token = [['authorization', `Bearer ${stack.credentials.token}`] as const];
        return { path, headers: [...own, ...(options.caller ? token : []), ...headers] };
      }

      async function verified(value: string): Promise<Readonly<Record<string, unknown>>> {
        const token = value.replace(/^Bearer /, '');
        return (await jwtVerify(token, stack.credentials.partner, { algorithms: ['RS256'] })).payload;
      }

      test('a request gets a token that verifies', async () => {
        const values = seenHeader(seenIn(await stack.ask(question('/orders/7'))), output);
        assert.equal(values.length, 1);
        const payload = await verified(values[0] ?? '');
        for (const [claim, expected] of Object.entries(claims)) assert.match(String(payload[claim]), expected, claim);
      });

      test("a client's own copies do not arrive beside it, and name no caller", async () => {
        const spoofed = gone.map((header) => [header.toUpperCase(), 'spoofed'] as const);
        const seen = seenIn(await stack.ask(question('/orders/7', spoofed)));
        for (const header of gone.filter((one) => one !== output)) assert.deepEqual(seenHeader(seen, header), []);
        const [value = '', ...more] = seenHeader(seen, output);
        assert.deepEqual(more, []);
        assert.doesNotMatch(JSON.stringify(await verified(value)), /spoofed/);
      });

      test('where the filter is disabled, they do not arrive either', async () => {
        const spoofed = gone.map((header) => [header, 'spoofed'] as const);
        const seen = seenIn(await stack.ask(question(disabledPath, spoofed)));
        for (const header of gone) assert.deepEqual(seenHeader(seen, header), [], header);
        assert.equal(seenHeader(seen, 'x-tenant').length, 1);
      });

      test('an address that the client writes does not count', async () => {
        const seen = seenIn(await stack.ask(question('/orders/7', [['x-forwarded-for', '203.0.113.9']])));
        const payload = await verified(seenHeader(seen, output)[0] ?? '');
        assert.doesNotMatch(JSON.stringify(payload), /203\.0\.113/);
      });

      test('trailers do not arrive', async () => {
        const { headers = [] } = question('/orders/7');
        const given = { ':path': '/orders/7', ...Object.fromEntries(headers) };
        const seen = await askWithTrailers(stack.port, given, { [output]: 'spoofed', 'x-sum': '1' });
        assert.deepEqual(seen.trailers, trailersLeft[platform] ?? []);
        await verified(seenHeader(seen, output)[0] ?? '');
      });

      test('paths of two spellings do not arrive', async () => {
        assert.equal((await stack.ask(question('/orders%2f7'))).status, 400);
        assert.equal(seenIn(await stack.ask(question('/x/..//orders/7'))).url, '/orders/7');
      });

      if ('publishVariables' in options.mintproc) {
        test('later filters get the variables that the policy set', async () => {
          assert.deepEqual(seenHeader(seenIn(await stack.ask(question('/orders/7'))), 'x-published'), ['backend']);
        });
      }

      // Once for each platform is enough.
      if (options.caller) {
        test('a burst of more than 1024 requests arrives', async () => {
          const before = stack.upstream.count;
          // All requests are in flight while mintproc is stopped.
          stack.sidecar.signal('SIGSTOP');
          const answers = Array.from({ length: burst }, () => stack.ask(question('/orders/7')));
          await until(async () => (await stack.stat('http.callers.downstream_rq_active')) >= burst);
          stack.sidecar.signal('SIGCONT');
          const statuses = new Set((await Promise.all(answers)).map(({ status }) => status));
          assert.deepEqual([...statuses], [200]);
          assert.equal(stack.upstream.count, before + burst);
        });
      }

      test('without mintproc nothing arrives', async () => {
        const before = stack.upstream.count;
        stack.sidecar.signal('SIGKILL');
        await stack.sidecar.ended;
        for (let i = 0; i < 3; i++) {
          const { status } = await stack.ask(question('/orders/7', [[output, 'spoofed']]));
          assert.ok(status === 500 || (options.caller && status === 401), String(status));
        }
        assert.equal(stack.upstream.count, before);
      });
    });
  }
}

/**
 * @module
 * What `mintproc gen envoy --filter ext_authz` writes, run by a real Envoy.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { jwtVerify } from 'jose';
import { seenHeader } from '../../demo/upstream.ts';
import { type Question, seenIn } from './harness/client.ts';
import { disabledPath } from './harness/generated-part.ts';
import { type GeneratedStack, type ListenKind, startGenerated } from './harness/generated-stack.ts';
import { askWithTrailers } from './harness/http2-upstream.ts';

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

for (const listen of ['unix', 'tls'] as const satisfies readonly ListenKind[]) {
  describe(`over ${listen}`, () => {
    let stack: GeneratedStack;
    before(async () => {
      stack = await startGenerated({
        platform: 'envoy',
        filter: 'ext_authz',
        listen,
        caller: true,
        files: { 'policy.yaml': policy },
        mintproc: {
          authentication: { sources: [{ from: 'payload_header' }, { from: 'jwt_authn' }] },
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
      ['x-jwt-payload', payload],
    ] as const;

    test('the token verifies, and names the caller whose token Envoy verified', async () => {
      const headers = [...spoofed, ['x-partner', 'a,b'] as const];
      const seen = seenIn(await stack.ask(question('/orders/7', headers)));
      const values = seenHeader(seen, output);
      assert.equal(values.length, 1);
      const { who, from, partner } = await claimsOf(values[0]);
      assert.deepEqual([who, partner], ['alice', 'a,b']);
      assert.match(String(from), /^127\.0\.0\.1:\d+$/);
      for (const name of ['x~token', 'x-jwt-payload']) assert.deepEqual(seenHeader(seen, name), []);
    });

    test("where the filter is disabled, a client's own copies do not arrive either", async () => {
      const seen = seenIn(await stack.ask(question(disabledPath, spoofed)));
      for (const [name] of spoofed) assert.deepEqual(seenHeader(seen, name.toLowerCase()), [], name);
    });

    test('trailers do not arrive', async () => {
      const { headers = [] } = question('/orders/7');
      const given = { ':path': '/orders/7', ...Object.fromEntries(headers) };
      assert.deepEqual((await askWithTrailers(stack.port, given, { [output]: 'spoofed' })).trailers, []);
    });

    test('without mintproc nothing arrives', async () => {
      const before = stack.upstream.count;
      stack.sidecar.signal('SIGKILL');
      await stack.sidecar.ended;
      for (let i = 0; i < 3; i++) assert.equal((await stack.ask(question('/orders/7', spoofed))).status, 403);
      assert.equal(stack.upstream.count, before);
    });
  });
}

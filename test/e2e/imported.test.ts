/**
 * @module
 * From a vendor's export to a token behind a real Envoy: the folder that `mintproc import` writes, with its key.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { jwtVerify } from 'jose';
import { parse } from 'yaml';
import { seenHeader } from '../../demo/upstream.ts';
import { runCommand } from '../cli/captured-terminal.ts';
import { type Question, seenIn } from './harness/client.ts';
import { type GeneratedStack, startGenerated } from './harness/generated-stack.ts';

const exportsFolder = join(import.meta.dirname, '../migration/exports');

interface Case {
  /** Whether jwt_authn verifies the caller. */
  readonly caller: boolean;
  readonly path: string;
  /** A path that got no token on the gateway. */
  readonly outside: string;
  readonly claims: Readonly<Record<string, string>>;
}

const cases: Readonly<Record<string, Case>> = {
  apigee: {
    caller: true,
    path: '/v1/orders/7/items',
    outside: '/v1/orders/7',
    claims: { sub: 'alice', iss: 'https://gateway.example.com', aud: 'orders-backend' },
  },
  flex: { caller: true, path: '/customers/v2/7', outside: '/customers/v1/7', claims: { sub: 'partner-42' } },
  datapower: { caller: false, path: '/invoices/7/lines', outside: '/invoices', claims: { iss: 'issuer-1' } },
};

const folder = mkdtempSync(join(tmpdir(), 'mintproc-imported-'));
after(() => rmSync(folder, { recursive: true }));

for (const [name, { caller, path, outside, claims }] of Object.entries(cases)) {
  describe(`an export of ${name}`, () => {
    let stack: GeneratedStack;
    before(async () => {
      const out = join(folder, name);
      const { code, errors } = await runCommand(['import', join(exportsFolder, name), '--out', out]);
      assert.ok(code < 2, errors);
      // The harness has one key, beside the configuration.
      const text = readFileSync(join(out, 'mintproc.yaml'), 'utf8').replace(/keys\/[\w.-]+/g, 'partner.pem');
      const policies = readdirSync(join(out, 'policies')).map((file) => join('policies', file));
      const files = Object.fromEntries(policies.map((file) => [file, readFileSync(join(out, file), 'utf8')]));
      stack = await startGenerated({ platform: 'envoy', mintproc: parse(text), files, listen: 'tcp', caller });
    });
    after(() => stack?.[Symbol.asyncDispose]());

    function question(at: string): Question {
      const token = caller ? [['authorization', `Bearer ${stack.credentials.token}`] as const] : [];
      return { path: at, headers: [['iss', 'issuer-1'], ['aud', 'a'], ...token] };
    }

    test('a request gets the token', async () => {
      const [value = '', ...more] = seenHeader(seenIn(await stack.ask(question(path))), 'authorization');
      assert.deepEqual(more, []);
      const token = value.replace(/^Bearer /, '');
      const { payload } = await jwtVerify(token, stack.credentials.partner, { algorithms: ['RS256'] });
      for (const [claim, expected] of Object.entries(claims)) assert.equal(payload[claim], expected);
    });

    test('a request that got none on the gateway is refused', async () => {
      assert.equal((await stack.ask(question(outside))).status, 404);
    });
  });
}

/**
 * @module
 * The folder that `mintproc init` writes, behind a real Envoy: its key signs, and its Envoy part brings the caller.
 */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { jwtVerify } from 'jose';
import { parse } from 'yaml';
import { seenHeader } from '../../demo/upstream.ts';
import { dialectNames } from '../../src/cli/init/answers.ts';
import { runCommand } from '../cli/captured-terminal.ts';
import { seenIn } from './harness/client.ts';
import { type GeneratedStack, startGenerated } from './harness/generated-stack.ts';

const home = mkdtempSync(join(tmpdir(), 'mintproc-initialised-'));
after(() => rmSync(home, { recursive: true }));

for (const dialect of dialectNames) {
  for (const caller of ['none', 'jwt_authn'] as const) {
    describe(`${dialect}, callers authenticated by ${caller}`, () => {
      const folder = join(home, `${dialect}-${caller}`);
      let stack: GeneratedStack;
      before(async () => {
        const { code, errors } = await runCommand(['init', folder, '--dialect', dialect, '--caller', caller]);
        assert.equal(code, 0, errors);
        const names = ['policies', 'keys'].flatMap((name) =>
          readdirSync(join(folder, name)).map((file) => join(name, file)),
        );
        stack = await startGenerated({
          platform: 'envoy',
          mintproc: parse(readFileSync(join(folder, 'mintproc.yaml'), 'utf8')),
          files: Object.fromEntries(names.map((file) => [file, readFileSync(join(folder, file), 'utf8')])),
          listen: 'tcp',
          caller: caller === 'jwt_authn',
        });
      });
      after(() => stack?.[Symbol.asyncDispose]());

      test('a request gets a token of the new key', async () => {
        const headers = caller === 'none' ? [] : [['authorization', `Bearer ${stack.credentials.token}`] as const];
        const [value = '', ...more] = seenHeader(
          seenIn(await stack.ask({ path: '/orders/7', headers })),
          'authorization',
        );
        assert.deepEqual(more, []);
        const key = createPublicKey(readFileSync(join(folder, 'keys', 'backend-token.pem')));
        const { payload } = await jwtVerify(value.replace(/^Bearer /, ''), key, {
          algorithms: ['RS256'],
          issuer: 'https://gateway.example.com',
          audience: 'backend',
        });
        assert.equal(payload.sub, caller === 'none' ? undefined : 'alice');
      });

      test('a request with a token of its own', async () => {
        const headers = [['authorization', 'Bearer spoofed'] as const];
        const answer = await stack.ask({ path: '/orders/7', headers });
        if (caller === 'jwt_authn') assert.equal(answer.status, 401);
        else assert.doesNotMatch(String(seenHeader(seenIn(answer), 'authorization')), /spoofed/);
      });
    });
  }
}

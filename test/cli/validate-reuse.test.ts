import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { flexPolicy } from '../configuration/memory-files.ts';
import { runCommand, writeFiles } from './captured-terminal.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
const es256 = (claims: Readonly<Record<string, string>>): string =>
  flexPolicy(claims, pem).replace('"HS256"', '"ES256"');

const shown: readonly [name: string, policy: string, entry: string, line: string][] = [
  ['a signature that costs', es256({ sub: 'x' }), '', 'tokens are reused within their second'],
  [
    'HMAC',
    flexPolicy({ sub: 'x' }),
    '',
    'each request has a token of its own making: a signature takes microseconds; write `reuse: true` to reuse its tokens',
  ],
  [
    'uuid()',
    es256({ jti: '#[uuid()]' }),
    '',
    'each request has a token of its own making: `jti` is new for each token',
  ],
  [
    'switched off',
    es256({ sub: 'x' }),
    'reuse: false',
    'each request has a token of its own making: the entry says so',
  ],
  [
    'for a while',
    es256({ sub: 'x' }),
    'reuse: { for: 30s }',
    'tokens are reused for 30 s, until 10 s before they expire',
  ],
];

for (const [name, policy, entry, line] of shown) {
  test(`validate says whether tokens are reused: ${name}`, async () => {
    const configuration = `policies: [{ name: p, file: p.yaml, ${entry} }]\nroutes: [{ match: {}, policies: [p] }]\n`;
    const files = writeFiles({ 'p.yaml': policy, 'mintproc.yaml': configuration });
    const { code, out } = await runCommand(['validate', files['mintproc.yaml']]);
    assert.equal(code, 0);
    assert.ok(out.endsWith(`  p: ${line}\n`), out);
    const json = await runCommand(['validate', files['mintproc.yaml'], '--format', 'json']);
    assert.deepEqual(JSON.parse(json.out).files[0].policies, [
      { name: 'p', dialect: 'flex', requireCaller: false, reuse: line },
    ]);
  });
}

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { flexPolicy } from '../configuration/memory-files.ts';
import { runCommand, writeFiles } from './captured-terminal.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
const es256 = (claims: Readonly<Record<string, string>>): string =>
  flexPolicy(claims, pem).replace('"HS256"', '"ES256"');

const shown: readonly [name: string, policy: string, entry: string, line: string, inEnvoy?: string][] = [
  ['a signature that costs', es256({ sub: 'x' }), '', 'tokens are reused within the second they were issued in'],
  [
    'HMAC',
    flexPolicy({ sub: 'x' }),
    '',
    'a new token is minted for every request: a signature takes microseconds; write `reuse: true` to reuse its tokens',
  ],
  ['uuid()', es256({ jti: '#[uuid()]' }), '', 'a new token is minted for every request: `jti` is new for each token'],
  [
    'switched off',
    es256({ sub: 'x' }),
    'reuse: false',
    'a new token is minted for every request: the entry has `reuse: false`',
  ],
  [
    'for a while',
    es256({ sub: 'x' }),
    'reuse: { for: 30s }',
    'tokens are reused for 30 s, until 10 s before they expire',
    'Envoy may keep them for 5 s (`gen envoy --reuse-in-envoy`)',
  ],
  [
    'for less than Envoy may by default',
    es256({ sub: 'x' }),
    'reuse: { for: 2s }',
    'tokens are reused for 2 s, until 10 s before they expire',
    'Envoy may keep them for 2 s (`gen envoy --reuse-in-envoy`)',
  ],
  [
    'for as long as Envoy might',
    es256({ sub: 'x' }),
    'reuse: { for: 30s, inEnvoy: 30s }',
    'tokens are reused for 30 s, until 10 s before they expire',
    'Envoy may keep them for 30 s (`gen envoy --reuse-in-envoy`)',
  ],
  [
    'not in Envoy',
    es256({ sub: 'x' }),
    'reuse: { for: 30s, inEnvoy: 0s }',
    'tokens are reused for 30 s, until 10 s before they expire',
  ],
  [
    'what a key cannot hold',
    es256({ sub: '#[attributes.remoteAddress]' }),
    'reuse: { for: 30s }',
    'tokens are reused for 30 s, until 10 s before they expire',
  ],
  [
    'a file',
    es256({ sub: 'x' }).replace('"exp":0', '"exp":60'),
    'sds: { file: p.json }',
    'tokens are reused within the second they were issued in',
    'Envoy has its token from a file (`sds`)',
  ],
];

for (const [name, policy, entry, line, inEnvoy] of shown) {
  test(`validate says whether tokens are reused: ${name}`, async () => {
    const configuration = `policies: [{ name: p, file: p.yaml, ${entry} }]\nroutes: [{ match: {}, policies: [p] }]\n`;
    const files = writeFiles({ 'p.yaml': policy, 'mintproc.yaml': configuration });
    const { code, out } = await runCommand(['validate', files['mintproc.yaml']]);
    assert.equal(code, 0);
    const facts = inEnvoy === undefined ? line : `${line}; ${inEnvoy}`;
    assert.ok(out.endsWith(`  p: ${facts}\n`), out);
    const json = await runCommand(['validate', files['mintproc.yaml'], '--format', 'json']);
    assert.deepEqual(JSON.parse(json.out).files[0].policies, [
      { name: 'p', dialect: 'flex', requireCaller: false, reuse: line, ...(inEnvoy === undefined ? {} : { inEnvoy }) },
    ]);
  });
}

const longer: readonly [name: string, entry: string, problems: readonly string[]][] = [
  ['longer', 'reuse: { for: 30s, inEnvoy: 31s }', ['config.no-effect 1:65']],
  ['equal', 'reuse: { for: 30s, inEnvoy: 30s }', []],
  ['longer by default only', 'reuse: { for: 4s }', []],
];

for (const [name, entry, expected] of longer) {
  test(`validate warns of an inEnvoy that is longer than for: ${name}`, async () => {
    const configuration = `policies: [{ name: p, file: p.yaml, ${entry} }]\nroutes: [{ match: {}, policies: [p] }]\n`;
    const files = writeFiles({ 'p.yaml': es256({ sub: 'x' }), 'mintproc.yaml': configuration });
    const { code, out } = await runCommand(['validate', files['mintproc.yaml'], '--format', 'json']);
    assert.equal(code, 0);
    const { problems } = JSON.parse(out).files[0];
    assert.deepEqual(
      problems
        .filter(({ severity }: { severity: string }) => severity === 'warning')
        .map((one: { code: string; line: number; column: number }) => `${one.code} ${one.line}:${one.column}`),
      expected,
    );
  });
}

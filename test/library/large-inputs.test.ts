/**
 * What the user of a program makes large: an answer with a code, at the limits of a request behind Envoy, and no throw.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { largestFile } from '../../src/configuration/files.ts';
import type { JsonValue, LoadedPolicy, RequestInput } from '../../src/library/interface.ts';
import { loadConfiguration, loadPolicy } from '../../src/library/mintproc.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-library-'));
after(() => rmSync(folder, { recursive: true }));

const policyText = `- policyRef: { name: jwt-generation-flex }
  config:
    { signingMethod: HS256, exp: 300, customClaims: [{ name: sub, value: "#[authentication.properties.sub]" }] }
`;
const key = { text: '0123456789abcdef0123456789abcdef' };
writeFileSync(join(folder, 'partner.yaml'), policyText);

function configurationFile(name: string, limits: object): string {
  const file = join(folder, name);
  const policies = [{ name: 'partner', file: 'partner.yaml', key, output: { header: 'x-token', prefix: 'P ' } }];
  writeFileSync(file, JSON.stringify({ policies, routes: [{ match: {}, policies: ['partner'] }], limits }));
  return file;
}

async function policyOf(options: object): Promise<LoadedPolicy> {
  const loaded = await loadPolicy('partner', options);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ text }) => text).join('\n'));
  return loaded;
}

const roomy = await policyOf({ configuration: configurationFile('roomy.yaml', { tokenBytes: 1_048_576 }) });
const at = '2026-01-01T00:00:00Z';
const caller = (sub: JsonValue): RequestInput => ({ caller: { claims: { sub } } });

async function codeOf(policy: LoadedPolicy, request: RequestInput): Promise<string | undefined> {
  const answer = await policy.mint(request, { at });
  return answer.ok ? 'minted' : answer.error.code;
}

test('a token as long as `tokenBytes`, and one that is longer by a byte', async () => {
  const minted = await roomy.mint(caller('x'.repeat(3000)), { at });
  assert.ok(minted.ok);
  const bytes = minted.output.value.length;
  const exact = await policyOf({ configuration: configurationFile('exact.yaml', { tokenBytes: bytes }) });
  assert.equal(await codeOf(exact, caller('x'.repeat(3000))), 'minted');
  const less = await policyOf({ configuration: configurationFile('less.yaml', { tokenBytes: bytes - 1 }) });
  assert.equal(await codeOf(less, caller('x'.repeat(3000))), 'mint.token-too-large');
});

test('without a configuration, the defaults of its limits hold', async () => {
  const loaded = await loadPolicy({ text: policyText }, { entry: { key } });
  assert.ok(loaded.ok);
  assert.equal(await codeOf(loaded, caller('x'.repeat(12_000))), 'minted');
  assert.equal(await codeOf(loaded, caller('x'.repeat(13_000))), 'mint.token-too-large');
});

/** The headers of a request, besides the four pseudo-headers. */
const headers = (count: number): RequestInput => ({
  request: { headers: { a: Array.from({ length: count }, String) } },
});

const exceeding: [name: string, request: RequestInput, code: string][] = [
  ['as many headers as may be', headers(996), 'minted'],
  ['one header more', headers(997), 'extproc.too-many-headers'],
  ['large headers', { request: { headers: { a: 'x'.repeat(262_144) } } }, 'extproc.headers-too-large'],
  ['metadata that is too deep', caller(nested(40)), 'extproc.metadata-too-deep'],
  ['a token of more than a mebibyte', caller('x'.repeat(1_000_000)), 'mint.token-too-large'],
];

function nested(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

for (const [name, request, code] of exceeding) {
  test(`one policy: ${name}`, async () => assert.equal(await codeOf(roomy, request), code));
}

/** A request of so many bytes of JSON, of two bytes a character. */
function requestOf(bytes: number): RequestInput {
  const without = Buffer.byteLength(JSON.stringify(caller('')));
  const text = 'é'.repeat(Math.floor((bytes - without) / 2)) + 'x'.repeat((bytes - without) % 2);
  const request = caller(text);
  assert.equal(Buffer.byteLength(JSON.stringify(request)), bytes);
  return request;
}

for (const [bytes, byPolicy, byRoutes] of [
  [largestFile, 'mint.token-too-large', 'refuse'],
  [largestFile + 1, 'trial.too-large', 'unusable'],
] as const) {
  test(`a request of ${bytes} bytes: ${byPolicy}`, async () => {
    const configuration = await loadConfiguration(configurationFile('whole.yaml', {}));
    assert.ok(configuration.ok);
    const request = requestOf(bytes);
    assert.equal(await codeOf(roomy, request), byPolicy);
    assert.equal((await configuration.request(request, { at })).outcome, byRoutes);
  });
}

for (const [bytes, code] of [
  [largestFile, undefined],
  [largestFile + 1, 'config.unreadable-file'],
] as const) {
  test(`a policy of ${bytes} bytes of text: ${code ?? 'loaded'}`, async () => {
    const text = policyText + ' '.repeat(bytes - policyText.length);
    const loaded = await loadPolicy({ text }, { entry: { key } });
    assert.equal(loaded.ok ? undefined : loaded.problems[0]?.code, code);
  });
}

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AsyncFiles } from '../../../src/configuration/reload/async-files.ts';
import { heldKey } from '../../../src/keys/held-key.ts';
import { publishedJwk } from '../../../src/keys/key-set.ts';
import { readPath } from '../../../src/publishing/publisher/key-paths.ts';
import { Authority } from '../../net/made-certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-paths-'));
after(() => rmSync(folder, { recursive: true }));

const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const privatePem = String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
const publicPem = String(pair.publicKey.export({ type: 'spki', format: 'pem' }));
const { thumbprint = '' } = heldKey(pair.publicKey);
const jwk = publishedJwk(heldKey(pair.publicKey, { kid: 'k' }), new Set(['ES256']));
const authority = new Authority();
const { certificate } = authority.leaf([['DNS', 'a.b']], {});
const authorityCertificate = authority.leaf([['DNS', 'a.b']], { ca: true }).certificate;
const secp = generateKeyPairSync('ec', { namedCurve: 'secp224r1' }).publicKey.export({ type: 'spki', format: 'pem' });

const files: readonly [name: string, text: string, keys: readonly string[] | 'one' | undefined, objection: RegExp][] = [
  ['public.pem', publicPem, [thumbprint], /^$/],
  ['a-jwk.json', JSON.stringify(jwk), ['k'], /^$/],
  ['a-set.json', JSON.stringify({ keys: [jwk] }), ['k'], /^$/],
  ['leaf.crt', certificate, 'one', /^$/],
  ['chain.crt', certificate + authorityCertificate, 'one', /^$/],
  ['authority.crt', authorityCertificate, 'one', /^$/],
  ['private.pem', privatePem, undefined, /has a private key, and is not used/],
  ['both.pem', publicPem + privatePem, undefined, /has a private key, and is not used/],
  ['text.pem', 'no key', undefined, /no public key or certificate in PEM/],
  ['broken.pem', publicPem.replace(/.{9}\n-----END/, 'AAAA\n-----END'), undefined, /damaged/],
  ['curve.pem', String(secp), undefined, /No JWK set can hold the key/],
  ['text.json', '{', undefined, /neither a JWK set nor a JWK/],
];

for (const [name, text, keys, objection] of files) {
  test(`the file ${name}`, async () => {
    const path = join(folder, name);
    writeFileSync(path, text);
    const [sight, second] = await readPath(path, new AsyncFiles());
    assert.ok(sight !== undefined && second === undefined);
    assert.match(sight.objections.join(' '), objection);
    const found = sight.keys?.map(({ held }) => held.kid);
    if (keys === 'one') assert.equal(found?.length, 1);
    else assert.deepEqual(found, keys);
  });
}

test('a certificate is published with its chain', async () => {
  const [sight] = await readPath(join(folder, 'chain.crt'), new AsyncFiles());
  const [key] = sight?.keys ?? [];
  assert.equal(key?.held.certificates.length, 2);
  assert.equal(key.held.kid, key.held.thumbprint);
  assert.ok(publishedJwk(key.held, key.algorithms)?.['x5t#S256'] !== undefined);
});

test('a folder as cert-manager mounts it: the certificate is taken, and the private key is reported', async () => {
  const place = join(folder, 'mounted');
  mkdirSync(place);
  const inside = { 'tls.crt': certificate, 'tls.key': privatePem, 'ca.crt': authorityCertificate, '.hidden.pem': 'x' };
  for (const [name, text] of Object.entries({ ...inside, 'README.md': 'x', 'old.pem~': 'x' })) {
    writeFileSync(join(place, name), text);
  }
  const sights = await readPath(place, new AsyncFiles());
  assert.deepEqual(
    sights.map(({ from }) => from),
    [place, join(place, 'tls.crt')],
  );
  assert.match(sights[0]?.objections.join(' ') ?? '', /has a private key \(\*\.key\), which is not read/);
  assert.equal(sights[1]?.keys?.length, 1);
});

test('the certificate of an authority in a folder is not taken', async () => {
  const place = join(folder, 'authorities');
  mkdirSync(place);
  writeFileSync(join(place, 'a.crt'), authorityCertificate);
  const [sight] = await readPath(place, new AsyncFiles());
  assert.equal(sight?.keys, undefined);
  assert.match(sight?.objections.join(' ') ?? '', /Name the file itself if it signs tokens/);
});

test('an empty folder and a missing file are reported', async () => {
  const place = join(folder, 'empty');
  mkdirSync(place);
  const [empty] = await readPath(place, new AsyncFiles());
  assert.match(empty?.objections.join(' ') ?? '', /no file with a public key/);
  const [missing] = await readPath(join(folder, 'missing'), new AsyncFiles());
  assert.deepEqual([missing?.keys, missing?.objections], [undefined, ['The file does not exist.']]);
});

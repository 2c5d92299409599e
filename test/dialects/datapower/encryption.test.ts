/**
 * @module
 * Every jwe-alg with every jwe-enc, with and without a signed token inside. jwcrypto decrypts the tokens; jose and
 * PyJWT verify the inner ones.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactVerify } from 'jose';
import { contentEncryptions } from '../../../src/jose/content-encryption.ts';
import { decryptWithJwcrypto, verifyWithPyJwt } from '../../e2e/harness/python-tools.ts';
import { outcomeOf, ownKey, secret } from './conformance-case.ts';

const directKeys: Readonly<Record<string, string>> = {
  'A128CBC-HS256': 'bytes32',
  'A192CBC-HS384': 'bytes48',
  'A256CBC-HS512': 'bytes64',
  A128GCM: 'bytes16',
  A192GCM: 'bytes24',
  A256GCM: 'bytes32',
};

const managements: Readonly<Record<string, (enc: string) => string>> = {
  RSA1_5: () => 'rsa.recipient',
  'RSA-OAEP': () => 'rsa.recipient',
  'RSA-OAEP-256': () => 'rsa.recipient',
  dir: (enc) => directKeys[enc] ?? '',
  A128KW: () => 'bytes16',
  A192KW: () => 'bytes24',
  A256KW: () => 'bytes32',
};

interface Example {
  readonly alg: string;
  readonly enc: string;
  readonly nested: boolean;
}

const examples: readonly Example[] = Object.keys(managements).flatMap((alg) =>
  [...contentEncryptions.keys()].flatMap((enc) => [true, false].map((nested) => ({ alg, enc, nested }))),
);

function mint({ alg, enc, nested }: Example): string {
  const unsigned = nested ? {} : { 'jws-alg': null, 'jws-crypto': null };
  const { problems, decision } = outcomeOf({
    name: alg,
    properties: { ...unsigned, 'jwe-alg': alg, 'jwe-enc': enc, 'jwe-jwk': managements[alg]?.(enc) ?? '' },
  });
  assert.deepEqual(problems, alg === 'RSA1_5' ? ['warning jose.rsa1-5'] : []);
  assert.equal(decision?.kind, 'forward', JSON.stringify(decision));
  return decision.set[0]?.[1].slice('Bearer '.length) ?? '';
}

const claims = { iss: 'issuer', exp: 1_700_003_600, iat: 1_700_000_000 };

test('every key management with every content encryption, with and without a signed token inside', async () => {
  const tokens = examples.map((example) => ({
    token: mint(example),
    key: { ...ownKey(example.alg, example.enc).export({ format: 'jwk' }) },
  }));
  const opened = await decryptWithJwcrypto(tokens);
  for (const [index, { alg, enc, nested }] of examples.entries()) {
    const { header, content } = opened[index] ?? { header: {}, content: '' };
    assert.deepEqual([header['alg'], header['enc'], header['cty']], [alg, enc, nested ? 'JWT' : undefined]);
    const payload = nested ? (await compactVerify(content, ownKey('HS256'))).payload : Buffer.from(content);
    assert.deepEqual(JSON.parse(Buffer.from(payload).toString()), claims, `${alg} ${enc}`);
  }
});

test('the inner token is a complete JWT: PyJWT verifies it', async () => {
  const nested = { alg: 'A256KW', enc: 'A256CBC-HS512', nested: true };
  const now = { at: Date.now() };
  const { decision } = outcomeOf({
    name: 'now',
    ...now,
    properties: { 'jwe-alg': nested.alg, 'jwe-enc': nested.enc, 'jwe-jwk': 'bytes32' },
  });
  assert.equal(decision?.kind, 'forward');
  const token = decision.set[0]?.[1].slice('Bearer '.length) ?? '';
  const key = { ...ownKey(nested.alg, nested.enc).export({ format: 'jwk' }) };
  const [opened] = await decryptWithJwcrypto([{ token, key }]);
  const { header, claims: read } = await verifyWithPyJwt(opened?.content ?? '', secret, 'HS256');
  assert.deepEqual(header, { alg: 'HS256' });
  assert.equal(read['iss'], 'issuer');
});

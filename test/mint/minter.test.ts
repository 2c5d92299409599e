/**
 * @module
 * Tokens of every construction: signed, encrypted, signed and then encrypted, unsecured and then encrypted.
 */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { compactDecrypt, compactVerify } from 'jose';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { contentEncryptions } from '../../src/jose/content-encryption.ts';
import { createEncrypter } from '../../src/jose/encrypt.ts';
import { keyManagements } from '../../src/jose/key-management.ts';
import { signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { type MintingKeys, makeMinter } from '../../src/mint/minter.ts';
import { needsNothing } from '../../src/plan/needs.ts';
import type { Encryption, HeaderStep, Layout, Step, TokenPlan } from '../../src/plan/token-plan.ts';
import { atOnce } from '../at-once.ts';
import { rowNamed } from '../jose/algorithm-rows.ts';
import { scopeWith, somewhere } from './scope.ts';

const secret = createSecretKey(randomBytes(32));
const signing: MintingKeys['signing'] = {
  sign: rowNamed(signatureAlgorithms, 'HS256').createSigner(secret),
  kid: 'signer',
};

function recipientOf(alg: string, kid?: string): NonNullable<MintingKeys['recipient']> {
  const management = rowNamed(keyManagements, alg);
  return {
    encrypt: createEncrypter({ management, content: rowNamed(contentEncryptions, 'A256GCM'), key: secret }),
    kid,
  };
}

const fixed = (name: string, value: string): HeaderStep => ({ kind: 'fixed', name, value });

const signedPlan = {
  header: [{ kind: 'key-id' }, fixed('alg', 'HS256')],
  claims: [
    {
      kind: 'computed',
      place: somewhere,
      name: 'sub',
      value: { needs: needsNothing, evaluate: ({ variables }) => variables.get('who') },
    },
    { kind: 'time', name: 'iat', offset: 0 },
  ],
} satisfies Pick<TokenPlan, 'header' | 'claims'>;

function encryption(alg: string, encloses: Encryption['encloses'], ...more: HeaderStep[]): Encryption {
  return {
    management: rowNamed(keyManagements, alg),
    content: rowNamed(contentEncryptions, 'A256GCM'),
    key: undefined,
    header: [{ kind: 'key-id' }, fixed('alg', alg), fixed('enc', 'A256GCM'), ...more],
    encloses,
  };
}

const scope = scopeWith({ who: 'alice' });
const claims = '{"sub":"alice","iat":1700000000}';

function textOf(part: string | undefined): string {
  return Buffer.from(part ?? '', 'base64url').toString();
}

async function opened(token: string): Promise<{ readonly header: string; readonly content: string }> {
  const { plaintext } = await compactDecrypt(token, secret);
  return { header: textOf(token.split('.')[0]), content: Buffer.from(plaintext).toString() };
}

test('signed: the kid of the key is at the position that the plan gives it', async () => {
  const token = atOnce(finish(makeMinter(signedPlan, { signing })).mint(scope));
  const { payload } = await compactVerify(token, secret);
  assert.equal(textOf(token.split('.')[0]), '{"kid":"signer","alg":"HS256"}');
  assert.equal(Buffer.from(payload).toString(), claims);
});

test('signed: without a kid if the key has none', () => {
  const token = atOnce(finish(makeMinter(signedPlan, { signing: { ...signing, kid: undefined } })).mint(scope));
  assert.equal(textOf(token.split('.')[0]), '{"alg":"HS256"}');
});

test('encrypted: the claims themselves', async () => {
  const plan = { ...signedPlan, encryption: encryption('A256KW', 'claims') };
  const token = atOnce(finish(makeMinter(plan, { recipient: recipientOf('A256KW', 'reader') })).mint(scope));
  assert.deepEqual(await opened(token), {
    header: '{"kid":"reader","alg":"A256KW","enc":"A256GCM"}',
    content: claims,
  });
});

test('nested: a signed token inside', async () => {
  const plan = { ...signedPlan, encryption: encryption('dir', 'signed', fixed('cty', 'JWT')) };
  const { header, content } = await opened(
    atOnce(finish(makeMinter(plan, { signing, recipient: recipientOf('dir') })).mint(scope)),
  );
  assert.equal(header, '{"alg":"dir","enc":"A256GCM","cty":"JWT"}');
  assert.equal(Buffer.from((await compactVerify(content, secret)).payload).toString(), claims);
});

test('nested: an unsecured token inside ends with a dot', async () => {
  const plan = { ...signedPlan, header: [fixed('alg', 'none')], encryption: encryption('dir', 'unsecured') };
  const { content } = await opened(atOnce(finish(makeMinter(plan, { recipient: recipientOf('dir') })).mint(scope)));
  const [header, payload, signature, ...rest] = content.split('.');
  assert.deepEqual([textOf(header), textOf(payload), signature, rest], ['{"alg":"none"}', claims, '', []]);
});

test('parameters of the key management are part of the header, in the order of the layout', async () => {
  const reversed: Layout = { arrange: (names) => names.toReversed(), escape: (json) => json };
  const plan = {
    ...signedPlan,
    layout: { header: reversed, claims: reversed },
    encryption: encryption('A256GCMKW', 'claims'),
  };
  const { header, content } = await opened(
    atOnce(finish(makeMinter(plan, { recipient: recipientOf('A256GCMKW') })).mint(scope)),
  );
  assert.deepEqual(Object.keys(JSON.parse(header)), ['tag', 'iv', 'enc', 'alg']);
  assert.equal(content, '{"iat":1700000000,"sub":"alice"}');
});

test('a header parameter of the request is computed for each token', async () => {
  const tenant: HeaderStep = {
    kind: 'computed',
    place: somewhere,
    name: 'tenant',
    value: { needs: needsNothing, evaluate: (s) => s.variables.get('who') },
  };
  const plan = { ...signedPlan, encryption: encryption('A256GCMKW', 'claims', tenant) };
  const { header } = await opened(
    atOnce(finish(makeMinter(plan, { recipient: recipientOf('A256GCMKW') })).mint(scope)),
  );
  assert.equal(JSON.parse(header).tenant, 'alice');
});

const constructions: readonly [
  name: string,
  encloses: Encryption['encloses'] | undefined,
  evaluated: readonly string[],
][] = [
  ['signed', undefined, ['header', 'claim']],
  ['encrypted', 'claims', ['claim', 'outer']],
  ['signed and encrypted', 'signed', ['header', 'claim', 'outer']],
  ['unsecured and encrypted', 'unsecured', ['header', 'claim', 'outer']],
];

for (const [name, encloses, expected] of constructions) {
  test(`every value is evaluated once, in the order of writing: ${name}`, () => {
    const evaluated: string[] = [];
    const step = (of: string): HeaderStep & Step => ({
      kind: 'computed',
      place: somewhere,
      name: of,
      value: { needs: needsNothing, evaluate: () => evaluated.push(of) },
    });
    const plan = {
      header: [step('header')],
      claims: [step('claim')],
      ...(encloses === undefined ? {} : { encryption: encryption('dir', encloses, step('outer')) }),
    };
    const minter = finish(makeMinter(plan, { signing, recipient: recipientOf('dir') }));
    minter.mint(scope);
    assert.deepEqual(evaluated, expected);
    minter.write(minter.evaluate(scope), 0);
    assert.deepEqual(evaluated, [...expected, ...expected]);
  });
}

const failing = (): never => {
  throw new Error('what OpenSSL says');
};

test('the error of a failed signature does not contain its cause', () => {
  const plan = { ...signedPlan, encryption: encryption('dir', 'signed') };
  const broken: readonly [MintingKeys, string][] = [
    [{ signing: { sign: failing }, recipient: recipientOf('dir') }, 'mint.signing-failed'],
    [{ signing, recipient: { encrypt: failing } }, 'mint.encryption-failed'],
  ];
  for (const [keys, code] of broken) {
    assert.throws(
      () => atOnce(finish(makeMinter(plan, keys)).mint(scope)),
      (error) => error instanceof MintError && error.code === code && !error.message.includes('OpenSSL'),
    );
  }
});

test('makeMinter throws if a key of the plan is missing', () => {
  assert.throws(() => finish(makeMinter(signedPlan, {})), TypeError);
  assert.throws(
    () => finish(makeMinter({ ...signedPlan, encryption: encryption('dir', 'claims') }, { signing })),
    TypeError,
  );
  const nested = { ...signedPlan, encryption: encryption('dir', 'signed') };
  assert.throws(() => finish(makeMinter(nested, { recipient: recipientOf('dir') })), TypeError);
});

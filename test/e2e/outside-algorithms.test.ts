/**
 * PyJWT verifies what the services of tests sign, in every algorithm.
 */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { arrival } from '../../src/diagnostics/later.ts';
import { signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { heldKey } from '../../src/keys/held-key.ts';
import type { OutsideKey } from '../../src/keys/outside/outside-key.ts';
import { OutsideSigners } from '../../src/keys/outside/outside-signers.ts';
import { rowNamed } from '../jose/algorithm-rows.ts';
import { inputOf } from '../keys/outside/contract.ts';
import { FakeKms } from '../keys/outside/fake-kms.ts';
import { FakeVault } from '../keys/outside/fake-vault.ts';
import { privateKeyFor } from '../keys/outside/service-keys.ts';
import { runJson } from './harness/python-tools.ts';

const rsa = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const curves: Readonly<Record<string, string>> = { ES256: 'ecdsa-p256', ES384: 'ecdsa-p384', ES512: 'ecdsa-p521' };

const script = `
import jwt
for one in given:
    jwt.decode(one['token'], one['key'], algorithms=[one['algorithm']])
print(len(given))`;

async function tokenBy(signers: OutsideSigners, key: OutsideKey, algorithm: string) {
  const answer = await signers.ask(key);
  assert.ok(answer.kind === 'key');
  const publicKey = createPublicKey({ key: Buffer.from(answer.publicKey), format: 'der', type: 'spki' });
  const sign = signers.signer(key, heldKey(publicKey), 'kid', rowNamed(signatureAlgorithms, algorithm));
  const input = inputOf(algorithm);
  const token = `${input}.${await arrival(sign(input))}`;
  return { token, key: publicKey.export({ format: 'pem', type: 'spki' }).toString(), algorithm };
}

test('PyJWT verifies every algorithm of AWS KMS and of Vault', async () => {
  const [kms, vault] = [new FakeKms(), new FakeVault()];
  for (const algorithm of rsa) {
    kms.add(algorithm, privateKeyFor(algorithm), rsa);
    vault.add(algorithm, 'rsa-2048', privateKeyFor(algorithm));
  }
  for (const [algorithm, type] of Object.entries(curves)) {
    kms.add(algorithm, privateKeyFor(algorithm), [algorithm]);
    vault.add(algorithm, type, privateKeyFor(algorithm));
  }
  vault.add('EdDSA', 'ed25519', privateKeyFor('EdDSA'));
  await using kmsServer = await kms.start();
  await using vaultServer = await vault.start();
  const environment = { AWS_ENDPOINT_URL: kmsServer.origin, AWS_ACCESS_KEY_ID: 'i', AWS_SECRET_ACCESS_KEY: 's' };
  const signers = new OutsideSigners({ environment: { ...environment, VAULT_TOKEN: 'token-1' } });
  const limits = { deadline: 30_000, queue: 10 };
  const algorithms = [...rsa, ...Object.keys(curves)];
  const ofKms = algorithms.map((algorithm) =>
    tokenBy(signers, { service: 'awsKms', key: algorithm, region: 'eu-central-1', ...limits }, algorithm),
  );
  const ofVault = [...algorithms, 'EdDSA'].map((algorithm) => {
    const place = { address: vaultServer.origin, mount: 'transit', key: algorithm, version: 1, namespace: undefined };
    const login = { kind: 'environment', variable: 'VAULT_TOKEN' } as const;
    return tokenBy(signers, { service: 'vaultTransit', ...place, login, ca: undefined, ...limits }, algorithm);
  });
  const tokens = await Promise.all([...ofKms, ...ofVault]);
  assert.equal(await runJson(script, tokens), 19);
});

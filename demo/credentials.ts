/**
 * @module
 * The secrets of the demo. They are created at the first start, in a folder that git ignores, and reused later.
 *
 * - `partner.pem`: the key that mintproc signs with (RSA, PKCS#8), named by `config/mintproc.yaml`
 * - `caller.pem`: the key of the demo's identity provider
 * - `caller.jwks.json`: its public key, named by `envoy.yaml`
 * - `caller.token`: the caller's token, renewed at each start
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import { SetupError, systemCode } from './setup-error.ts';

const keyId = 'demo-caller';

/** The error codes of the system for a folder that is not writable. */
const unwritable = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST']);

export interface Credentials {
  /** The public key for mintproc's signatures. */
  readonly partner: KeyObject;
  readonly callerKey: KeyObject;
  /** The file that holds the caller's token. */
  readonly tokenFile: string;
  readonly token: string;
}

/** Creates the missing files in `folder`. @throws SetupError when the folder is not writable */
export async function prepareCredentials(folder: string): Promise<Credentials> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const partner = await keptKey(join(folder, 'partner.pem'), () =>
      generateKeyPairSync('rsa', { modulusLength: 2048 }),
    );
    const callerKey = await keptKey(join(folder, 'caller.pem'), () =>
      generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
    );
    await replaceFile(join(folder, 'caller.jwks.json'), await jwksOf(callerKey));
    const tokenFile = join(folder, 'caller.token');
    const token = await callerToken(callerKey);
    await replaceFile(tokenFile, `${token}\n`);
    return { partner: createPublicKey(partner), callerKey, tokenFile, token };
  } catch (error) {
    const reason = systemCode(error);
    if (reason === undefined || !unwritable.has(reason)) throw error;
    throw new SetupError(`Cannot write the demo's keys to ${folder} (${reason}): make the folder writable.`, {
      cause: error,
    });
  }
}

/** A token as the identity provider would issue it to the caller. `claims` are merged with the default claims. */
export async function callerToken(key: KeyObject, claims: JWTPayload = {}): Promise<string> {
  return new SignJWT({ sub: 'alice', client_id: 'partner-42', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: keyId, typ: 'JWT' })
    .setIssuer('demo')
    .setAudience('orders')
    .setIssuedAt()
    .setExpirationTime('24h')
    .sign(key);
}

async function jwksOf(key: KeyObject): Promise<string> {
  const jwk = await exportJWK(createPublicKey(key));
  return `${JSON.stringify({ keys: [{ ...jwk, kid: keyId, alg: 'ES256', use: 'sig' }] }, null, 2)}\n`;
}

async function keptKey(file: string, make: () => { privateKey: KeyObject }): Promise<KeyObject> {
  const kept = await readFile(file).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (kept !== undefined) return readKey(file, kept);
  const { privateKey } = make();
  await replaceFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return privateKey;
}

function readKey(file: string, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new SetupError(`${file} is not a private key: delete it, and the next start creates a new one.`, {
      cause: error,
    });
  }
}

/** Writes a temporary file and renames it, so that no reader gets an incomplete file. */
async function replaceFile(file: string, content: string | Buffer): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600 });
  await rename(draft, file);
}

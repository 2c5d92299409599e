/**
 * @module
 * The Transit engine of Vault and OpenBao (HTTP API, Transit secrets engine: read key, sign data).
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { isRecord } from '../../diagnostics/json.ts';
import { type HttpCall, type HttpReply, HttpServer } from './https-call.ts';
import { jsonObject } from './json-reply.ts';
import { type Description, serviceNames, type VaultTransitKey } from './outside-key.ts';
import { type ServiceContext, type SignerService, signerError } from './signer-service.ts';
import { vaultError } from './vault-error.ts';
import { VaultToken } from './vault-token.ts';

/**
 * What `sign` gets for each algorithm. Without `signature_algorithm` it would sign RSA with PSS, and without
 * `salt_length` with the longest salt, which verifiers of JWS refuse (RFC 7518 section 3.5).
 */
const settings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  RS256: { hash_algorithm: 'sha2-256', signature_algorithm: 'pkcs1v15' },
  RS384: { hash_algorithm: 'sha2-384', signature_algorithm: 'pkcs1v15' },
  RS512: { hash_algorithm: 'sha2-512', signature_algorithm: 'pkcs1v15' },
  PS256: { hash_algorithm: 'sha2-256', signature_algorithm: 'pss', salt_length: 'hash' },
  PS384: { hash_algorithm: 'sha2-384', signature_algorithm: 'pss', salt_length: 'hash' },
  PS512: { hash_algorithm: 'sha2-512', signature_algorithm: 'pss', salt_length: 'hash' },
  ES256: { hash_algorithm: 'sha2-256' },
  ES384: { hash_algorithm: 'sha2-384' },
  ES512: { hash_algorithm: 'sha2-512' },
  EdDSA: {},
};

const rsa = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

/** By the type of the key. */
const algorithmsOf: Readonly<Record<string, readonly string[]>> = {
  'rsa-2048': rsa,
  'rsa-3072': rsa,
  'rsa-4096': rsa,
  'ecdsa-p256': ['ES256'],
  'ecdsa-p384': ['ES384'],
  'ecdsa-p521': ['ES512'],
  ed25519: ['EdDSA'],
};

const name = serviceNames.vaultTransit;

type UnsignedCall = Pick<HttpCall, 'method' | 'path' | 'body'>;

export function vaultTransit(place: VaultTransitKey, context: ServiceContext): SignerService {
  const { address, mount, key, version, namespace, login, ca } = place;
  const server = new HttpServer(new URL(address), name, ca);
  const inNamespace = namespace === undefined ? {} : { 'x-vault-namespace': namespace };
  const token = new VaultToken(login, withHeaders(server, inNamespace), context);
  const send = (given: string, call: UnsignedCall, signal: AbortSignal): Promise<HttpReply> => {
    const headers = { ...inNamespace, 'x-vault-token': given, 'content-type': 'application/json' };
    return server.call({ ...call, headers }, signal);
  };
  const ask = async (call: UnsignedCall, signal: AbortSignal): Promise<unknown> => {
    const given = await token.get(signal);
    let reply = await send(given, call, signal);
    if (reply.status === 403) {
      // The file may have a new one, or the login may have ended early.
      token.forget(given);
      const next = await token.get(signal);
      if (next !== given) reply = await send(next, call, signal);
    }
    if (reply.status === 200) return jsonObject(reply.text, name)['data'];
    throw vaultError(reply.status);
  };
  return {
    async describe(signal) {
      const path = `/v1/${mount}/keys/${encodeURIComponent(key)}`;
      return readDescription(await ask({ method: 'GET', path }, signal), version);
    },
    async sign(input, algorithm, signal) {
      const path = `/v1/${mount}/sign/${encodeURIComponent(key)}`;
      const members = { ...settings[algorithm], marshaling_algorithm: 'jws', key_version: version };
      const body = JSON.stringify({ input: input.toString('base64'), ...members });
      return readSignature(await ask({ method: 'POST', path, body }, signal), version);
    },
  };
}

function withHeaders(server: HttpServer, added: Readonly<Record<string, string>>): Pick<HttpServer, 'call'> {
  return {
    call: ({ headers, ...call }, signal) => server.call({ ...call, headers: { ...headers, ...added } }, signal),
  };
}

function readDescription(data: unknown, wanted: number | undefined): Description {
  const { type, keys, latest_version: latest, derived } = isRecord(data) ? data : {};
  const version = wanted ?? latest;
  const algorithms = typeof type === 'string' ? algorithmsOf[type] : undefined;
  if (algorithms === undefined || derived === true) {
    throw signerError('signer.key-unusable', `The key in Vault is of a type that signs no tokens.`);
  }
  const found = typeof version === 'number' && isRecord(keys) ? keys[version] : undefined;
  const text = isRecord(found) ? found['public_key'] : undefined;
  if (typeof version !== 'number' || typeof text !== 'string') {
    throw signerError('signer.key-unusable', `The key in Vault does not have the version.`);
  }
  const publicKey = readPublicKey(text).export({ format: 'der', type: 'spki' });
  return { publicKey, algorithms, version };
}

/** PEM; of Ed25519 the 32 bytes in Base64. */
function readPublicKey(text: string): KeyObject {
  try {
    if (text.includes('-----BEGIN')) return createPublicKey(text);
    const x = Buffer.from(text, 'base64').toString('base64url');
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    throw signerError('signer.refused', `Vault returned a public key that cannot be read.`);
  }
}

/** `vault:v1:` and the signature in base64url. */
function readSignature(data: unknown, version: number | undefined): Buffer {
  const text = isRecord(data) ? data['signature'] : undefined;
  const [, from, signature] = typeof text === 'string' ? (/^vault:v(\d+):([\w+/=-]+)$/.exec(text) ?? []) : [];
  if (signature === undefined) throw signerError('signer.refused', `Vault returned no signature.`);
  if (version !== undefined && Number(from) !== version) {
    throw signerError('signer.wrong-signature', `Vault signed with another version of the key.`);
  }
  return Buffer.from(signature, 'base64url');
}

/**
 * @module
 * The part of Vault's HTTP API that mintproc calls, as its pages describe it (Transit secrets engine: read key, sign
 * data; Kubernetes auth method: login). The defaults that would make wrong tokens are as there.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { type FakeReply, type FakeRequest, FakeServer } from './fake-server.ts';
import { signAs } from './service-keys.ts';

interface TransitKey {
  readonly type: string;
  /** By their versions, from 1. */
  readonly versions: KeyObject[];
  /** min_encryption_version */
  minimum: number;
  signsWith?: KeyObject;
}

export class FakeVault {
  readonly keys = new Map<string, TransitKey>();
  readonly tokens = new Set(['token-1']);
  /** The namespace that requests must name. */
  namespace: string | undefined;
  /** What logins of Kubernetes get: the token and its lease in seconds. */
  lease: readonly [token: string, seconds: number] = ['token-1', 3600];
  logins = 0;

  add(name: string, type: string, ...versions: KeyObject[]): TransitKey {
    const key = { type, versions, minimum: 0 };
    this.keys.set(name, key);
    return key;
  }

  start(): Promise<FakeServer> {
    return FakeServer.start((request) => this.#answer(request));
  }

  #answer({ method, path, headers, body }: FakeRequest): FakeReply {
    if (headers['x-vault-namespace'] !== this.namespace) return refused(404);
    if (path === '/v1/auth/kubernetes/login') return this.#login(body);
    if (!this.tokens.has(String(headers['x-vault-token']))) return refused(403);
    const [, action, name = ''] = /^\/v1\/transit\/(keys|sign)\/([^/]+)$/.exec(path) ?? [];
    const key = this.keys.get(name);
    if (action === 'keys' && method === 'GET') return key === undefined ? refused(404) : described(name, key);
    if (action === 'sign' && method === 'POST') return key === undefined ? refused(400) : signed(key, JSON.parse(body));
    return refused(405);
  }

  #login(body: string): FakeReply {
    const { role, jwt } = JSON.parse(body);
    if (role !== 'mintproc' || jwt !== 'a service account') return refused(403);
    this.logins++;
    const [token, seconds] = this.lease;
    return { status: 200, body: JSON.stringify({ auth: { client_token: token, lease_duration: seconds } }) };
  }
}

function described(name: string, { type, versions }: TransitKey): FakeReply {
  const keys = versions.map((key, index) => [String(index + 1), { public_key: published(key), creation_time: 'now' }]);
  return data({ name, type, derived: false, latest_version: versions.length, keys: Object.fromEntries(keys) });
}

function published(key: KeyObject): string {
  const publicKey = createPublicKey(key);
  if (key.asymmetricKeyType !== 'ed25519') return publicKey.export({ format: 'pem', type: 'spki' }).toString();
  return Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url').toString('base64');
}

function signed({ versions, minimum, signsWith }: TransitKey, members: Readonly<Record<string, unknown>>): FakeReply {
  const { input, key_version: wanted = 0, hash_algorithm: hash = 'sha2-256' } = members;
  const { signature_algorithm: algorithm = 'pss', salt_length: salt = 'auto', marshaling_algorithm: form } = members;
  const version = wanted === 0 ? versions.length : Number(wanted);
  const key = versions[version - 1];
  if (key === undefined || version < minimum) return refused(400);
  const isPss = algorithm === 'pss';
  if (key.asymmetricKeyType === 'rsa' && isPss && salt !== 'hash') return refused(500);
  const bytes = Buffer.from(String(input), 'base64');
  const isHashed = key.asymmetricKeyType !== 'ed25519';
  const options = {
    hash: isHashed ? String(hash).replace('sha2-', 'sha') : undefined,
    isPss,
    isJoined: form === 'jws',
  };
  const signature = signAs(signsWith ?? key, bytes, options);
  return data({ signature: `vault:v${version}:${signature.toString(form === 'jws' ? 'base64url' : 'base64')}` });
}

function data(members: object): FakeReply {
  return { status: 200, body: JSON.stringify({ data: members }) };
}

function refused(status: number): FakeReply {
  return { status, body: JSON.stringify({ errors: ['a secret message'] }) };
}

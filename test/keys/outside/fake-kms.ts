/**
 * @module
 * The part of AWS KMS that mintproc calls, as the AWS KMS API Reference describes it.
 */
import { execFileSync } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeReply, type FakeRequest, FakeServer } from './fake-server.ts';
import { signAs, spkiOf } from './service-keys.ts';

interface KmsKey {
  readonly key: KeyObject;
  readonly algorithms: readonly string[];
  isEnabled: boolean;
  /** Signs in place of the key, to see that its signatures are refused. */
  signsWith?: KeyObject;
}

const families: Readonly<Record<string, (bits: string) => string>> = {
  RS: (bits) => `RSASSA_PKCS1_V1_5_SHA_${bits}`,
  PS: (bits) => `RSASSA_PSS_SHA_${bits}`,
  ES: (bits) => `ECDSA_SHA_${bits}`,
};

function kmsName(algorithm: string): string {
  return families[algorithm.slice(0, 2)]?.(algorithm.slice(2)) ?? 'none';
}

export class FakeKms {
  readonly keys = new Map<string, KmsKey>();

  add(id: string, key: KeyObject, algorithms: readonly string[]): KmsKey {
    const made = { key, algorithms: algorithms.map(kmsName), isEnabled: true };
    this.keys.set(id, made);
    return made;
  }

  start(): Promise<FakeServer> {
    return FakeServer.start((request) => this.#answer(request));
  }

  #answer({ headers, body }: FakeRequest): FakeReply {
    if (!/^AWS4-HMAC-SHA256 Credential=/.test(headers.authorization ?? ''))
      return refused('MissingAuthenticationToken');
    const members = JSON.parse(body) as Readonly<Record<string, string>>;
    const found = this.keys.get(members['KeyId'] ?? '');
    if (found === undefined) return refused('NotFoundException');
    if (!found.isEnabled) return refused('DisabledException');
    switch (headers['x-amz-target']) {
      case 'TrentService.GetPublicKey':
        return json({
          PublicKey: spkiOf(found.key).toString('base64'),
          KeyUsage: 'SIGN_VERIFY',
          SigningAlgorithms: found.algorithms,
        });
      case 'TrentService.Sign':
        return signed(found, members);
      default:
        return refused('UnknownOperationException');
    }
  }
}

function signed({ key, algorithms, signsWith = key }: KmsKey, members: Readonly<Record<string, string>>): FakeReply {
  const { SigningAlgorithm: name = '', Message: message = '', MessageType: type } = members;
  const bytes = Buffer.from(message, 'base64');
  if (!algorithms.includes(name)) return refused('InvalidKeyUsageException');
  if (bytes.length > 4096) return refused('ValidationException');
  const [bits = ''] = /\d+$/.exec(name) ?? [];
  const form = { hash: `sha${bits}`, isPss: name.includes('PSS'), isJoined: false };
  const signature = type === 'DIGEST' ? signDigest(signsWith, bytes, form) : signAs(signsWith, bytes, form);
  return json({ Signature: signature.toString('base64'), SigningAlgorithm: name });
}

/** node:crypto has no signature of a digest. */
function signDigest(key: KeyObject, digest: Buffer, { hash, isPss }: { hash: string; isPss: boolean }): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-digest-'));
  try {
    const [keyFile, digestFile] = [join(folder, 'key.pem'), join(folder, 'digest')];
    writeFileSync(keyFile, key.export({ format: 'pem', type: 'pkcs8' }));
    writeFileSync(digestFile, digest);
    const padding = isPss ? ['-pkeyopt', 'rsa_padding_mode:pss', '-pkeyopt', 'rsa_pss_saltlen:digest'] : [];
    const options = ['-pkeyopt', `digest:${hash}`, ...padding];
    return execFileSync('openssl', ['pkeyutl', '-sign', '-inkey', keyFile, '-in', digestFile, ...options]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function json(members: object): FakeReply {
  return { status: 200, body: JSON.stringify(members) };
}

function refused(type: string): FakeReply {
  return { status: 400, body: JSON.stringify({ __type: `com.amazonaws.kms#${type}`, message: 'a secret message' }) };
}

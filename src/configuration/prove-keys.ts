/**
 * @module
 * Tests every key before its configuration is put in force: a key whose signatures do not verify with what the JWKS
 * publishes never signs a token.
 */
import { createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { MintError } from '../diagnostics/mint-error.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { Place } from '../diagnostics/source-text.ts';
import { proveEncrypter, proveSigner, type Signer } from '../jose/proof.ts';
import { isTransient } from '../keys/outside/signer-service.ts';
import type { Loaded } from './load.ts';
import type { UnprovedKeys } from './policy/policy-loader.ts';

/** The same result, or an error for each policy whose keys fail. A key is tested once per algorithm. */
export async function proveKeys(loaded: Loaded): Promise<Loaded> {
  if (loaded.snapshot === undefined) return loaded;
  const proofs = new Proofs();
  const problems: Problem[] = [];
  const { policies, variants } = loaded.snapshot;
  for (const { unproved } of [...policies.values(), ...variants]) {
    try {
      await proofs.of(unproved);
    } catch (error) {
      problems.push(unproven(unproved.place, error));
    }
  }
  if (problems.length === 0) return loaded;
  return { ...loaded, snapshot: undefined, problems: [...problems, ...loaded.problems] };
}

/** The first call of a service opens a connection and gets credentials, which may take longer than its deadline. */
const maxAttempts = 3;

async function proveWithRetries(signer: Signer): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await proveSigner(signer);
    } catch (error) {
      if (!(error instanceof MintError) || !isTransient(error) || attempt === maxAttempts) throw error;
    }
  }
}

class Proofs {
  /** The fingerprints are keyed, so that the fingerprint of a short secret cannot be used to guess it. */
  readonly #secret = randomBytes(32);
  readonly #given = new Map<string, Promise<void>>();

  async of({ signers, encrypters }: UnprovedKeys): Promise<void> {
    for (const signer of signers) {
      const { algorithm, key, jwk, service = '' } = signer;
      const name = `${algorithm.name} ${this.#fingerprint(key)} ${JSON.stringify(jwk)} ${service}`;
      await this.#once(name, () => proveWithRetries(signer));
    }
    for (const encrypter of encrypters) {
      const { management, content, key, compress } = encrypter.recipient;
      const name = [management.name, content.name, compress, this.#fingerprint(key)].join(' ');
      await this.#once(name, () => proveEncrypter(encrypter));
    }
  }

  #once(name: string, prove: () => Promise<void>): Promise<void> {
    const proof = this.#given.get(name) ?? prove();
    this.#given.set(name, proof);
    return proof;
  }

  /** `KeyObject.equals` compares public halves only, and the test is for private halves that do not match. */
  #fingerprint(key: KeyObject): string {
    const bytes = key.type === 'secret' ? key.export() : key.export({ format: 'der', type: derOf[key.type] });
    const fingerprint = createHmac('sha256', this.#secret).update(bytes).digest('base64url');
    bytes.fill(0);
    return fingerprint;
  }
}

const derOf = { private: 'pkcs8', public: 'spki' } as const;

/** The reasons of `jose` and node:crypto (`jose/proof.ts`) for a signature or a ciphertext that another key made. */
const mismatch = new Set(['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'ERR_JWE_DECRYPTION_FAILED', 'Error']);

/** The reason is a code or the class of the error: a message of `jose` or OpenSSL might quote the key. */
function unproven(place: Place, error: unknown): Problem {
  // The service that should sign says why it does not.
  if (error instanceof MintError) return { code: error.code, severity: 'error', message: error.message, place };
  const reason = error instanceof Error ? ('code' in error ? String(error.code) : error.name) : typeof error;
  return {
    code: 'keys.unproven',
    severity: 'error',
    message: `The signatures or encrypted content of this key cannot be verified or decrypted (${reason}).`,
    suggestion: mismatch.has(reason)
      ? 'The private and public halves of the key do not match: create a new key.'
      : 'Use a key of another type or algorithm, and report this reason: no verifier was able to check the key.',
    place,
  };
}

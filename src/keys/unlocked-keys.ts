/**
 * @module
 * Keys that were decrypted with a password. Deriving a key from a password is slow by design (RFC 8018 section 4.2) and
 * may take seconds, so one process can pass the keys that it decrypted to another.
 */
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';

/** A decrypted key as plain data. */
export interface Unlocked {
  /** PKCS#8 in DER. */
  readonly key: Uint8Array;
  /** X.509 in DER, of the certificate that came with the key. */
  readonly certificates: readonly Uint8Array[];
}

interface Opened {
  readonly key: KeyObject;
  readonly certificates: readonly Uint8Array[];
}

export class UnlockedKeys {
  readonly #given: ReadonlyMap<string, Unlocked>;
  readonly #opened = new Map<string, Opened>();

  /** @param given what another process decrypted of the same files */
  constructor(given: ReadonlyMap<string, Unlocked> = new Map()) {
    this.#given = given;
  }

  /**
   * The key in `sealed`. `unlock` decrypts it if no process has. What `unlock` throws, or returns in place of a key,
   * reaches the caller.
   */
  open<Other>(sealed: string | Uint8Array, password: string, unlock: () => Opened | Other): Opened | Other {
    const id = createHash('sha256').update(`${password.length} ${password}`).update(sealed).digest('base64');
    const given = this.#given.get(id);
    const opened = this.#opened.get(id) ?? (given === undefined ? unlock() : restored(given));
    if (isOpened(opened)) this.#opened.set(id, opened);
    return opened;
  }

  /** All decrypted keys. */
  get all(): ReadonlyMap<string, Unlocked> {
    return new Map(
      Array.from(this.#opened, ([id, { key, certificates }]) => [
        id,
        { key: key.export({ format: 'der', type: 'pkcs8' }), certificates },
      ]),
    );
  }
}

function isOpened(value: unknown): value is Opened {
  return typeof value === 'object' && value !== null && 'key' in value && 'certificates' in value;
}

function restored({ key, certificates }: Unlocked): Opened {
  return { key: createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' }), certificates };
}

/**
 * @module
 * Keys that a password opens. Deriving the key of a password takes its reader time on purpose (RFC 8018 section 4.2), up
 * to seconds, so what one process has opened can be handed to another.
 */
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';

/** An opened key as plain data. */
export interface Unlocked {
  /** PKCS#8 in DER. */
  readonly key: Uint8Array;
  /** X.509 in DER, of the certificate that lay beside the key. */
  readonly certificates: readonly Uint8Array[];
}

interface Opened {
  readonly key: KeyObject;
  readonly certificates: readonly Uint8Array[];
}

export class UnlockedKeys {
  readonly #given: ReadonlyMap<string, Unlocked>;
  readonly #opened = new Map<string, Opened>();

  /** @param given what another process opened of the same files */
  constructor(given: ReadonlyMap<string, Unlocked> = new Map()) {
    this.#given = given;
  }

  /** The key in `sealed`, which `unlock` opens where nobody has; what it throws, or returns for no key, is its caller's. */
  open<Other>(sealed: string | Uint8Array, password: string, unlock: () => Opened | Other): Opened | Other {
    const id = createHash('sha256').update(`${password.length} ${password}`).update(sealed).digest('base64');
    const given = this.#given.get(id);
    const opened = this.#opened.get(id) ?? (given === undefined ? unlock() : restored(given));
    if (isOpened(opened)) this.#opened.set(id, opened);
    return opened;
  }

  /** What was opened. */
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

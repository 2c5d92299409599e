/**
 * @module
 * The signers of one process for the keys that services hold. All configurations with a key share its connections, its
 * queue and its circuit, so a reload does not call a service that fails.
 */
import { createPublicKey } from 'node:crypto';
import type { Code } from '../../diagnostics/codes.ts';
import type { Sign, SignatureAlgorithm } from '../../jose/signature-algorithms.ts';
import type { HeldKey } from '../held-key.ts';
import { concurrencies, type Description, type OutsideKey, serviceNames } from './outside-key.ts';
import { OutsideSigning, type SigningObserver } from './outside-signing.ts';
import { lazyService, openService } from './services.ts';
import { asSignerError, inTime, isTransient, type ServiceContext, signerError } from './signer-service.ts';

/** What asking a service for a key led to, as plain data. */
export type OutsideAnswer =
  | ({ readonly kind: 'key' } & Description)
  | { readonly kind: 'failed'; readonly code: Code; readonly message: string };

/** Time limit for asking for a key, in milliseconds, and how often it is tried within it. */
const askingTime = 10_000;
const askingAttempts = 3;

export interface OutsideSignersOptions extends ServiceContext {
  /** @param key the name of a key as it may be shown */
  observe?(key: string): SigningObserver;
}

export class OutsideSigners {
  readonly #options: OutsideSignersOptions;
  /** A key that no configuration uses any more is forgotten with its last snapshot. */
  readonly #signings = new Map<string, WeakRef<OutsideSigning>>();

  constructor(options: OutsideSignersOptions) {
    this.#options = options;
  }

  /** Asks a service for the public half of a key. */
  async ask(key: OutsideKey): Promise<OutsideAnswer> {
    const signal = AbortSignal.timeout(askingTime);
    const name = serviceNames[key.service];
    for (let attempt = 1; ; attempt++) {
      try {
        const service = await openService(key, this.#options);
        const description = await inTime(service.describe(signal), signal);
        checkPublicKey(description, name);
        return { kind: 'key', ...description };
      } catch (error) {
        const failure = asSignerError(error, name, signal);
        const isOver = attempt === askingAttempts || signal.aborted || !isTransient(failure);
        if (isOver) return { kind: 'failed', code: failure.code, message: failure.message };
      }
    }
  }

  /**
   * @param outside the key with its version
   * @param shown its name as it may be shown
   */
  signer(
    outside: OutsideKey,
    { key: publicKey }: Pick<HeldKey, 'key'>,
    shown: string,
    algorithm: SignatureAlgorithm,
  ): Sign {
    // A service may replace a key under its name. The signatures of the new one need another key to verify.
    const published = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const id = JSON.stringify([outside, shown, published]);
    const known = this.#signings.get(id)?.deref();
    const { service, deadline, queue } = outside;
    const signing =
      known ??
      new OutsideSigning({
        name: serviceNames[service],
        publicKey,
        deadline,
        queue,
        observer: this.#options.observe?.(shown) ?? unobserved,
        service: lazyService(outside, this.#options),
        concurrency: concurrencies[service],
      });
    if (known === undefined) this.#keep(id, signing);
    return signing.signer(algorithm);
  }

  #keep(id: string, signing: OutsideSigning): void {
    for (const [other, kept] of this.#signings) if (kept.deref() === undefined) this.#signings.delete(other);
    this.#signings.set(id, new WeakRef(signing));
  }
}

function checkPublicKey({ publicKey }: Description, name: string): void {
  try {
    createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  } catch (error) {
    throw signerError('signer.refused', `${name} returned a public key that cannot be read.`, error);
  }
}

const unobserved: SigningObserver = {
  called() {},
  refused() {},
  waiting() {},
  circuit() {},
};

/** The keys of services while one configuration loads, and what the services said of them. */
export class OutsideKeys {
  readonly signers: OutsideSigners;
  readonly #answers: Map<string, OutsideAnswer>;
  readonly #wanted = new Map<string, OutsideKey>();

  /** @param answers those that another process got */
  constructor(signers: OutsideSigners, answers: ReadonlyMap<string, OutsideAnswer> = new Map()) {
    this.signers = signers;
    this.#answers = new Map(answers);
  }

  /** What the service said of a key. Undefined if it was not asked; then `ask` asks it. */
  find(key: OutsideKey): OutsideAnswer | undefined {
    const id = JSON.stringify(key);
    const answer = this.#answers.get(id);
    if (answer === undefined) this.#wanted.set(id, key);
    return answer;
  }

  /** Asks for the keys that were not found. @returns whether there were any, so that loading again finds more */
  async ask(): Promise<boolean> {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    const answers = await Promise.all(wanted.map(async ([id, key]) => [id, await this.signers.ask(key)] as const));
    for (const [id, answer] of answers) this.#answers.set(id, answer);
    return answers.length > 0;
  }

  /** For another process. */
  get answers(): ReadonlyMap<string, OutsideAnswer> {
    return this.#answers;
  }
}

/** Loads a configuration, asks the services for the keys that it names, and then loads it again. */
export async function loadWithServices<T>(outside: OutsideKeys, load: () => T): Promise<T> {
  let loaded = load();
  while (await outside.ask()) loaded = load();
  return loaded;
}

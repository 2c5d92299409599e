/**
 * @module
 * The audit of a token: which key signed it, its lifetime, and whether it was reused. Of its claims, the audit contains
 * only a `jti` that mintproc generated, the lifetime, and a pseudonym of the subject.
 *
 * `Witness` observes what a token itself does not show. It wraps the minters, counters and encrypters of an audited
 * policy when the policy loads, so the audit costs other policies nothing.
 */
import type { Encrypt } from '../jose/encrypt.ts';
import type { Minter } from './minter.ts';
import type { ReuseCounters } from './reuse.ts';

/** The key that made a token, as it was known when the policy loaded. */
export interface MadeBy {
  /** The signature algorithm; the key management algorithm if the token has no signature. */
  readonly alg: string | undefined;
  readonly kid: string | undefined;
  /** The content encryption, if the token is encrypted. */
  readonly enc: string | undefined;
}

/** What was observed while a token was made. */
export interface Observation {
  readonly by: MadeBy;
  readonly isReused: boolean;
  /** What was encrypted: claims, or a token in compact serialization. */
  readonly content: string | undefined;
}

export interface AuditFacts extends MadeBy {
  /** Only if mintproc generated it. */
  readonly jti: string | undefined;
  /** Seconds from `iat` to `exp`; without `iat`, from now. */
  readonly lifetime: number | undefined;
  /** A pseudonym of the claim `sub`. */
  readonly subject: string | undefined;
  readonly isReused: boolean;
}

const unknownKey: MadeBy = { alg: undefined, kid: undefined, enc: undefined };

/** Observes how the tokens of one policy are made, one token at a time. */
export class Witness {
  #by = unknownKey;
  #isReused = false;
  #content: string | undefined;

  /** Wraps a minter. */
  minting(minter: Minter, by: MadeBy): Minter {
    return {
      mint: (scope) => {
        this.#begin(by);
        return minter.mint(scope);
      },
    };
  }

  /** Wraps counters. */
  counting({ hit, ...others }: ReuseCounters): ReuseCounters {
    const observed = {
      increment: () => {
        this.#isReused = true;
        hit.increment();
      },
    };
    return { hit: observed, ...others };
  }

  /** Wraps an encrypter. */
  encrypting(encrypt: Encrypt): Encrypt {
    return (encodeHeader, content) => {
      this.#content = content;
      return encrypt(encodeHeader, content);
    };
  }

  /**
   * What was observed since minting began. Call it once for each token. If the token arrives later, call it when the
   * token is requested, and again when it arrives: encrypting comes last.
   *
   * @param requested what was observed when the token was requested; other requests have been observed since
   */
  take(requested?: Observation): Observation {
    const { by, isReused } = requested ?? { by: this.#by, isReused: this.#isReused };
    const content = this.#content;
    this.#content = undefined;
    return { by, isReused, content };
  }

  #begin(by: MadeBy): void {
    this.#by = by;
    this.#isReused = false;
    this.#content = undefined;
  }
}

/** The random ids that were generated for one request. */
class GeneratedIds {
  readonly #ids: string[] = [];
  readonly #generate: () => string;

  constructor(generate: () => string) {
    this.#generate = generate;
  }

  readonly generate = (): string => {
    const id = this.#generate();
    this.#ids.push(id);
    return id;
  };

  has(id: string): boolean {
    return this.#ids.includes(id);
  }
}

/** Which tokens are logged, and how their subjects are named. */
export interface Auditing {
  /** Whether the next token is logged. */
  isSampled(): boolean;
  /** Makes a pseudonym; undefined if subjects are omitted. */
  readonly pseudonym: ((subject: string) => string) | undefined;
}

/** The audit of one request. */
export class RequestAudit {
  readonly ids: GeneratedIds;
  readonly #auditing: Auditing;

  constructor(auditing: Auditing, randomId: () => string) {
    this.#auditing = auditing;
    this.ids = new GeneratedIds(randomId);
  }

  /**
   * @param now milliseconds since the epoch
   * @param requested what the witness observed when the token was requested, if the token arrived later
   * @returns undefined if the token is not logged
   */
  factsOf(witness: Witness, token: string, now: number, requested?: Observation): AuditFacts | undefined {
    const observation = witness.take(requested);
    if (!this.#auditing.isSampled()) return undefined;
    return auditFacts(token, observation, { ids: this.ids, now, pseudonym: this.#auditing.pseudonym });
  }
}

interface AuditContext {
  readonly ids: GeneratedIds;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly pseudonym: Auditing['pseudonym'];
}

function auditFacts(token: string, { by, isReused, content }: Observation, context: AuditContext): AuditFacts {
  const { ids, now, pseudonym } = context;
  const { jti, sub, exp, iat } = claimsOf(content ?? token);
  const from = typeof iat === 'number' ? iat : Math.floor(now / 1000);
  return {
    ...by,
    isReused,
    jti: typeof jti === 'string' && ids.has(jti) ? jti : undefined,
    lifetime: typeof exp === 'number' ? exp - from : undefined,
    subject: typeof sub === 'string' ? pseudonym?.(sub) : undefined,
  };
}

type Claims = Readonly<Partial<Record<'jti' | 'sub' | 'exp' | 'iat', unknown>>>;

/** @param content claims as JSON, or a token with the claims as its second part */
function claimsOf(content: string): Claims {
  const json = content.startsWith('{') ? content : Buffer.from(content.split('.')[1] ?? '', 'base64url').toString();
  try {
    const claims: unknown = JSON.parse(json);
    return typeof claims === 'object' && claims !== null ? claims : {};
  } catch {
    // A policy may write something else in place of the token.
    return {};
  }
}

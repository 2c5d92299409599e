/**
 * @module
 * What the audit says of a token: which key signed it, for how long it holds, whether it was given out again. Of its
 * claims nothing is said but its own `jti`, its lifetime, and a pseudonym of its subject.
 *
 * What a token itself does not show is seen while it is made (`Witness`): minters, counters and encrypters of a policy
 * that is audited are wrapped when it loads, so that a policy that is not pays nothing.
 */
import type { Encrypt } from '../jose/encrypt.ts';
import type { Minter } from './minter.ts';
import type { ReuseCounters } from './reuse.ts';

/** The key that made a token, as it was known when the policy loaded. */
export interface MadeBy {
  /** The signature's algorithm; of a token without signature the key management's. */
  readonly alg: string | undefined;
  readonly kid: string | undefined;
  /** The content encryption, where there is one. */
  readonly enc: string | undefined;
}

/** What was seen while a token was made. */
export interface Sight {
  readonly by: MadeBy;
  readonly isReused: boolean;
  /** What was encrypted: claims, or a token in compact serialisation. */
  readonly content: string | undefined;
}

export interface AuditFacts extends MadeBy {
  /** Only where mintproc drew it. */
  readonly jti: string | undefined;
  /** Seconds from `iat`, or else from now, to `exp`. */
  readonly lifetime: number | undefined;
  /** A pseudonym of the claim `sub`. */
  readonly subject: string | undefined;
  readonly isReused: boolean;
}

const nobody: MadeBy = { alg: undefined, kid: undefined, enc: undefined };

/** Sees how the tokens of one policy come about, one token at a time. */
export class Witness {
  #by = nobody;
  #isReused = false;
  #content: string | undefined;

  /** `minter`, seen. */
  minting(minter: Minter, by: MadeBy): Minter {
    return {
      mint: (scope) => {
        this.#begin(by);
        return minter.mint(scope);
      },
    };
  }

  /** `counters`, seen. */
  counting({ hit, miss, evicted }: ReuseCounters): ReuseCounters {
    const seen = {
      increment: () => {
        this.#isReused = true;
        hit.increment();
      },
    };
    return { hit: seen, miss, evicted };
  }

  /** `encrypt`, seen. */
  encrypting(encrypt: Encrypt): Encrypt {
    return (encodeHeader, content) => {
      this.#content = content;
      return encrypt(encodeHeader, content);
    };
  }

  /**
   * What was seen since minting began. Where the token arrives later it is called twice: in the turn in which the token was
   * asked for, and in the turn in which it arrives, since encrypting comes last.
   *
   * @param asked what was seen when the token was asked for; other requests have been seen since
   */
  take(asked?: Sight): Sight {
    const { by, isReused } = asked ?? { by: this.#by, isReused: this.#isReused };
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

/** The random ids that were drawn for one request. */
class DrawnIds {
  readonly #ids: string[] = [];
  readonly #draw: () => string;

  constructor(draw: () => string) {
    this.#draw = draw;
  }

  readonly draw = (): string => {
    const id = this.#draw();
    this.#ids.push(id);
    return id;
  };

  has(id: string): boolean {
    return this.#ids.includes(id);
  }
}

/** Which tokens leave a line, and how their subjects are named. */
export interface Auditing {
  /** Whether the next token does. */
  isSampled(): boolean;
  /** Makes a pseudonym; undefined where subjects are left out. */
  readonly pseudonym: ((subject: string) => string) | undefined;
}

/** The audit of one request. */
export class RequestAudit {
  readonly drawn: DrawnIds;
  readonly #auditing: Auditing;

  constructor(auditing: Auditing, randomId: () => string) {
    this.#auditing = auditing;
    this.drawn = new DrawnIds(randomId);
  }

  /**
   * @param now milliseconds since the epoch
   * @param asked what the witness saw when a token was asked for that arrived later
   * @returns undefined where the token leaves no line
   */
  factsOf(witness: Witness, token: string, now: number, asked?: Sight): AuditFacts | undefined {
    const sight = witness.take(asked);
    if (!this.#auditing.isSampled()) return undefined;
    return auditFacts(token, sight, { drawn: this.drawn, now, pseudonym: this.#auditing.pseudonym });
  }
}

interface AuditWorld {
  readonly drawn: DrawnIds;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly pseudonym: Auditing['pseudonym'];
}

function auditFacts(token: string, { by, isReused, content }: Sight, world: AuditWorld): AuditFacts {
  const { drawn, now, pseudonym } = world;
  const { jti, sub, exp, iat } = claimsOf(content ?? token);
  const from = typeof iat === 'number' ? iat : Math.floor(now / 1000);
  return {
    ...by,
    isReused,
    jti: typeof jti === 'string' && drawn.has(jti) ? jti : undefined,
    lifetime: typeof exp === 'number' ? exp - from : undefined,
    subject: typeof sub === 'string' ? pseudonym?.(sub) : undefined,
  };
}

type Claims = Readonly<Partial<Record<'jti' | 'sub' | 'exp' | 'iat', unknown>>>;

/** @param content claims as JSON, or a token whose second part they are */
function claimsOf(content: string): Claims {
  const json = content.startsWith('{') ? content : Buffer.from(content.split('.')[1] ?? '', 'base64url').toString();
  try {
    const claims: unknown = JSON.parse(json);
    return typeof claims === 'object' && claims !== null ? claims : {};
  } catch {
    // A policy may write something else in the token's place.
    return {};
  }
}

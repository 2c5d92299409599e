/**
 * @module
 * The keys that sign, ring by ring: one for each policy, carried on from the configuration before, so that a key that is
 * replaced can go on signing until verifiers know the new one, and stays published until its last token has expired.
 */
import type { KeyFinding } from '../../jose/key-finding.ts';
import { expiringCertificate } from '../../keys/certificate-expiry.ts';
import type { HeldKey } from '../../keys/held-key.ts';
import { checkFit, hasError, signingUse } from '../../keys/key-use.ts';
import {
  type FoundKey,
  type KeyRing,
  NameClashes,
  nextRing,
  publishedAt,
  recipientRing,
  signerAt,
} from '../../keys/rotation.ts';
import type { TokenPlan } from '../../plan/token-plan.ts';
import { milliseconds } from '../duration.ts';
import { defaultKeepFor, type JwksSettings } from '../jwks-schema.ts';

export interface SigningKeys {
  /** By policy; of a policy that is gone, what must stay published. */
  readonly rings: ReadonlyMap<string, KeyRing>;
  /** Keys that were generated, by their declaration. */
  readonly made: ReadonlyMap<string, HeldKey>;
}

export const noSigningKeys: SigningKeys = { rings: new Map(), made: new Map() };

/** Of which policies it is taken that none of their keys is active: of none, of some as long as others can answer, of all. */
export type WithoutKeys = 'none' | 'some' | 'all';

/** The keys found for a policy. */
export interface FoundKeys {
  readonly keys: readonly FoundKey[];
  readonly revoked: readonly string[];
  /** Whether the configuration gives the key a name, which then stands in tokens as `kid`. */
  readonly isNamed: boolean;
  report(finding: KeyFinding): void;
}

export interface RingBookContext {
  readonly now: number;
  /** Milliseconds until new keys are published, at most: their configuration is still being compiled. */
  readonly announcedIn: number;
  readonly before: SigningKeys;
  /** Undefined where no key is published. */
  readonly jwks: JwksSettings | undefined;
  /** Whether a policy is loaded without a key that signs, where it had none before either. */
  readonly withoutKeys: WithoutKeys;
}

/** Verifiers' clocks may be behind. */
const clockLeeway = 60_000;

/** Rings in the making, for one configuration. */
export class RingBook {
  readonly #context: RingBookContext;
  readonly #rings = new Map<string, KeyRing>();
  readonly #made = new Map<string, HeldKey>();
  readonly #clashes = new NameClashes();
  readonly #lacking = new Set<string>();

  constructor(context: RingBookContext) {
    this.#context = context;
  }

  /** When the configuration is loaded, in milliseconds since the epoch. */
  get now(): number {
    return this.#context.now;
  }

  /** The policies that have no key that signs now, and are loaded all the same. */
  get lacking(): ReadonlySet<string> {
    return this.#lacking;
  }

  /** The key that a `generate` of this name made, in this configuration or the one before. */
  made(name: string): HeldKey | undefined {
    return this.#made.get(name) ?? this.#context.before.made.get(name);
  }

  keepMade(name: string, held: HeldKey): void {
    this.#made.set(name, held);
  }

  /** The ring of a policy; undefined where it cannot sign, which is reported. */
  add(policy: string, plan: TokenPlan, found: FoundKeys): KeyRing | undefined {
    const { algorithm } = plan;
    if (algorithm === undefined) return undefined;
    const { now, announcedIn, before, jwks } = this.#context;
    const publishAhead = publishAheadOf(plan, jwks);
    const use = signingUse(algorithm);
    const keys = nextRing(withOwnName(plan, found), before.rings.get(policy) ?? [], {
      now,
      publishAhead: publishAhead === 0 ? 0 : publishAhead + announcedIn,
      lifetime: lifetimeOf(plan, jwks) + clockLeeway,
      algorithm: algorithm.name,
      revoked: new Set(found.revoked),
      fits: (held) => !hasError(checkFit(use, held)),
    });
    if (signerAt(keys, now) === undefined && !this.#maySignLater(policy, found)) return undefined;
    this.#reportCertificates(found.keys, found.report);
    this.#rings.set(policy, keys);
    this.#reportClash(keys, found);
    return keys;
  }

  /** The keys of a policy to encrypt to, by their times; undefined where none is active now, which is reported. */
  recipients({ keys, revoked, report }: FoundKeys): KeyRing | undefined {
    const { now, withoutKeys } = this.#context;
    const ring = recipientRing(keys, new Set(revoked));
    const active = signerAt(ring, now);
    if (active === undefined && withoutKeys !== 'all') {
      report({ code: 'keys.none-active', severity: 'error', message: 'None of these keys is active now.' });
      return undefined;
    }
    this.#reportCertificates(active === undefined ? [] : [active], report);
    return ring;
  }

  /**
   * A process that starts while the keys of one policy have retired serves the others, as one does that ran on. A
   * configuration that takes away the key that signs is a mistake.
   */
  #maySignLater(policy: string, { report }: FoundKeys): boolean {
    const { now, before, withoutKeys } = this.#context;
    const code = 'keys.none-active';
    if (withoutKeys === 'none' || signerAt(before.rings.get(policy) ?? [], now) !== undefined) {
      report({ code, severity: 'error', message: 'None of these keys is active now.' });
      return false;
    }
    this.#lacking.add(policy);
    const message = 'None of these keys is active now: whatever is to be signed by them is refused.';
    report({ code, severity: 'warning', message });
    return true;
  }

  #reportCertificates(keys: readonly Pick<FoundKey, 'held'>[], report: FoundKeys['report']): void {
    for (const { held } of keys) {
      const finding = expiringCertificate(held.certificates, this.#context.now);
      if (finding !== undefined) report(finding);
    }
  }

  #reportClash(ring: KeyRing, found: FoundKeys): void {
    const { now, jwks } = this.#context;
    const finding = this.#clashes.add(publishedAt(ring, now).map(({ held }) => held));
    // Where nothing is published, whoever verifies has the keys from elsewhere and may well know better.
    if (finding !== undefined) found.report({ ...finding, severity: jwks === undefined ? 'warning' : 'error' });
  }

  /** All rings, and those of policies that are gone while their tokens live. */
  finish(): SigningKeys {
    const { now, before } = this.#context;
    const rings = new Map(this.#rings);
    const withdrawn = { publishAhead: 0, lifetime: 0, algorithm: '', revoked: new Set<string>(), fits: () => false };
    for (const [policy, ring] of before.rings) {
      const left = rings.has(policy) ? [] : nextRing([], ring, { ...withdrawn, now });
      if (left.length > 0) rings.set(policy, left);
    }
    return { rings, made: this.#made };
  }
}

/** The `kid` that a policy writes into every token; undefined where it writes none, or not the same one always. */
function ownKeyId({ header }: Pick<TokenPlan, 'header'>): string | undefined {
  for (const step of header) {
    if (step.kind === 'fixed' && step.name === 'kid' && typeof step.value === 'string') return step.value;
  }
  return undefined;
}

/** A key is published under the name that the policy's tokens call it. */
function withOwnName(plan: TokenPlan, found: FoundKeys): readonly FoundKey[] {
  const own = ownKeyId(plan);
  if (own === undefined) return found.keys;
  return found.keys.map((key) => {
    const { kid } = key.held;
    if (kid !== undefined && kid !== own) {
      found.report({
        code: 'keys.kid-differs',
        severity: 'warning',
        message:
          "The policy writes a `kid` of its own, which is not that of the key; the key is published by the policy's.",
        suggestion: 'Take `kid` out of the policy, so that tokens name the key that signed them after a rotation too.',
      });
    }
    return { ...key, held: { ...key.held, kid: own } };
  });
}

/** A secret is published nowhere, and a `kid` that the policy writes changes at once with the policy. */
function publishAheadOf(plan: TokenPlan, jwks: JwksSettings | undefined): number {
  if (jwks === undefined || plan.algorithm?.keyKind === 'secret' || ownKeyId(plan) !== undefined) return 0;
  return milliseconds(jwks.publishAhead ?? jwks.maxAge);
}

/** How long a token lives, as far as the policy fixes it. */
function lifetimeOf({ claims }: TokenPlan, jwks: JwksSettings | undefined): number {
  const expiry = claims.findLast((step) => step.kind !== 'members' && step.name === 'exp');
  if (expiry?.kind === 'time') return Math.max(0, expiry.offset * 1000);
  return milliseconds(jwks?.keepFor ?? defaultKeepFor);
}

/** The key's name in every token; a `kid` that the policy writes itself comes later, and so replaces it. */
export function withKeyId(plan: TokenPlan): TokenPlan {
  const names = plan.header.some((step) => step.kind === 'key-id' || ('name' in step && step.name === 'kid'));
  return names ? plan : { ...plan, header: [{ kind: 'key-id' }, ...plan.header] };
}

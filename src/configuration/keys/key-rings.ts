/**
 * @module
 * The key ring of each policy, continued from the previous configuration: a key that was replaced signs until verifiers
 * know the new one, and stays published until its last token has expired.
 */
import { type KeyFinding, keyWarning } from '../../jose/key-finding.ts';
import { expiringCertificate } from '../../keys/certificate-expiry.ts';
import { type HeldKey, SameKeys } from '../../keys/held-key.ts';
import { checkFit, hasError, signingUse } from '../../keys/key-use.ts';
import type { PublishedKey } from '../../keys/published-keys.ts';
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
import { defaultKeepFor, type JwksSettings, publishAheadOf } from '../jwks-schema.ts';
import { rotationFindings } from './rotation-notes.ts';
import type { StandInKeys } from './stand-in-keys.ts';

export interface SigningKeys {
  /** By the name of the policy. A policy that was removed keeps the keys that must stay published. */
  readonly rings: ReadonlyMap<string, KeyRing>;
  /** Generated keys, by their declaration. */
  readonly generated: ReadonlyMap<string, HeldKey>;
  /** The public keys that were remembered when the process started, by `jwks.state`. */
  readonly remembered: readonly PublishedKey[];
}

export const noSigningKeys: SigningKeys = { rings: new Map(), generated: new Map(), remembered: [] };

/** Which policies may load without an active key: none; some, as long as another policy can answer requests; or all. */
export type WithoutKeys = 'none' | 'some' | 'all';

/** The keys that were found for a policy. */
export interface FoundKeys {
  /** Where the keys are declared, as `declarationOf` returns it. */
  readonly declaration: string;
  readonly keys: readonly FoundKey[];
  readonly revoked: readonly string[];
  /** Whether the configuration names the key; tokens then have a `kid`. */
  readonly isNamed: boolean;
  /** Whether the declaration is made for several keys: a folder, or versions. */
  readonly rotates: boolean;
  report(finding: KeyFinding): void;
}

export interface KeyRingsContext {
  readonly now: number;
  /** Maximum time in milliseconds until new keys are published: their configuration is still being compiled. */
  readonly announcedIn: number;
  readonly before: SigningKeys;
  /** Undefined if no key is published. */
  readonly jwks: JwksSettings | undefined;
  /** Whether a policy is loaded without an active key, if it had none before either. */
  readonly withoutKeys: WithoutKeys;
  /** Keys that are made in place of others; undefined if none may be made. */
  readonly standIns: StandInKeys | undefined;
}

/** The clocks of verifiers may be slow. */
const clockLeeway = 60_000;

/** How a policy signs. */
export interface SigningUse {
  /** Where its keys are declared, as `declarationOf` returns it. */
  readonly declaration: string;
  readonly algorithm: string;
  /** The `kid` that it writes into every token; undefined if it writes none, or one that varies. */
  readonly ownKid: string | undefined;
}

/** Collects the key rings of one configuration while it loads. */
export class KeyRings {
  readonly #context: KeyRingsContext;
  readonly #rings = new Map<string, KeyRing>();
  readonly #generated = new Map<string, HeldKey>();
  readonly #found = new Map<string, FoundKey[]>();
  readonly #uses = new Map<string, SigningUse>();
  readonly #unread = new Set<string>();
  readonly #clashes = new NameClashes();
  readonly #withoutActiveKey = new Set<string>();
  #remembersNames = false;

  constructor(context: KeyRingsContext) {
    this.#context = context;
  }

  /** The time at which the configuration is loaded, in milliseconds since the epoch. */
  get now(): number {
    return this.#context.now;
  }

  /** The policies that are loaded although none of their signing keys is active now. */
  get withoutActiveKey(): ReadonlySet<string> {
    return this.#withoutActiveKey;
  }

  /** The key that `generate` made for this declaration, in this configuration or the previous one. */
  generatedKey(name: string): HeldKey | undefined {
    return this.#generated.get(name) ?? this.#context.before.generated.get(name);
  }

  keepGenerated(name: string, held: HeldKey): void {
    this.#generated.set(name, held);
  }

  /**
   * Records the keys of a declaration, or of a policy without one, for the comparison with another configuration.
   *
   * @param keys undefined if they could not be read
   */
  keepFound(declaration: string, keys: readonly FoundKey[] | undefined): void {
    if (keys === undefined) this.#unread.add(declaration);
    this.#found.set(declaration, [...(this.#found.get(declaration) ?? []), ...(keys ?? [])]);
  }

  /** The keys of each declaration that could be read, as the sources have them now. */
  get found(): ReadonlyMap<string, readonly FoundKey[]> {
    return new Map([...this.#found].filter(([declaration]) => !this.#unread.has(declaration)));
  }

  /** The policies that sign, by name. */
  get uses(): ReadonlyMap<string, SigningUse> {
    return this.#uses;
  }

  /** Adds the signing keys of a policy. Returns its ring, or undefined if it cannot sign, which is reported. */
  add(policy: string, plan: TokenPlan, found: FoundKeys): KeyRing | undefined {
    const { algorithm } = plan;
    if (algorithm === undefined) return undefined;
    this.#uses.set(policy, {
      declaration: found.declaration,
      algorithm: algorithm.name,
      ownKid: ownKeyId(plan),
    });
    const { now, announcedIn, before, jwks } = this.#context;
    const publishAhead = announcementOf(plan, jwks);
    const use = signingUse(algorithm);
    const named = withOwnName(plan, found);
    const ring = before.rings.get(policy) ?? rememberedRing(named, before.remembered, publishAhead);
    const keys = nextRing(named, ring, {
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
    this.#reportClash(keys, found, ownKeyId(plan));
    for (const finding of rotationFindings({ now, jwks, found: named, ring: keys, rotates: found.rotates }))
      found.report(finding);
    return keys;
  }

  /** The recipient keys of a policy by their times; undefined if none is active now, which is reported. */
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
   * A process that starts after the keys of one policy have retired serves the others, as a process that kept running
   * does. A configuration that removes the key that signs now is a mistake.
   */
  #maySignLater(policy: string, { report }: FoundKeys): boolean {
    const { now, before, withoutKeys } = this.#context;
    const code = 'keys.none-active';
    if (withoutKeys === 'none' || signerAt(before.rings.get(policy) ?? [], now) !== undefined) {
      report({ code, severity: 'error', message: 'None of these keys is active now.' });
      return false;
    }
    this.#withoutActiveKey.add(policy);
    const message = 'None of these keys is active now: requests that need them are refused.';
    report(keyWarning('keys.idle-policy', message));
    return true;
  }

  #reportCertificates(keys: readonly Pick<FoundKey, 'held'>[], report: FoundKeys['report']): void {
    for (const { held } of keys) {
      const finding = expiringCertificate(held.certificates, this.#context.now);
      if (finding !== undefined) report(finding);
    }
  }

  /** @param own the `kid` that the policy writes */
  #reportClash(ring: KeyRing, found: FoundKeys, own: string | undefined): void {
    const { now, before, jwks, standIns } = this.#context;
    if (!this.#remembersNames) {
      this.#remembersNames = true;
      this.#clashes.add(before.remembered.filter(({ until }) => until > now).map(({ held }) => held));
    }
    // Two keys that were made in place of one key have its name, and clash only in this run.
    const real = publishedAt(ring, now).filter(({ held }) => standIns?.has(held.key) !== true);
    const finding = this.#clashes.add(real.map(({ held }) => held));
    if (finding === undefined) return;
    const told = own === undefined ? finding : { ...finding, suggestion: ownNameTwice };
    // Without a JWKS, verifiers get the keys elsewhere, perhaps under other names.
    found.report(jwks === undefined ? told : { ...told, severity: 'error' });
  }

  /** All rings, including those of removed policies whose tokens have not expired. */
  finish(): SigningKeys {
    const { now, before } = this.#context;
    const rings = new Map(this.#rings);
    const withdrawn = { publishAhead: 0, lifetime: 0, algorithm: '', revoked: new Set<string>(), fits: () => false };
    for (const [policy, ring] of before.rings) {
      const left = rings.has(policy) ? [] : nextRing([], ring, { ...withdrawn, now });
      if (left.length > 0) rings.set(policy, left);
    }
    return { rings, generated: this.#generated, remembered: before.remembered.filter(({ until }) => until > now) };
  }
}

/** What is remembered of these keys, as the ring that a new process continues. */
function rememberedRing(
  found: readonly FoundKey[],
  remembered: readonly PublishedKey[],
  publishAhead: number,
): KeyRing {
  if (remembered.length === 0) return [];
  const known = new SameKeys(remembered);
  const never = Number.POSITIVE_INFINITY;
  return found.flatMap(({ held }) => {
    const key = known.find(held);
    if (key === undefined) return [];
    const { since, algorithms } = key;
    const activeFrom = Math.min(key.activeFrom, since + publishAhead);
    return [{ held, activeFrom, algorithms, retireAfter: never, stopsAt: never, lifetime: 0 }];
  });
}

/** The `kid` that a policy writes into every token; undefined if it writes none, or one that varies. */
export function ownKeyId({ header }: Pick<TokenPlan, 'header'>): string | undefined {
  for (const step of header) {
    if (step.kind === 'fixed' && step.name === 'kid' && typeof step.value === 'string') return step.value;
  }
  return undefined;
}

const fixedKeyId = keyWarning(
  'keys.fixed-kid',
  'The policy writes the same `kid` into every token, but the key is one of several that follow each other: verifiers that know the first would refuse the tokens of the next.',
  'Write `kid: key` in the entry, or remove `kid` from the policy: its tokens then name the key that signs. Or write `file:`, and change key and `kid` together.',
);

const ownNameTwice =
  'The policy writes this `kid` itself. Write `kid: key` in its entry, or remove it from the policy: its tokens then name the key that signs. Or change it together with the key.';

/** A key is published under the `kid` that the policy's tokens have. */
function withOwnName(plan: TokenPlan, found: FoundKeys): readonly FoundKey[] {
  const own = ownKeyId(plan);
  if (own === undefined) return found.keys;
  // Two keys are reported as such, `keys.same-kid`.
  if (found.rotates && found.keys.length === 1) found.report(fixedKeyId);
  return found.keys.map((key) => {
    const { kid } = key.held;
    if (kid !== undefined && kid !== own) {
      const message =
        "The policy writes a `kid` that differs from the key's `kid`. The key is published with the policy's `kid`.";
      const suggestion =
        'Write `kid: key` in the entry, or remove `kid` from the policy, so that tokens name the right key after a rotation too.';
      found.report(keyWarning('keys.kid-differs', message, suggestion));
    }
    return { ...key, held: { ...key.held, kid: own } };
  });
}

/** A secret is never published, and a `kid` that the policy writes changes immediately with the policy. */
function announcementOf(plan: TokenPlan, jwks: JwksSettings | undefined): number {
  if (jwks === undefined || plan.algorithm?.keyKind === 'secret' || ownKeyId(plan) !== undefined) return 0;
  return publishAheadOf(jwks);
}

/** The lifetime of a token if the policy fixes it, else the time that the configuration keeps keys. */
function lifetimeOf({ claims }: TokenPlan, jwks: JwksSettings | undefined): number {
  const expiry = claims.findLast((step) => step.kind !== 'members' && step.name === 'exp');
  if (expiry?.kind === 'time') return Math.max(0, expiry.offset * 1000);
  return milliseconds(jwks?.keepFor ?? defaultKeepFor);
}

/** Adds the key's name to the token's header, unless the policy writes a `kid` itself. */
export function withKeyId(plan: TokenPlan): TokenPlan {
  const names = plan.header.some((step) => step.kind === 'key-id' || ('name' in step && step.name === 'kid'));
  return names ? plan : { ...plan, header: [{ kind: 'key-id' }, ...plan.header] };
}

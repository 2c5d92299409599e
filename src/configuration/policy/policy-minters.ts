/**
 * @module
 * Makes the minters of policies: the keys that an entry and its policy name, the signers and encrypters made of them,
 * and the reuse of tokens.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Problems } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { Steps } from '../../diagnostics/steps.ts';
import type { Encrypter, Signer } from '../../jose/proof.ts';
import { keyId } from '../../keys/held-key.ts';
import { jointTerms, type KeyRing, type RingKey } from '../../keys/rotation.ts';
import { UnlockedKeys } from '../../keys/unlocked-keys.ts';
import type { Witness } from '../../mint/audit.ts';
import type { KeyUse } from '../../mint/key-use.ts';
import { type Minter, makeMinter, type StagedMinter } from '../../mint/minter.ts';
import { type LastGiven, type ReuseCounters, type ReuseSize, reusing } from '../../mint/reuse.ts';
import { ReuseMemory } from '../../mint/reuse-memory.ts';
import { type MintingTerm, rotatingMinter } from '../../mint/rotating.ts';
import type { TokenPlan } from '../../plan/token-plan.ts';
import { type KeyIdentity, keyIdentity } from '../keys/key-identity.ts';
import { withKeyId } from '../keys/key-rings.ts';
import { encrypterOf, madeBy, recipientKey, signerOf, signingKey } from '../keys/minting-keys.ts';
import type { SecretSources } from '../keys/own-key.ts';
import { findPolicyKeys } from '../keys/policy-keys.ts';
import type { PolicyScope } from '../keys/shown-keys.ts';
import type { LoadContext } from '../load-context.ts';
import type { WantedPolicy } from '../wanted-policy.ts';
import { noteCalls } from './plan-notes.ts';
import type { PolicyContext } from './policy-context.ts';
import { type RouteVariables, reportRoute } from './policy-variables.ts';
import { isInEnvoyCutShort, type Reuse } from './reuse-settings.ts';

/** A plan and its place in its file. */
export interface ReadPlan {
  readonly plan: TokenPlan;
  readonly reuse: Reuse;
  /** Collects the tokens that each minter of the policy keeps for reuse. */
  readonly kept: ReuseSize[];
  readonly last: LastGiven;
  readonly witness: Witness | undefined;
  readonly keyUse: KeyUse;
  readonly source: SourceText;
  readonly offset: number;
}

/** What a policy is loaded with. */
export interface LoadScope extends PolicyScope, SecretSources {
  readonly route: RouteVariables | undefined;
}

/** The minters of the policies of one configuration. */
export class PolicyMinters {
  readonly #context: LoadContext;
  readonly #problems: Problems;
  readonly #shared: PolicyContext;
  readonly #reuseMemory: ReuseMemory;
  /** The keys of each policy that was loaded. */
  readonly #keys = new Map<string, SharedKeys>();

  constructor(context: LoadContext, problems: Problems, shared: PolicyContext) {
    this.#context = context;
    this.#problems = problems;
    this.#shared = shared;
    this.#reuseMemory = new ReuseMemory(shared.reuseBytes);
  }

  /** The minter of a policy. Undefined if its keys have an error, which is reported. */
  *load(read: ReadPlan, wanted: WantedPolicy, scope: LoadScope): Steps<MadeMinter | undefined> {
    if (read.plan.disabled === true || this.#context.withoutValues === true) return withoutKeys;
    const identity = keyIdentity(read.plan);
    const known = scope.route && this.#keys.get(wanted.name);
    if (scope.route !== undefined && known !== undefined && known.identity.signing !== identity.signing) {
      reportRoute(scope.route, this.#problems, 'variables.route-key', {
        message: `These variables change the signing key of the policy \`${wanted.name}\`, which is the same on all of its routes.`,
        suggestion: 'Write a second entry for the policy file, with this key, and name it in this route.',
      });
      return undefined;
    }
    const isShared = known?.identity.recipient === identity.recipient;
    const rings = isShared ? known.rings : yield* this.#readRings(read, wanted, scope);
    if (rings === undefined) return undefined;
    if (known === undefined) this.#keys.set(wanted.name, { identity, rings });
    return yield* this.#rotating(read, rings, wanted);
  }

  *#readRings(
    { plan, reuse, source, offset }: ReadPlan,
    wanted: WantedPolicy,
    { secret, isUnread, isAbsent, excuse }: LoadScope,
  ): Steps<Rings | undefined> {
    const { keys: named, strictFiles, rings } = this.#shared;
    const { files, environment = {}, unlocked = new UnlockedKeys(), standInKeys: standIns, outside } = this.#context;
    const access = { read: files.read, list: files.list, environment };
    const secrets = { secret, isUnread, isAbsent, excuse };
    const common = { access, named, strictFiles, rings, unlocked, outside, standIns };
    const sources = { ...secrets, ...common, problems: this.#problems };
    const keys = yield* findPolicyKeys(plan, source, offset, wanted, sources);
    if (keys === undefined) return undefined;
    const { signing, recipients: found } = keys;
    const recipients = found && rings.recipients(found);
    const ring = signing && rings.add(wanted.name, plan, signing);
    if (signing?.isOutside === true) noteCalls(reuse, wanted);
    const lacksOne = (signing !== undefined && ring === undefined) || (found !== undefined && recipients === undefined);
    if (lacksOne) return undefined;
    return {
      ring,
      recipients,
      isNamed: signing?.isNamed === true || wanted.settings.kid === 'key',
      signers: new Map(),
      encrypters: new Map(),
    };
  }

  /** Makes a minter for each pair of a signing key and a recipient key that is in force at some time. */
  *#rotating(read: ReadPlan, rings: Rings, wanted: WantedPolicy): Steps<MadeMinter> {
    const { ring, recipients } = rings;
    const parts: MinterParts = {
      read,
      plan: rings.isNamed ? withKeyId(read.plan) : read.plan,
      isNamed: rings.isNamed,
      signers: rings.signers,
      encrypters: rings.encrypters,
      // Tokens that are encrypted and not signed are never reused.
      withReuse: ring === undefined || this.#context.withoutReuse === true ? asItIs : this.#reuser(read, wanted),
    };
    const minters = new Map<RingKey | undefined, Map<RingKey | undefined, Minter>>();
    const terms: MintingTerm[] = [];
    for (const { from, signer, recipient } of jointTerms(ring, recipients)) {
      const isComplete =
        (ring === undefined) === (signer === undefined) && (recipients === undefined) === (recipient === undefined);
      const bySigner = minters.get(signer) ?? new Map<RingKey | undefined, Minter>();
      const known = isComplete ? bySigner.get(recipient) : withoutActiveKey;
      const minter = known ?? (yield* this.#minterOf(signer, recipient, parts));
      minters.set(signer, bySigner.set(recipient, minter));
      terms.push({ from, minter });
      yield;
    }
    return {
      minter: rotatingMinter(terms, read.last),
      signers: [...parts.signers.values()],
      encrypters: [...parts.encrypters.values()],
      recipients: recipients ?? [],
    };
  }

  *#minterOf(signer: RingKey | undefined, recipient: RingKey | undefined, parts: MinterParts): Steps<Minter> {
    const { plan, witness, keyUse } = parts.read;
    const signs = madeOnce(parts.signers, signer, (key) => signerOf(plan, key, this.#context));
    const encrypts = madeOnce(parts.encrypters, recipient, (key) => encrypterOf(plan, key));
    const kid = signer && (parts.isNamed ? keyId(signer.held) : signer.held.kid);
    const unseen = yield* makeMinter(parts.plan, {
      signing: signs && signingKey(signs, kid, this.#context, keyUse),
      recipient: encrypts && recipientKey(encrypts, recipient, witness, this.#context, keyUse),
    });
    const minter = parts.withReuse(unseen);
    return witness?.minting(minter, madeBy(plan, signer?.held, recipient?.held)) ?? minter;
  }

  /** Returns a function that adds reuse to a minter if the policy's tokens may be reused. */
  #reuser(
    { reuse, kept, last, witness }: ReadPlan,
    { name, settings, report }: WantedPolicy,
  ): (minter: StagedMinter) => Minter {
    if (reuse.kind !== 'off') {
      if (isInEnvoyCutShort(settings.reuse)) report(['reuse', 'inEnvoy'], 'config.no-effect', cutShort);
      const counted = this.#context.reuseCounters?.(name) ?? uncounted;
      const counters = witness?.counting(counted) ?? counted;
      return (minter) => {
        const reused = reusing(minter, reuse.limits, counters, this.#reuseMemory, setImmediate, last);
        kept.push(reused.kept);
        return reused;
      };
    }
    if (settings.reuse !== undefined && settings.reuse !== false) {
      const message = `Tokens of this policy are not reused: ${reuse.because}.`;
      report(['reuse'], 'config.no-reuse', { message });
    }
    return asItIs;
  }
}

const cutShort = {
  message: '`inEnvoy` is longer than `for`. Envoy keeps no token for longer than `for`.',
  suggestion: 'Write an `inEnvoy` that is at most `for`, or a longer `for`.',
};

/** A minter whose tokens are not reused. */
const asItIs = (minter: StagedMinter): Minter => minter;

/** The keys of a policy, which its variants for routes with other variables share. */
interface SharedKeys {
  readonly identity: KeyIdentity;
  readonly rings: Rings;
}

/** The keys of a policy by their times; undefined if it does not sign, or does not encrypt. */
interface Rings {
  readonly ring: KeyRing | undefined;
  readonly recipients: KeyRing | undefined;
  /** Whether the configuration names the signing key. */
  readonly isNamed: boolean;
  readonly signers: Map<RingKey, Signer>;
  readonly encrypters: Map<RingKey, Encrypter>;
}

/** What the minters of one policy share. */
interface MinterParts {
  readonly read: ReadPlan;
  /** The plan with the `kid` that the configuration adds. */
  readonly plan: TokenPlan;
  readonly isNamed: boolean;
  withReuse(minter: StagedMinter): Minter;
  readonly signers: Map<RingKey, Signer>;
  readonly encrypters: Map<RingKey, Encrypter>;
}

/** Makes one thing of each key, however many minters use it. */
function madeOnce<T>(
  all: Map<RingKey, T>,
  key: RingKey | undefined,
  make: (key: RingKey) => T | undefined,
): T | undefined {
  const known = key && all.get(key);
  if (key === undefined || known !== undefined) return known;
  const fresh = make(key);
  if (fresh !== undefined) all.set(key, fresh);
  return fresh;
}

/** A minter and the keys that it mints with. */
interface MadeMinter {
  readonly minter: Minter;
  readonly signers: readonly Signer[];
  readonly encrypters: readonly Encrypter[];
  readonly recipients: KeyRing;
}

/** The minter of a policy that is disabled, or loaded without its keys. */
const neverMints: Minter = {
  mint() {
    throw new TypeError('a policy without keys was asked for a token');
  },
};

/** The minter for times at which all keys of the policy have retired, or none has begun. */
const withoutActiveKey: Minter = {
  mint() {
    throw new MintError('keys.none-active', 'None of the keys of the policy is active at this time.');
  },
};

const withoutKeys: MadeMinter = { minter: neverMints, signers: [], encrypters: [], recipients: [] };

const ignored = { increment() {} };
const uncounted: ReuseCounters = { hit: ignored, miss: ignored, evicted: ignored };

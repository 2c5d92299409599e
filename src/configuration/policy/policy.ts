/**
 * @module
 * One policy, from its files to something that mints: the dialect reads the file, the entry chooses one policy of it,
 * a key is found and checked, and both become a minter.
 */
import type { RunnablePolicy } from '../../decision/rules.ts';
import { calledFile } from '../../diagnostics/harmless.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Problems } from '../../diagnostics/problem.ts';
import { type Place, SourceText } from '../../diagnostics/source-text.ts';
import type { Steps } from '../../diagnostics/steps.ts';
import { type PolicyFile, readPolicyFile } from '../../dialects/index.ts';
import type { DeclaredVariables, PolicySettings } from '../../dialects/policy-file.ts';
import { Documents } from '../../documents/document-file.ts';
import type { Encrypter, Signer } from '../../jose/proof.ts';
import { keyId } from '../../keys/held-key.ts';
import { jointTerms, type KeyRing, type RingKey } from '../../keys/rotation.ts';
import { UnlockedKeys } from '../../keys/unlocked-keys.ts';
import { type Auditing, Witness } from '../../mint/audit.ts';
import { HeaderValues } from '../../mint/header-values.ts';
import { type Minter, makeMinter, type StagedMinter } from '../../mint/minter.ts';
import { type KeptTokens, type ReuseCounters, reusing } from '../../mint/reuse.ts';
import { ReuseMemory } from '../../mint/reuse-memory.ts';
import { type MintingTerm, rotatingMinter } from '../../mint/rotating.ts';
import type { TokenPlan } from '../../plan/token-plan.ts';
import { readTextFile } from '../files.ts';
import { encrypterOf, MintingKeysMaker, madeBy, signerOf } from '../keys/minting-keys.ts';
import type { NamedKeys } from '../keys/named-keys.ts';
import type { Secrets } from '../keys/own-key.ts';
import { findPolicyKeys } from '../keys/policy-key.ts';
import { type RingBook, withKeyId } from '../keys/signing-rings.ts';
import type { LoadContext } from '../load-context.ts';
import { choosePolicy } from './choose-policy.ts';
import { outputIsFit, outputOf } from './policy-output.ts';
import { type Reuse, reuseOf } from './reuse-settings.ts';
import type { WantedPolicy } from './wanted-policy.ts';

export interface CompiledPolicy extends RunnablePolicy {
  readonly dialect: string;
  /** Whether its entry refuses requests whose caller is unknown. */
  readonly requiresCaller: boolean;
  readonly reuse: Reuse;
  readonly unproved: UnprovedKeys;
  /** The keys to encrypt to, by their times; empty if the policy does not encrypt. */
  readonly recipients: KeyRing;
  /** The tokens that its minters keep for reuse; empty if they keep none. */
  readonly kept: readonly KeptTokens[];
}

/** What a policy signs and encrypts with. */
export interface UnprovedKeys {
  /** Where the policy stands in its file. */
  readonly place: Place;
  readonly signers: readonly Signer[];
  readonly encrypters: readonly Encrypter[];
}

/** What policies of one configuration have in common. */
export interface PolicySurroundings {
  readonly edition: PolicySettings['edition'];
  /** Undefined where policies are read without a configuration. */
  readonly variables: DeclaredVariables | undefined;
  readonly secret: Secrets;
  readonly keys: NamedKeys;
  readonly strictFiles: boolean;
  /** Most bytes of the tokens that are kept to be given out again. */
  readonly reuseBytes: number;
  readonly rings: RingBook;
  /** Undefined where no token leaves a line in the audit. */
  readonly audit: Auditing | undefined;
}

interface ReadFile {
  readonly source: SourceText;
  readonly contents: PolicyFile | undefined;
}

/** A plan, and where it stands in its file. */
interface ReadPlan {
  readonly plan: TokenPlan;
  readonly reuse: Reuse;
  /** Takes what each minter of the policy keeps. */
  readonly kept: KeptTokens[];
  readonly witness: Witness | undefined;
  readonly source: SourceText;
  readonly offset: number;
}

/** Loads policies for one configuration. A file that several entries name is read, and reported on, once. */
export class PolicyLoader {
  readonly #context: LoadContext;
  readonly #problems: Problems;
  readonly #surroundings: PolicySurroundings;
  readonly #reuseMemory: ReuseMemory;
  readonly #minting: MintingKeysMaker;
  readonly #read = new Map<string, ReadFile | undefined>();
  readonly #documents: Documents;

  constructor(context: LoadContext, problems: Problems, surroundings: PolicySurroundings) {
    this.#context = context;
    this.#problems = problems;
    this.#surroundings = surroundings;
    this.#documents = context.documents ?? new Documents();
    this.#reuseMemory = new ReuseMemory(surroundings.reuseBytes);
    this.#minting = new MintingKeysMaker(context);
  }

  /** The policy, ready to mint; undefined where problems, which are reported, forbid it. */
  *load(wanted: WantedPolicy): Steps<CompiledPolicy | undefined> {
    const fit = outputIsFit(wanted);
    const file = yield* this.#readFile(wanted);
    const found = file?.contents === undefined ? undefined : choosePolicy(file.contents.policies, file.source, wanted);
    if (file === undefined || found?.plan === undefined) return undefined;
    const { plan } = found;
    const reuse = yield* reuseOf(plan, wanted.settings.reuse);
    const witness = this.#surroundings.audit && new Witness();
    const read = { plan, reuse, kept: [], witness, source: file.source, offset: found.offset };
    const made = plan.disabled === true ? switchedOff : yield* this.#readMinter(read, wanted);
    const output = fit ? outputOf(plan, wanted, this.#problems) : undefined;
    if (made === undefined || output === undefined) return undefined;
    const { minter, signers, encrypters, recipients } = made;
    return {
      name: wanted.name,
      dialect: plan.dialect,
      plan,
      minter,
      output,
      values: new HeaderValues(output.prefix),
      minted: { policy: wanted.name, outcome: 'minted', began: 0, bytes: 0, audit: undefined, warning: undefined },
      onError: wanted.settings.onError ?? plan.onError ?? 'deny',
      requiresCaller: wanted.settings.requireCaller ?? false,
      reuse,
      unproved: { place: file.source.placeAt(found.offset), signers, encrypters },
      recipients,
      kept: read.kept,
      witness,
    };
  }

  *#readMinter(read: ReadPlan, wanted: WantedPolicy): Steps<Made | undefined> {
    const { plan, source, offset } = read;
    const { secret, keys: named, strictFiles, rings } = this.#surroundings;
    const { files, environment = {}, unlocked = new UnlockedKeys() } = this.#context;
    const world = { read: files.read, list: files.list, environment };
    const sources = { world, secret, named, strictFiles, rings, unlocked, problems: this.#problems };
    const keys = yield* findPolicyKeys(plan, source, offset, wanted, sources);
    if (keys === undefined) return undefined;
    const { signing, recipients: found } = keys;
    const recipients = found && rings.recipients(found);
    const ring = signing && rings.add(wanted.name, plan, signing);
    const lacksOne = (signing !== undefined && ring === undefined) || (found !== undefined && recipients === undefined);
    if (lacksOne) return undefined;
    return yield* this.#rotating(read, { ring, recipients, isNamed: signing?.isNamed === true }, wanted);
  }

  /** A minter for each pair of a key that signs and one that is encrypted to, at some time. */
  *#rotating(read: ReadPlan, rings: Rings, wanted: WantedPolicy): Steps<Made> {
    const { ring, recipients } = rings;
    const making: Making = {
      read,
      shown: rings.isNamed ? withKeyId(read.plan) : read.plan,
      isNamed: rings.isNamed,
      // Tokens that are encrypted alone are never reused.
      reused: ring === undefined ? (minter) => minter : this.#reuser(read, wanted),
      signers: new Map(),
      encrypters: new Map(),
    };
    const minters = new Map<RingKey | undefined, Map<RingKey | undefined, Minter>>();
    const terms: MintingTerm[] = [];
    for (const { from, signer, recipient } of jointTerms(ring, recipients)) {
      const isComplete =
        (ring === undefined) === (signer === undefined) && (recipients === undefined) === (recipient === undefined);
      const bySigner = minters.get(signer) ?? new Map<RingKey | undefined, Minter>();
      const known = isComplete ? bySigner.get(recipient) : noKey;
      const minter = known ?? (yield* this.#minterOf(signer, recipient, making));
      minters.set(signer, bySigner.set(recipient, minter));
      terms.push({ from, minter });
      yield;
    }
    return {
      minter: rotatingMinter(terms),
      signers: [...making.signers.values()],
      encrypters: [...making.encrypters.values()],
      recipients: recipients ?? [],
    };
  }

  *#minterOf(signer: RingKey | undefined, recipient: RingKey | undefined, making: Making): Steps<Minter> {
    const { plan, witness } = making.read;
    const signs = madeOnce(making.signers, signer, (key) => signerOf(plan, key));
    const encrypts = madeOnce(making.encrypters, recipient, (key) => encrypterOf(plan, key));
    const kid = signer && (making.isNamed ? keyId(signer.held) : signer.held.kid);
    const unseen = yield* makeMinter(making.shown, {
      signing: this.#minting.signing(signs, kid),
      recipient: this.#minting.recipient(encrypts, recipient, witness),
    });
    const minter = making.reused(unseen);
    return witness?.minting(minter, madeBy(plan, signer?.held, recipient?.held)) ?? minter;
  }

  /** What lets the tokens of a minter be reused, where they may be. */
  #reuser(
    { reuse, kept, witness }: ReadPlan,
    { name, settings, report }: WantedPolicy,
  ): (minter: StagedMinter) => Minter {
    if (reuse.kind !== 'off') {
      const counted = this.#context.reuseCounters?.(name) ?? uncounted;
      const counters = witness?.counting(counted) ?? counted;
      return (minter) => {
        const reused = reusing(minter, reuse.limits, counters, this.#reuseMemory);
        kept.push(reused.kept);
        return reused;
      };
    }
    if (settings.reuse !== undefined && settings.reuse !== false) {
      const message = `Tokens of this policy are not reused: ${reuse.because}.`;
      report(['reuse'], 'config.no-reuse', { severity: 'warning', message });
    }
    return (minter) => minter;
  }

  *#readFile(wanted: WantedPolicy): Steps<ReadFile | undefined> {
    const { expressions, edition } = this.#settingsOf(wanted);
    const cacheKey = `${expressions ?? ''} ${edition ?? ''} ${wanted.file}`;
    if (!this.#read.has(cacheKey)) this.#read.set(cacheKey, yield* this.#readAfresh(wanted));
    return this.#read.get(cacheKey);
  }

  #settingsOf({ settings }: WantedPolicy): PolicySettings {
    const { edition, variables } = this.#surroundings;
    return { expressions: settings.expressions, edition: settings.edition ?? edition, variables };
  }

  *#readAfresh(wanted: WantedPolicy): Steps<ReadFile | undefined> {
    const { file, report } = wanted;
    const text = readTextFile(this.#context.files, file);
    if (text.kind === 'failed') {
      report(['file'], 'config.unreadable-file', { message: `${calledFile('The policy file', file)} ${text.reason}.` });
      return undefined;
    }
    const source = SourceText.ofFile(file, text.text);
    const document = this.#documents.open(source);
    return { source, contents: yield* readPolicyFile(document, this.#settingsOf(wanted), this.#problems) };
  }
}

/** The keys of a policy by their times; undefined where it does not sign, or does not encrypt. */
interface Rings {
  readonly ring: KeyRing | undefined;
  readonly recipients: KeyRing | undefined;
  /** Whether the configuration names the key that signs. */
  readonly isNamed: boolean;
}

/** What the minters of one policy have in common. */
interface Making {
  readonly read: ReadPlan;
  /** The plan with what the configuration adds to it. */
  readonly shown: TokenPlan;
  readonly isNamed: boolean;
  reused(minter: StagedMinter): Minter;
  readonly signers: Map<RingKey, Signer>;
  readonly encrypters: Map<RingKey, Encrypter>;
}

/** What is made of a key once, whoever asks first. */
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

/** A minter, and the keys that it mints with. */
interface Made {
  readonly minter: Minter;
  readonly signers: readonly Signer[];
  readonly encrypters: readonly Encrypter[];
  readonly recipients: KeyRing;
}

/** Of a policy that is switched off. */
const neverMints: Minter = {
  mint() {
    throw new TypeError('a policy that is switched off was asked for a token');
  },
};

/** All keys of the policy have retired, or none has begun. */
const noKey: Minter = {
  mint() {
    throw new MintError('keys.none-active', 'None of the keys of the policy is active at this time.');
  },
};

/** A policy that is switched off needs no key. */
const switchedOff: Made = { minter: neverMints, signers: [], encrypters: [], recipients: [] };

const nobody = { increment() {} };
const uncounted: ReuseCounters = { hit: nobody, miss: nobody, evicted: nobody };

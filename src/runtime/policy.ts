/**
 * @module
 * One policy, from its files to something that mints: the dialect reads the file, the entry chooses one policy of it,
 * a key is found and checked, and both become a minter.
 */
import type { Code } from '../diagnostics/codes.ts';
import { calledFile } from '../diagnostics/harmless.ts';
import type { ProblemDetails, Problems } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import type { Steps } from '../diagnostics/steps.ts';
import { Documents } from '../dialects/document-file.ts';
import { type PolicyFile, readPolicyFile } from '../dialects/index.ts';
import type { DeclaredVariables, PolicySettings } from '../dialects/policy-file.ts';
import type { YamlPath } from '../dialects/yaml-places.ts';
import type { Encrypt } from '../jose/encrypt.ts';
import type { Signer } from '../jose/proof.ts';
import type { Sign } from '../jose/sign.ts';
import type { RecipientKey } from '../keys/key-ring.ts';
import { type KeyRing, keyId, type RingKey, termsOf } from '../keys/rotation.ts';
import { UnlockedKeys } from '../keys/unlocked-keys.ts';
import { type Auditing, Witness } from '../mint/audit.ts';
import type { MintedRecord } from '../mint/decision.ts';
import { type Minter, makeMinter, type StagedMinter } from '../mint/minter.ts';
import { type KeptTokens, type ReuseCounters, reusing } from '../mint/reuse.ts';
import { ReuseMemory } from '../mint/reuse-memory.ts';
import { rotatingMinter } from '../mint/rotating.ts';
import type { Output, TokenPlan } from '../plan/token-plan.ts';
import type { CallerObserver } from './caller-sources.ts';
import { choosePolicy } from './choose-policy.ts';
import type { PolicyEntrySettings } from './configuration-schema.ts';
import { type FileReader, readText } from './files.ts';
import type { Secrets } from './find-key.ts';
import { HeaderValues } from './header-values.ts';
import { neverMints, noKey } from './idle-minters.ts';
import { MintingKeysMaker, madeBy, signerOf } from './minting-keys.ts';
import type { NamedKeys } from './named-keys.ts';
import { type PolicyKeys, readKeys } from './policy-key.ts';
import { outputIsFit, outputOf } from './policy-output.ts';
import type { UnprovedKeys } from './prove-keys.ts';
import { type Reuse, reuseOf } from './reuse-settings.ts';
import { type RingBook, type SigningKeys, withKeyId } from './signing-rings.ts';

export interface CompiledPolicy {
  readonly name: string;
  readonly dialect: string;
  readonly plan: TokenPlan;
  readonly minter: Minter;
  readonly output: Output;
  /** What is written into the header of `output`. */
  readonly values: HeaderValues;
  readonly minted: MintedRecord;
  readonly onError: 'deny' | 'pass';
  /** Whether its entry refuses requests whose caller is unknown. */
  readonly requiresCaller: boolean;
  readonly reuse: Reuse;
  readonly unproved: UnprovedKeys;
  /** The key to encrypt to; undefined where the policy does not encrypt. */
  readonly recipient: RecipientKey | undefined;
  /** What its minters keep to give out again; empty where they keep nothing. */
  readonly kept: readonly KeptTokens[];
  /** Sees how its tokens come about; undefined where none leaves a line in the audit. */
  readonly witness: Witness | undefined;
}

/** What loading needs of the world around it. */
export interface LoadContext {
  readonly files: FileReader;
  /** Stands between a minter and its signer, as a stopwatch does; `algorithm` is the algorithm's name. */
  readonly wrapSign?: (algorithm: string, sign: Sign) => Sign;
  /** The same between a minter and its encrypter; `algorithm` is the key management's name. */
  readonly wrapEncrypt?: (algorithm: string, encrypt: Encrypt) => Encrypt;
  /** The process's environment, for variables and keys that are declared to come from it. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Counts the tokens of a policy that are given out again, and those that are not. */
  readonly reuseCounters?: (policy: string) => ReuseCounters;
  /** What is counted and noted about callers. */
  readonly callers?: CallerObserver;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** The keys of the configuration that is in force. */
  readonly before?: SigningKeys;
  /** Milliseconds from `now` until new keys are published, at most. */
  readonly announcedIn?: number;
  /**
   * How many policies may be loaded though none of their keys is active now, so that their requests are refused: none
   * unless it says otherwise; `some`: as long as another can answer. One that could sign before is never among them.
   */
  readonly withoutKeys?: 'none' | 'some' | 'all';
  /** The files as documents, where somebody else wants to know them, too. */
  readonly documents?: Documents;
  /** Keys that a password opens, where somebody else has opened them or wants them, too. */
  readonly unlocked?: UnlockedKeys;
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

/** A policy to load. */
export interface WantedPolicy {
  readonly name: string;
  /** As it can be opened, and as problems name it. */
  readonly file: string;
  /** A path of the entry as it can be opened. */
  resolve(file: string): string;
  readonly settings: PolicyEntrySettings;
  /** Reports a problem with the entry; `path` leads to a key inside it. */
  report(path: YamlPath, code: Code, details: ProblemDetails): void;
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
    const { minter, signers, recipient } = made;
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
      unproved: { place: file.source.placeAt(found.offset), signers, encrypter: recipient?.encrypter },
      recipient,
      kept: read.kept,
      witness,
    };
  }

  *#readMinter(read: ReadPlan, wanted: WantedPolicy): Steps<Made | undefined> {
    const { plan, witness, source, offset } = read;
    const { secret, keys: named, strictFiles, rings } = this.#surroundings;
    const { files, environment = {}, unlocked = new UnlockedKeys() } = this.#context;
    const sources = { files, secret, named, environment, strictFiles, rings, unlocked, problems: this.#problems };
    const keys = yield* readKeys(plan, source, offset, wanted, sources);
    if (keys === undefined) return undefined;
    const { signing, recipient } = keys;
    if (signing === undefined) {
      const unseen = yield* makeMinter(plan, { recipient: this.#minting.recipient(plan, recipient, witness) });
      const minter = witness?.minting(unseen, madeBy(plan, undefined, recipient)) ?? unseen;
      return { minter, signers: [], recipient };
    }
    const ring = rings.add(wanted.name, plan, signing);
    return ring && { ...(yield* this.#rotating(read, ring, keys, this.#reuser(read, wanted))), recipient };
  }

  /** A minter for each key that signs at some time. */
  *#rotating(
    { plan, witness }: ReadPlan,
    ring: KeyRing,
    { signing, recipient }: PolicyKeys,
    reused: (minter: StagedMinter) => Minter,
  ): Steps<Omit<Made, 'recipient'>> {
    const isNamed = signing?.isNamed === true;
    const shown = isNamed ? withKeyId(plan) : plan;
    const minters = new Map<RingKey, Minter>();
    const signers: Signer[] = [];
    const terms = termsOf(ring);
    for (const { signer } of terms) {
      if (signer === undefined || minters.has(signer)) continue;
      const { held } = signer;
      const kid = isNamed ? keyId(held) : held.kid;
      const unproved = signerOf(plan, signer);
      if (unproved !== undefined) signers.push(unproved);
      const keys = {
        signing: this.#minting.signing(unproved, kid),
        recipient: this.#minting.recipient(plan, recipient, witness),
      };
      const minter = reused(yield* makeMinter(shown, keys));
      minters.set(signer, witness?.minting(minter, madeBy(plan, held, recipient)) ?? minter);
      yield;
    }
    const minterOf = (signer: RingKey | undefined): Minter => (signer && minters.get(signer)) ?? noKey;
    return { minter: rotatingMinter(terms.map(({ from, signer }) => ({ from, minter: minterOf(signer) }))), signers };
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
    const text = readText(this.#context.files, file);
    if (text.kind === 'failed') {
      report(['file'], 'config.unreadable-file', { message: `${calledFile('The policy file', file)} ${text.reason}.` });
      return undefined;
    }
    const source = SourceText.ofFile(file, text.text);
    const document = this.#documents.open(source);
    return { source, contents: yield* readPolicyFile(document, this.#settingsOf(wanted), this.#problems) };
  }
}

/** A minter, and the keys that it mints with. */
interface Made {
  readonly minter: Minter;
  readonly signers: readonly Signer[];
  readonly recipient: RecipientKey | undefined;
}

/** A policy that is switched off needs no key. */
const switchedOff: Made = { minter: neverMints, signers: [], recipient: undefined };

const nobody = { increment() {} };
const uncounted: ReuseCounters = { hit: nobody, miss: nobody, evicted: nobody };

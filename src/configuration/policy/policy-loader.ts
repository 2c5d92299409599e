/**
 * @module
 * Loads a policy: the dialect reads the file, the entry chooses one policy of it, the keys are found and checked, and
 * plan and keys become a minter.
 */
import { compileRules } from '../../decision/request-rules.ts';
import type { RunnablePolicy } from '../../decision/rules.ts';
import { calledFile } from '../../diagnostics/harmless.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import { missingFileHint } from '../../diagnostics/missing-file.ts';
import { type Problem, Problems } from '../../diagnostics/problem.ts';
import { type Place, SourceText } from '../../diagnostics/source-text.ts';
import type { Steps } from '../../diagnostics/steps.ts';
import { type PolicyFile, readPolicyFile } from '../../dialects/index.ts';
import type { FoundPolicy, PolicySettings } from '../../dialects/policy-file.ts';
import { Documents } from '../../documents/document-file.ts';
import type { Encrypter, Signer } from '../../jose/proof.ts';
import { keyId } from '../../keys/held-key.ts';
import { jointTerms, type KeyRing, type RingKey } from '../../keys/rotation.ts';
import { UnlockedKeys } from '../../keys/unlocked-keys.ts';
import { Witness } from '../../mint/audit.ts';
import { HeaderValues } from '../../mint/header-values.ts';
import { type Minter, makeMinter, type StagedMinter } from '../../mint/minter.ts';
import { probeMembers } from '../../mint/probe.ts';
import { type KeptTokens, type ReuseCounters, reusing } from '../../mint/reuse.ts';
import { ReuseMemory } from '../../mint/reuse-memory.ts';
import { type MintingTerm, rotatingMinter } from '../../mint/rotating.ts';
import type { TokenPlan } from '../../plan/token-plan.ts';
import { readTextFile } from '../files.ts';
import { type KeyIdentity, keyIdentity } from '../keys/key-identity.ts';
import { withKeyId } from '../keys/key-rings.ts';
import { encrypterOf, madeBy, recipientKey, signerOf, signingKey } from '../keys/minting-keys.ts';
import { findPolicyKeys } from '../keys/policy-keys.ts';
import { type PolicyScope, ShownKeys } from '../keys/shown-keys.ts';
import type { LoadContext } from '../load-context.ts';
import type { Variables } from '../variables.ts';
import type { WantedPolicy } from '../wanted-policy.ts';
import { choosePolicy } from './choose-policy.ts';
import { problemsOfPolicy } from './file-problems.ts';
import { OtherTokens } from './other-tokens.ts';
import { noteEntry, notePlan } from './plan-notes.ts';
import type { PolicyContext } from './policy-context.ts';
import { hasUsableOutput, outputOf } from './policy-output.ts';
import { PolicyVariables, type RouteVariables, reportRoute } from './policy-variables.ts';
import { type Reuse, reuseOf } from './reuse-settings.ts';

export interface CompiledPolicy extends RunnablePolicy {
  readonly dialect: string;
  /** Whether its entry refuses requests whose caller is unknown. */
  readonly requiresCaller: boolean;
  readonly reuse: Reuse;
  /** What the policy reads of the request and the caller. */
  readonly found: Pick<FoundPolicy, 'reads' | 'variables'>;
  readonly unproved: UnprovedKeys;
  /** The keys to encrypt to, by their times; empty if the policy does not encrypt. */
  readonly recipients: KeyRing;
  /** The tokens that its minters keep for reuse; empty if they keep none. */
  readonly kept: readonly KeptTokens[];
}

/** What a policy signs and encrypts with. */
export interface UnprovedKeys {
  /** The policy's place in its file. */
  readonly place: Place;
  readonly signers: readonly Signer[];
  readonly encrypters: readonly Encrypter[];
}

interface ReadFile {
  readonly source: SourceText;
  readonly contents: PolicyFile | undefined;
  readonly problems: readonly Problem[];
}

interface ChosenPolicy {
  readonly file: ReadFile;
  readonly found: FoundPolicy;
}

/** A plan and its place in its file. */
interface ReadPlan {
  readonly plan: TokenPlan;
  readonly reuse: Reuse;
  /** Collects the tokens that each minter of the policy keeps for reuse. */
  readonly kept: KeptTokens[];
  readonly witness: Witness | undefined;
  readonly source: SourceText;
  readonly offset: number;
}

/** Loads the policies of one configuration. A file that several entries name is read and reported on once. */
export class PolicyLoader {
  readonly #context: LoadContext;
  readonly #problems: Problems;
  readonly #shared: PolicyContext;
  readonly #reuseMemory: ReuseMemory;
  readonly #variables: PolicyVariables;
  readonly #read = new Map<Variables | undefined, Map<string, ReadFile | undefined>>();
  readonly #layered = new Set<string>();
  /** The keys of each policy that was loaded. */
  readonly #keys = new Map<string, SharedKeys>();
  readonly #documents: Documents;
  readonly #shownKeys: ShownKeys;
  readonly #otherTokens = new OtherTokens();

  constructor(context: LoadContext, problems: Problems, shared: PolicyContext) {
    this.#context = context;
    this.#problems = problems;
    this.#shared = shared;
    this.#documents = context.documents ?? new Documents();
    this.#reuseMemory = new ReuseMemory(shared.reuseBytes);
    const { files, environment = {} } = context;
    this.#variables = new PolicyVariables(shared.variables, { files, environment, problems, callers: shared.callers });
    this.#shownKeys = new ShownKeys({
      files,
      environment,
      otherSecrets: shared.otherSecrets,
      problems,
    });
    for (const declaration of shared.keys.all) this.#shownKeys.noteDeclaration(declaration);
  }

  /**
   * The policy, ready to mint. Undefined if it has an error, which is reported.
   *
   * @param route the variables of a route that differ from those of the entry
   */
  *load(wanted: WantedPolicy, route?: RouteVariables): Steps<CompiledPolicy | undefined> {
    const isOutputUsable = hasUsableOutput(wanted);
    const scope = this.#scopeOf(wanted, route);
    const chosen = yield* this.#choose(wanted, scope);
    if (chosen?.found.plan === undefined) return undefined;
    const { file, found } = chosen;
    const { plan } = chosen.found;
    warnOfObject(plan, wanted);
    const probed = yield* probeMembers(plan);
    notePlan(plan, probed, file.source.placeAt(found.offset), this.#problems);
    noteEntry(wanted);
    warnOfNoEffect(plan, wanted);
    const reuse = reuseOf(plan, probed, wanted.settings.reuse);
    const witness = this.#shared.audit && new Witness();
    const read = { plan, reuse, kept: [], witness, source: file.source, offset: found.offset };
    const made = plan.disabled === true ? disabled : yield* this.#readMinter(read, wanted, scope);
    const output = isOutputUsable ? outputOf(plan, wanted, this.#problems) : undefined;
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
      as: wanted.settings.authentication?.as,
      isFor: compileRules(plan.rules),
      requiresCaller: wanted.settings.requireCaller ?? false,
      reuse,
      found,
      unproved: { place: file.source.placeAt(found.offset), signers, encrypters },
      recipients,
      kept: read.kept,
      witness,
    };
  }

  /** Reads the policy's file; undefined if the entry means none of its policies, which is reported. */
  *#choose(wanted: WantedPolicy, scope: LoadScope): Steps<ChosenPolicy | undefined> {
    const file = yield* this.#readFile(wanted, scope);
    if (file === undefined) return undefined;
    const { source, contents, problems } = file;
    const isLayered = contents !== undefined && contents.policies.length > 1 && this.#layered.has(wanted.file);
    if (!isLayered) this.#addAll(problems);
    const found = contents && choosePolicy(contents.policies, source, wanted);
    if (isLayered) this.#addAll(found ? problemsOfPolicy(problems, found, contents.policies, source) : problems);
    if (found === undefined) return undefined;
    this.#note(found, source, wanted, scope);
    return { file, found };
  }

  /** Reports what all policies together show. For use after all of them have loaded. */
  reportTogether(): Steps<void> {
    this.#otherTokens.report(this.#variables.tokens, this.#problems);
    return this.#shownKeys.report();
  }

  /** Reports the variables of entries and routes that nothing reads. For use after all policies have loaded. */
  reportUnusedVariables(): void {
    this.#variables.reportUnused();
  }

  /** Notes the files whose policies do not all have the same variables. For use before any policy is loaded. */
  noteLayers(wanted: WantedPolicy, isOnRoutes: boolean): void {
    if (isOnRoutes || this.#variables.of(wanted, undefined) !== this.#shared.variables) this.#layered.add(wanted.file);
  }

  #addAll(problems: readonly Problem[]): void {
    for (const problem of problems) this.#problems.add(problem);
  }

  #scopeOf(wanted: WantedPolicy, route: RouteVariables | undefined): LoadScope {
    const variables = this.#variables.of(wanted, route);
    const { given, areVariablesKnown } = this.#shared;
    return {
      variables,
      route,
      secret: (name) => given.get(name) ?? variables?.secret(name),
      isUnread: (name) => !areVariablesKnown || variables?.isUnread(name) === true,
    };
  }

  #note(found: FoundPolicy, source: SourceText, wanted: WantedPolicy, scope: LoadScope): void {
    const { settings, resolve } = wanted;
    this.#otherTokens.note(found, wanted);
    this.#shownKeys.notePolicy(found, source, scope);
    for (const form of [settings.key, settings.recipient]) {
      if (typeof form === 'object') this.#shownKeys.noteDeclaration({ form, resolve });
    }
  }

  *#readMinter(read: ReadPlan, wanted: WantedPolicy, scope: LoadScope): Steps<MadeMinter | undefined> {
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
    { plan, source, offset }: ReadPlan,
    wanted: WantedPolicy,
    { secret, isUnread }: LoadScope,
  ): Steps<Rings | undefined> {
    const { keys: named, strictFiles, rings } = this.#shared;
    const { files, environment = {}, unlocked = new UnlockedKeys() } = this.#context;
    const access = { read: files.read, list: files.list, environment };
    const sources = { access, secret, isUnread, named, strictFiles, rings, unlocked, problems: this.#problems };
    const keys = yield* findPolicyKeys(plan, source, offset, wanted, sources);
    if (keys === undefined) return undefined;
    const { signing, recipients: found } = keys;
    const recipients = found && rings.recipients(found);
    const ring = signing && rings.add(wanted.name, plan, signing);
    const lacksOne = (signing !== undefined && ring === undefined) || (found !== undefined && recipients === undefined);
    if (lacksOne) return undefined;
    return { ring, recipients, isNamed: signing?.isNamed === true, signers: new Map(), encrypters: new Map() };
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
      withReuse: ring === undefined ? (minter) => minter : this.#reuser(read, wanted),
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
      minter: rotatingMinter(terms),
      signers: [...parts.signers.values()],
      encrypters: [...parts.encrypters.values()],
      recipients: recipients ?? [],
    };
  }

  *#minterOf(signer: RingKey | undefined, recipient: RingKey | undefined, parts: MinterParts): Steps<Minter> {
    const { plan, witness } = parts.read;
    const signs = madeOnce(parts.signers, signer, (key) => signerOf(plan, key));
    const encrypts = madeOnce(parts.encrypters, recipient, (key) => encrypterOf(plan, key));
    const kid = signer && (parts.isNamed ? keyId(signer.held) : signer.held.kid);
    const unseen = yield* makeMinter(parts.plan, {
      signing: signs && signingKey(signs, kid, this.#context),
      recipient: encrypts && recipientKey(encrypts, recipient, witness, this.#context),
    });
    const minter = parts.withReuse(unseen);
    return witness?.minting(minter, madeBy(plan, signer?.held, recipient?.held)) ?? minter;
  }

  /** Returns a function that adds reuse to a minter if the policy's tokens may be reused. */
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
      report(['reuse'], 'config.no-reuse', { message });
    }
    return (minter) => minter;
  }

  *#readFile(wanted: WantedPolicy, scope: LoadScope): Steps<ReadFile | undefined> {
    const settings = this.#settingsOf(wanted, scope);
    const known = this.#read.get(scope.variables) ?? new Map<string, ReadFile | undefined>();
    this.#read.set(scope.variables, known);
    const { expressions, edition, verifiedBy } = settings;
    const as = wanted.settings.authentication?.as;
    const cacheKey = JSON.stringify([expressions, edition, verifiedBy, as, wanted.file]);
    if (!known.has(cacheKey)) known.set(cacheKey, yield* this.#parseFile(wanted, settings));
    return known.get(cacheKey);
  }

  #settingsOf({ settings }: WantedPolicy, { variables }: LoadScope): PolicySettings {
    const { edition, given, callers } = this.#shared;
    const { expressions, verifiedBy, authentication } = settings;
    return {
      expressions,
      edition: settings.edition ?? edition,
      verifiedBy,
      callers: callers?.(authentication?.as),
      variables,
      given,
    };
  }

  *#parseFile(wanted: WantedPolicy, settings: PolicySettings): Steps<ReadFile | undefined> {
    const { file, report } = wanted;
    const text = readTextFile(this.#context.files, file);
    if (text.kind === 'failed') {
      const message = `${calledFile('The policy file', file)} ${text.reason}.`;
      const suggestion = missingFileHint(file, (folder) => this.#context.files.list(folder));
      report(['file'], 'config.unreadable-file', { message, suggestion });
      return undefined;
    }
    const source = SourceText.ofFile(file, text.text);
    const document = this.#documents.open(source);
    const problems = new Problems();
    return { source, contents: yield* readPolicyFile(document, settings, problems), problems: problems.all };
  }
}

/** What a policy is loaded with. */
interface LoadScope extends PolicyScope {
  /** Whether a secret variable is declared but could not be read, which was reported, or may be. */
  isUnread(name: string): boolean;
  readonly route: RouteVariables | undefined;
}

/** The keys of a policy, which its variants for routes with other variables share. */
interface SharedKeys {
  readonly identity: KeyIdentity;
  readonly rings: Rings;
}

/** Only expressions read `authentication`; the variables of other dialects do not depend on an object. */
function warnOfObject({ dialect }: TokenPlan, { settings, report }: WantedPolicy): void {
  const as = settings.authentication?.as;
  if (as === undefined || as === 'apigee' || dialect === 'flex') return;
  report(['authentication', 'as'], 'identity.unused-key', {
    message: `\`as: ${as}\` is an object of Flex Gateway, which a policy of ${dialect} does not read; only expressions in \`variables\` do.`,
    suggestion: dialect === 'apigee' ? 'Write `as: apigee`, or remove it.' : 'Remove it.',
  });
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

/** The minter of a disabled policy. */
const neverMints: Minter = {
  mint() {
    throw new TypeError('a disabled policy was asked for a token');
  },
};

/** The minter for times at which all keys of the policy have retired, or none has begun. */
const withoutActiveKey: Minter = {
  mint() {
    throw new MintError('keys.none-active', 'None of the keys of the policy is active at this time.');
  },
};

/** A part of the entry that policies of other vendors have. */
function warnOfNoEffect({ dialect }: TokenPlan, { settings, report }: WantedPolicy): void {
  if (settings.apigee === undefined || dialect === 'apigee') return;
  report(['apigee'], 'config.no-effect', {
    message: 'The policy is not one of Apigee, so `apigee` has no effect.',
    suggestion: 'Remove `apigee`.',
  });
}

/** A disabled policy needs no key. */
const disabled: MadeMinter = { minter: neverMints, signers: [], encrypters: [], recipients: [] };

const ignored = { increment() {} };
const uncounted: ReuseCounters = { hit: ignored, miss: ignored, evicted: ignored };

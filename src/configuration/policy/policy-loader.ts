/**
 * @module
 * Loads a policy: the dialect reads the file, the entry chooses one policy of it, the keys are found and checked, and
 * plan and keys become a minter.
 */
import { compileRules } from '../../decision/request-rules.ts';
import type { RunnablePolicy } from '../../decision/rules.ts';
import { calledFile } from '../../diagnostics/harmless.ts';
import { missingFileHint } from '../../diagnostics/missing-file.ts';
import { type Problem, Problems } from '../../diagnostics/problem.ts';
import { type Place, SourceText } from '../../diagnostics/source-text.ts';
import type { Steps } from '../../diagnostics/steps.ts';
import { type PolicyFile, readPolicyFile } from '../../dialects/index.ts';
import type { FoundPolicy, PolicySettings } from '../../dialects/policy-file.ts';
import { Documents } from '../../documents/document-file.ts';
import type { Encrypter, Signer } from '../../jose/proof.ts';
import type { KeyRing } from '../../keys/rotation.ts';
import { Witness } from '../../mint/audit.ts';
import { HeaderValues } from '../../mint/header-values.ts';
import { unusedKeys } from '../../mint/key-use.ts';
import { mintedRecord } from '../../mint/mint-record.ts';
import { probeMembers } from '../../mint/probe.ts';
import { nothingGiven, type ReuseSize } from '../../mint/reuse.ts';
import type { TokenPlan } from '../../plan/token-plan.ts';
import { readTextFile } from '../files.ts';
import { keySourcesOf } from '../key-sources.ts';
import { reportMissingKeyFiles } from '../keys/missing-key-files.ts';
import { ShownKeys } from '../keys/shown-keys.ts';
import type { LoadContext } from '../load-context.ts';
import type { Variables } from '../variables.ts';
import type { WantedPolicy } from '../wanted-policy.ts';
import { checkCatalog, choosePolicy } from './choose-policy.ts';
import { withEntryHeader } from './entry-header.ts';
import { areToldApart, problemsOfPolicy, problemsOutside } from './file-problems.ts';
import { OtherTokens } from './other-tokens.ts';
import { noteEntry, notePlan } from './plan-notes.ts';
import type { PolicyContext } from './policy-context.ts';
import { type LoadScope, PolicyMinters } from './policy-minters.ts';
import { hasUsableOutput, outputOf } from './policy-output.ts';
import { PolicyVariables, type RouteVariables } from './policy-variables.ts';
import { inEnvoyOf, type Reuse, reuseOf } from './reuse-settings.ts';
import { type TokenFileSettings, tokenFileOf } from './sds-settings.ts';
import { withForm } from './token-form.ts';

export interface CompiledPolicy extends RunnablePolicy {
  readonly dialect: string;
  /** Whether its entry refuses requests whose caller is unknown. */
  readonly requiresCaller: boolean;
  readonly reuse: Reuse;
  /** The file that its token is written to; undefined if there is none. */
  readonly tokenFile: TokenFileSettings | undefined;
  /** What the policy reads of the request and the caller. */
  readonly found: Pick<FoundPolicy, 'reads' | 'variables' | 'needs'>;
  readonly unproved: UnprovedKeys;
  /** The keys to encrypt to, by their times; empty if the policy does not encrypt. */
  readonly recipients: KeyRing;
  /** The tokens that its minters keep for reuse; empty if they keep none. */
  readonly kept: readonly ReuseSize[];
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

/** Loads the policies of one configuration. A file that several entries name is read and reported on once. */
export class PolicyLoader {
  readonly #context: LoadContext;
  readonly #problems: Problems;
  readonly #shared: PolicyContext;
  readonly #variables: PolicyVariables;
  readonly #read = new Map<Variables | undefined, Map<string, ReadFile | undefined>>();
  readonly #layered = new Set<string>();
  readonly #minters: PolicyMinters;
  readonly #documents: Documents;
  readonly #shownKeys: ShownKeys;
  readonly #otherTokens = new OtherTokens();

  constructor(context: LoadContext, problems: Problems, shared: PolicyContext) {
    this.#context = context;
    this.#problems = problems;
    this.#shared = shared;
    this.#documents = context.documents ?? new Documents();
    this.#minters = new PolicyMinters(context, problems, shared);
    const { files, environment = {}, withoutValues } = context;
    const { callers, absentSecrets } = shared;
    const sources = { files, environment, withoutValues, absentSecrets };
    this.#variables = new PolicyVariables(shared.variables, { ...sources, problems, callers });
    this.#shownKeys = new ShownKeys({
      ...keySourcesOf(context),
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
    if (chosen?.found.plan === undefined) {
      this.#shared.absentSecrets?.noteUnreadPolicy();
      const { withoutValues, standInKeys, files } = this.#context;
      const needsKeys = withoutValues !== true && standInKeys === undefined;
      if (needsKeys) reportMissingKeyFiles(wanted, this.#shared.keys, files);
      return undefined;
    }
    const { file, found } = chosen;
    const { form } = wanted.settings;
    const headed = withEntryHeader(chosen.found.plan, wanted);
    const written = form === undefined ? headed : withForm(headed, form, wanted);
    warnOfObject(written, wanted);
    const probed = yield* probeMembers(written);
    notePlan(written, probed, file.source.placeAt(found.offset), this.#problems);
    noteEntry(wanted);
    warnOfNoEffect(written, wanted);
    const tokenFile = yield* tokenFileOf(written, wanted, {
      found,
      areValuesKnown: this.#context.withoutValues !== true,
    });
    const plan = this.#context.recorder?.recording(written) ?? written;
    const reuse = reuseOf(plan, probed, wanted.settings.reuse, form);
    const witness = this.#shared.audit && new Witness();
    const keyUse = unusedKeys();
    const last = nothingGiven();
    const read = { plan, reuse, kept: [], last, witness, keyUse, source: file.source, offset: found.offset };
    const made = yield* this.#minters.load(read, wanted, scope);
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
      minted: mintedRecord(wanted.name, keyUse),
      keyUse,
      last,
      inEnvoy: inEnvoyOf(reuse),
      onError: wanted.settings.onError ?? plan.onError ?? 'deny',
      as: wanted.settings.authentication?.as,
      isFor: compileRules(plan.rules),
      requiresCaller: wanted.settings.requireCaller ?? false,
      reuse,
      tokenFile,
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
    const policies = contents?.policies ?? [];
    const isOneOfSeveral = policies.length > 1 && (this.#layered.has(wanted.file) || areToldApart(policies));
    this.#addAll(isOneOfSeveral ? problemsOutside(problems, policies) : problems);
    const found = contents && choosePolicy(policies, source, wanted);
    if (isOneOfSeveral) this.#addAll(found ? problemsOfPolicy(problems, found, policies, source) : problems);
    if (found === undefined) return undefined;
    this.#addAll((found.whenUsed ?? []).filter((problem) => !this.#problems.all.includes(problem)));
    this.#note(found, source, wanted, scope);
    return { file, found };
  }

  /** Reports what all policies together show. For use after all of them have loaded. */
  reportTogether(): Steps<void> {
    this.#shared.absentSecrets?.report();
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
    const { given, areVariablesKnown, absentSecrets } = this.#shared;
    return {
      variables,
      route,
      secret: (name) => given.get(name) ?? variables?.secret(name),
      isUnread: (name) => !areVariablesKnown || variables?.isUnread(name) === true,
      isAbsent: (name) => areVariablesKnown && (variables?.isAbsent(name) ?? true),
      excuse: (name) => variables && absentSecrets?.excuse(variables.idOf(name)),
    };
  }

  #note(found: FoundPolicy, source: SourceText, wanted: WantedPolicy, scope: LoadScope): void {
    const { settings, resolve } = wanted;
    checkCatalog(found, wanted);
    this.#otherTokens.note(found, wanted);
    this.#shownKeys.notePolicy(found, source, scope);
    for (const form of [settings.key, settings.recipient]) {
      if (typeof form === 'object') this.#shownKeys.noteDeclaration({ form, resolve });
    }
  }

  *#readFile(wanted: WantedPolicy, scope: LoadScope): Steps<ReadFile | undefined> {
    const settings = this.#settingsOf(wanted, scope);
    const known = this.#read.get(scope.variables) ?? new Map<string, ReadFile | undefined>();
    this.#read.set(scope.variables, known);
    const { expressions, edition, basePaths, verifiedBy, catalog, hasRecipient } = settings;
    const as = wanted.settings.authentication?.as;
    const cacheKey = JSON.stringify([
      ...[expressions, edition, basePaths, verifiedBy, catalog, hasRecipient],
      ...[as, wanted.file],
    ]);
    if (!known.has(cacheKey)) known.set(cacheKey, yield* this.#parseFile(wanted, settings));
    return known.get(cacheKey);
  }

  #settingsOf({ settings }: WantedPolicy, { variables }: LoadScope): PolicySettings {
    const { edition, given, callers } = this.#shared;
    const { expressions, flex, verifiedBy, catalog, recipient, authentication } = settings;
    return {
      expressions,
      edition: settings.edition ?? edition,
      basePaths: flex?.basePath,
      verifiedBy,
      catalog,
      hasRecipient: recipient !== undefined,
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

/** Only expressions read `authentication`; the variables of other dialects do not depend on an object. */
function warnOfObject({ dialect }: TokenPlan, { settings, report }: WantedPolicy): void {
  const as = settings.authentication?.as;
  if (as === undefined || as === 'apigee' || dialect === 'flex') return;
  report(['authentication', 'as'], 'identity.unused-key', {
    message: `\`as: ${as}\` is an object of Flex Gateway, which a policy of ${dialect} does not read; only expressions in \`variables\` do.`,
    suggestion: dialect === 'apigee' ? 'Write `as: apigee`, or remove it.' : 'Remove it.',
  });
}

/** Keys of an entry that only policies of one vendor have. */
const ownKeys = [
  ['apigee', 'apigee', 'Apigee'],
  ['edition', 'apigee', 'Apigee'],
  ['expressions', 'flex', 'Flex Gateway'],
  ['flex', 'flex', 'Flex Gateway'],
] as const;

function warnOfNoEffect({ dialect }: TokenPlan, { settings, report }: WantedPolicy): void {
  for (const [key, owner, product] of ownKeys) {
    if (settings[key] === undefined || dialect === owner) continue;
    report([key], 'config.no-effect', {
      message: `The policy is not one of ${product}, so \`${key}\` has no effect.`,
      suggestion: `Remove \`${key}\`.`,
    });
  }
}

/**
 * @module
 * Finds the signing and recipient keys of a policy: in its entry, the configuration's `keys`, or the policy itself.
 * Checks them against the plan's algorithms.
 */
import { type Problems, problemAt } from '../../diagnostics/problem.ts';
import type { Place, SourceText } from '../../diagnostics/source-text.ts';
import { finish, type Steps } from '../../diagnostics/steps.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { type KeyFinding, keyError } from '../../jose/key-finding.ts';
import type { HeldKey } from '../../keys/held-key.ts';
import { checkFit, encryptionUse, hasError, type KeyUse, signingUse } from '../../keys/key-use.ts';
import { readKeys } from '../../keys/read-keys.ts';
import type { KeyAccess, KeyRequest } from '../../keys/sources/source.ts';
import type { UnlockedKeys } from '../../keys/unlocked-keys.ts';
import type { KeySource, TokenPlan } from '../../plan/token-plan.ts';
import { isOutside, versionsOf } from '../keys-schema.ts';
import type { LoadContext } from '../load-context.ts';
import type { WantedPolicy } from '../wanted-policy.ts';
import { type DeclaredKey, readDeclared } from './declared-keys.ts';
import type { FoundKeys, KeyRings } from './key-rings.ts';
import { KeyVerdict } from './key-verdict.ts';
import type { NamedKeys } from './named-keys.ts';
import {
  declaredForm,
  isOwnKeyAbsent,
  type KeyRole,
  type KeyText,
  ownKeyText,
  type SecretSources,
  secretNames,
  textWithoutConfiguration,
} from './own-key.ts';
import type { AbsentKey, StandInKeys } from './stand-in-keys.ts';

export interface KeySources extends SecretSources {
  readonly access: KeyAccess;
  readonly named: NamedKeys;
  readonly strictFiles: boolean;
  readonly rings: KeyRings;
  readonly unlocked: UnlockedKeys;
  readonly outside: LoadContext['outside'];
  /** Makes keys that are not at hand; undefined if these are errors. */
  readonly standIns: StandInKeys | undefined;
  readonly problems: Problems;
}

/** The keys of a plan; undefined if the plan does not use them. */
export interface PolicyKeys {
  readonly signing: FoundKeys | undefined;
  readonly recipients: FoundKeys | undefined;
}

/** A key that a plan needs. */
interface NeededKey {
  readonly role: KeyRole;
  /** The policy's own key, if it has one. */
  readonly source: KeySource | undefined;
  readonly use: KeyUse;
  readonly algorithm: string;
  /** What a key in its place is for, and a new one. */
  readonly standIn: Pick<AbsentKey, 'role' | 'algorithm' | 'generate'>;
}

function neededKeys({ algorithm, key, encryption, otherKeyAlgorithm }: TokenPlan): readonly NeededKey[] {
  const needed: NeededKey[] = [];
  if (algorithm !== undefined) {
    const use = signingUse(algorithm, otherKeyAlgorithm);
    const { name, generateKey: generate } = algorithm;
    needed.push({
      role: 'key',
      source: key,
      use,
      algorithm: name,
      standIn: { role: 'key', algorithm: name, generate },
    });
  }
  if (encryption !== undefined) {
    const { management, content } = encryption;
    const use = encryptionUse(management, content);
    const generate = () => management.generateKey(content);
    const standIn = { role: 'recipient', algorithm: `${management.name} with ${content.name}`, generate } as const;
    needed.push({ role: 'recipient', source: encryption.key, use, algorithm: management.name, standIn });
  }
  return needed;
}

/** The keys of a plan. Undefined if one is missing or has an error, which is reported. */
export function* findPolicyKeys(
  plan: TokenPlan,
  source: SourceText,
  offset: number,
  wanted: WantedPolicy,
  sources: KeySources,
): Steps<PolicyKeys | undefined> {
  reportUnneededKeys(plan, wanted);
  const verdict = new KeyVerdict(plan, wanted.settings.allowShortSecret ?? false);
  const found = new Map<KeyRole, FoundKeys>();
  const needed = neededKeys(plan);
  for (const one of needed) {
    const report = (finding: KeyFinding): void => {
      sources.problems.add(problemAt(source, offset, finding.code, finding));
    };
    const keys = yield* findKeys(verdict, one, wanted, sources, { place: source.placeAt(offset), report });
    if (keys !== undefined) found.set(one.role, keys);
  }
  if (found.size < needed.length) return undefined;
  if (wanted.settings.allowShortSecret === true && !verdict.usedAllowance) reportUnneededAllowance(wanted);
  return { signing: found.get('key'), recipients: found.get('recipient') };
}

/** The policy in its file. */
interface PolicyPlace {
  readonly place: Place;
  report(finding: KeyFinding): void;
}

function* findKeys(
  verdict: KeyVerdict,
  needed: NeededKey,
  wanted: WantedPolicy,
  sources: KeySources,
  policy: PolicyPlace,
): Steps<FoundKeys | undefined> {
  const declared = declaredKey(needed, wanted, sources.named);
  if (declared === 'unknown') return undefined;
  if (declared !== undefined) return yield* findDeclared(verdict, needed, declared, sources);
  const { role, source } = needed;
  const madeUp = standInForOwn(verdict, needed, wanted, sources, policy);
  if (madeUp !== undefined) return madeUp;
  if (source === undefined) {
    const message = `The policy \`${wanted.name}\` has no key${role === 'key' ? '' : ' to encrypt to'}.`;
    policy.report(keyError('keys.missing', message, `Write \`${role}: { file: … }\` in its entry in mintproc.yaml.`));
    return undefined;
  }
  const text = ownKeyText(source, role, { ...sources, names: sources.named.names });
  const held = text && (yield* readOwn(verdict, needed, text, sources));
  const own = held && [{ held, activeFrom: undefined, retireAfter: undefined }];
  const declaration = declarationOf(role, wanted.name);
  sources.rings.keepFound(declaration, own);
  if (text === undefined || own === undefined) return undefined;
  return { declaration, keys: own, revoked: [], isNamed: false, rotates: false, isOutside: false, report: text.report };
}

/** A key in place of the policy's own; undefined if that is at hand or broken, and if none may be made. */
function standInForOwn(
  verdict: KeyVerdict,
  { role, source, use, standIn }: NeededKey,
  wanted: WantedPolicy,
  { standIns, rings, problems, ...secrets }: KeySources,
  policy: PolicyPlace,
): FoundKeys | undefined {
  if (standIns === undefined) return undefined;
  if (source !== undefined && !standIns.areForAll && !isOwnKeyAbsent(source, secrets)) return undefined;
  const names = secretNames(source);
  for (const name of names) secrets.excuse(name);
  const named = source !== undefined && 'place' in source ? source.place : undefined;
  const made = standIns.make({
    ...standIn,
    source: JSON.stringify(named === undefined ? ['policy', wanted.name] : ['secret', names[0]]),
    place: named?.placeAt(0) ?? policy.place,
    hasCertificate: false,
  });
  const report: FoundKeys['report'] =
    named === undefined ? policy.report : (finding) => problems.add(problemAt(named, 0, finding.code, finding));
  for (const finding of checkFit(use, made)) report(verdict.judge(finding));
  const keys = [{ held: made, activeFrom: undefined, retireAfter: undefined }];
  const declaration = declarationOf(role, wanted.name);
  rings.keepFound(declaration, keys);
  return { declaration, keys, revoked: [], isNamed: false, rotates: false, isOutside: false, report };
}

/** Where a key is declared: in `keys`, or as the key of one policy. */
export function declarationOf(kind: 'keys' | KeyRole, name: string): string {
  return JSON.stringify([kind, name]);
}

interface Declaration {
  /** `keys NAME` or `policy NAME`. */
  readonly id: string;
  /** As `declarationOf` returns it. */
  readonly declaration: string;
  readonly isNamed: boolean;
  readonly key: DeclaredKey;
}

/** The declaration of the key in `mintproc.yaml`; undefined if the policy's own key is used. */
function declaredKey(
  { role, source }: NeededKey,
  wanted: WantedPolicy,
  named: NamedKeys,
): Declaration | 'unknown' | undefined {
  const entry = wanted.settings[role];
  if (typeof entry === 'object') {
    const { resolve } = wanted;
    const report: DeclaredKey['report'] = (path, code, details) => wanted.report([role, ...path], code, details);
    const placeAt: DeclaredKey['placeAt'] = (path) => wanted.placeAt([role, ...path]);
    const form = { ...entry, revoked: [] };
    const declaration = declarationOf(role, wanted.name);
    return {
      id: `policy ${wanted.name}`,
      declaration,
      isNamed: entry.kid !== undefined,
      key: { form, resolve, report, placeAt },
    };
  }
  const name = entry ?? (source?.kind === 'named' ? source.name : undefined);
  if (name !== undefined && !named.isRead) return 'unknown';
  const key = name === undefined ? undefined : named.declared(name);
  if (name !== undefined && key !== undefined) {
    // If the policy itself names the key, its token must match the gateway's, which does not contain a name of ours.
    const isNamed = entry !== undefined || key.form.kid !== undefined;
    return { id: `keys ${name}`, declaration: declarationOf('keys', name), isNamed, key };
  }
  if (entry === undefined) return undefined;
  const guess = nearest(entry, named.names);
  wanted.report([role], 'keys.unknown-name', {
    // The name is not shown: it may be the secret, written where a name belongs.
    message: 'No key of the configuration has this name.',
    suggestion:
      guess === undefined
        ? `Declare it, \`keys: { NAME: { file: … } }\`, and write its name here, or write \`${role}: { file: … }\`. Never write the key itself.`
        : `Did you mean \`${guess}\`?`,
  });
  return 'unknown';
}

function* findDeclared(
  verdict: KeyVerdict,
  { role, source, use, algorithm, standIn }: NeededKey,
  { id, declaration: compared, isNamed, key }: Declaration,
  { access, strictFiles, rings, secret, unlocked, outside, standIns, excuse }: KeySources,
): Steps<FoundKeys | undefined> {
  const declaration = `${id} ${algorithm}`;
  const request: KeyRequest = {
    use,
    access,
    strictFiles,
    form: { ...declaredForm(source, role, secret), unlocked },
    outside,
    made: rings.generatedKey(declaration),
  };
  const found = yield* readDeclared(key, request, {
    judge: (finding) => verdict.judge(finding),
    isReplaced: standIns?.areForAll === true,
    standIn:
      standIns &&
      ((absent) => {
        for (const name of secretNames(source)) excuse(name);
        return standIns.make({ ...standIn, ...absent });
      }),
  });
  rings.keepFound(compared, found);
  for (const { held } of found ?? []) if (held.generated) rings.keepGenerated(declaration, held);
  const report = (finding: KeyFinding): void => key.report([], finding.code, finding);
  const rotates = key.form.directory !== undefined || key.form.versions !== undefined;
  const isHeldOutside = versionsOf(key.form).some(isOutside);
  return (
    found && {
      declaration: compared,
      keys: found,
      revoked: key.form.revoked,
      isNamed,
      rotates,
      isOutside: isHeldOutside,
      report,
    }
  );
}

/** Reads the policy's own key. */
function* readOwn(
  verdict: KeyVerdict,
  { use }: NeededKey,
  { text, form, report }: KeyText,
  {
    access,
    strictFiles,
    unlocked,
  }: Pick<KeySources, 'access' | 'strictFiles'> & { readonly unlocked: UnlockedKeys | undefined },
): Steps<HeldKey | undefined> {
  const request = { use, access, strictFiles, form: { ...form, unlocked }, made: undefined };
  const { keys, findings } = yield* readKeys({ scheme: 'inline', text }, request);
  const judged = findings.map((finding) => verdict.judge(finding));
  for (const finding of judged) report(finding);
  return hasError(judged) ? undefined : keys[0];
}

/** A key that the plan does not need is an error: its author expects another token. */
function reportUnneededKeys(plan: TokenPlan, { settings, report }: WantedPolicy): void {
  if (settings.key !== undefined && plan.algorithm === undefined) {
    report(['key'], 'config.invalid-value', {
      message: 'The policy does not sign, so `key` has no effect.',
      suggestion: 'Write `recipient: { file: … }` for the key to encrypt to.',
    });
  }
  if (settings.recipient !== undefined && plan.encryption === undefined) {
    const message = 'The policy does not encrypt, so `recipient` has no effect.';
    report(['recipient'], 'config.invalid-value', { message, suggestion: 'Remove it.' });
  }
}

/** What has no effect now would hide a weak secret later. */
function reportUnneededAllowance({ report }: WantedPolicy): void {
  report(['allowShortSecret'], 'config.no-effect', {
    message: 'The policy has no short secret that its gateway would refuse, so `allowShortSecret` has no effect.',
    suggestion: 'Remove it.',
  });
}

/** A policy's own key is in the policy file, so no other file is read. */
const noOtherFiles: KeyAccess = {
  read: () => ({ kind: 'failed', reason: 'is not read here' }),
  list: () => ({ kind: 'failed', reason: 'is not read here' }),
  environment: {},
};

/** Reports the problems of a policy's own keys, without a configuration. */
export function checkOwnKeys(plan: TokenPlan, source: SourceText, offset: number, problems: Problems): void {
  const needed = neededKeys(plan);
  for (const one of needed) {
    const text = one.source && textWithoutConfiguration(one.source, problems);
    const sources = { access: noOtherFiles, strictFiles: false, unlocked: undefined };
    if (text !== undefined) finish(readOwn(new KeyVerdict(plan, false), one, text, sources));
  }
  if (needed.every((one) => one.source !== undefined)) return;
  const message = 'The policy does not contain a key, so its entry in mintproc.yaml must name one.';
  problems.add(problemAt(source, offset, 'keys.not-in-file', { message }));
}

/**
 * @module
 * The keys of a policy, to sign with and to encrypt to, found and checked against the plan's algorithms.
 */
import { type Problems, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { Steps } from '../diagnostics/steps.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { PolicyFile } from '../dialects/index.ts';
import type { KeyFinding } from '../jose/signing-key.ts';
import { endingCertificate } from '../keys/certificate-end.ts';
import type { KeyForm } from '../keys/key-material.ts';
import { type RecipientKey, readRecipientKey, readSigningKey, type SigningKey } from '../keys/key-ring.ts';
import type { Encryption, TokenPlan } from '../plan/token-plan.ts';
import { findKey, formOf, type KeySources, ownKey, type Secrets, type Use } from './find-key.ts';
import type { DeclaredKey, KeyText } from './named-keys.ts';
import type { WantedPolicy } from './policy.ts';
import { noteVariable } from './policy-output.ts';
import type { FoundKeys } from './signing-rings.ts';
import { readDeclared } from './signing-source.ts';

/** The keys of a plan: each is there where the plan uses it. */
export interface PolicyKeys {
  readonly signing: FoundKeys | undefined;
  readonly recipient: RecipientKey | undefined;
}

/** The keys, checked against the plan's algorithms; undefined where problems, which are reported, forbid one. */
export function* readKeys(
  plan: TokenPlan,
  source: SourceText,
  offset: number,
  wanted: WantedPolicy,
  sources: KeySources,
): Steps<PolicyKeys | undefined> {
  const absent = (use: Use, message: string): void => {
    const suggestion = `Write \`${use}: { file: … }\` in its entry in mintproc.yaml.`;
    sources.problems.add(problemAt(source, offset, 'keys.missing', { message, suggestion }));
  };
  reportStrayKeys(plan, wanted);
  const signs = plan.algorithm !== undefined;
  const signing = signs ? yield* findSigning(plan, wanted, sources, absent) : undefined;
  const recipientText = plan.encryption && findKey(plan.encryption.key, 'recipient', wanted, sources, absent);
  const recipient = plan.encryption && recipientText && readRecipient(plan, plan.encryption, recipientText);
  const ending = recipient && endingCertificate(recipient.certificates, sources.rings.now);
  if (ending !== undefined) recipientText?.report(ending);
  const isComplete = (!signs || signing !== undefined) && (plan.encryption === undefined || recipient !== undefined);
  return isComplete ? { signing, recipient } : undefined;
}

function* findSigning(
  plan: TokenPlan,
  wanted: WantedPolicy,
  sources: KeySources,
  absent: (use: Use, message: string) => void,
): Steps<FoundKeys | undefined> {
  const declared = declaredKey(plan, wanted, sources);
  if (declared === 'unknown') return undefined;
  if (declared !== undefined) return yield* readDeclaredKey(plan, declared, sources);
  const text = findKey(plan.key, 'key', wanted, sources, absent);
  const { unlocked } = sources;
  const key = text && readSigning(plan, { ...text, form: { ...text.form, unlocked } });
  if (text === undefined || key === undefined) return undefined;
  const found = { held: key.held, activeFrom: undefined, retireAfter: undefined };
  return { keys: [found], revoked: [], isNamed: false, report: text.report };
}

interface Declaration {
  /** What it is called: `keys NAME` or `policy NAME`. */
  readonly id: string;
  readonly isNamed: boolean;
  readonly key: DeclaredKey;
}

/** The declaration of the key in `mintproc.yaml`; undefined where the policy's own key counts. */
function declaredKey(
  plan: TokenPlan,
  wanted: WantedPolicy,
  { named }: KeySources,
): Declaration | 'unknown' | undefined {
  const { key: entry } = wanted.settings;
  if (typeof entry === 'object') {
    const { resolve } = wanted;
    const report: DeclaredKey['report'] = (path, code, details) => wanted.report(['key', ...path], code, details);
    const form = { ...entry, revoked: [] };
    return { id: `policy ${wanted.name}`, isNamed: entry.kid !== undefined, key: { form, resolve, report } };
  }
  const name = entry ?? (plan.key?.kind === 'named' ? plan.key.name : undefined);
  if (name !== undefined && !named.isRead) return 'unknown';
  const key = name === undefined ? undefined : named.declared(name);
  if (name !== undefined && key !== undefined) {
    // A policy that names the key itself gets the token of its gateway, which shows no name that we chose.
    return { id: `keys ${name}`, isNamed: entry !== undefined || key.form.kid !== undefined, key };
  }
  if (entry === undefined) return undefined;
  const guess = nearest(entry, named.names);
  wanted.report(['key'], 'keys.unknown-name', {
    // Not the name itself: it may be the secret, written where a name belongs.
    message: 'No key of the configuration has this name.',
    suggestion:
      guess === undefined
        ? 'Declare it, `keys: { NAME: { file: … } }`, and write its NAME here; a key itself never stands here.'
        : `Did you mean \`${guess}\`?`,
  });
  return 'unknown';
}

function* readDeclaredKey(
  plan: TokenPlan,
  { id, isNamed, key }: Declaration,
  { files, environment, strictFiles, rings, secret, unlocked }: KeySources,
): Steps<FoundKeys | undefined> {
  if (plan.algorithm === undefined) return undefined;
  const found = yield* readDeclared(plan.algorithm, judging(key, plan), {
    world: { read: files.read, list: files.list, environment },
    strictFiles,
    form: { ...declaredForm(plan, secret), unlocked },
    made: rings.made(`${id} ${plan.algorithm.name}`),
  });
  for (const { held } of found ?? []) if (held.generated) rings.keepMade(`${id} ${plan.algorithm.name}`, held);
  const report = (finding: KeyFinding): void => key.report([], finding.code, finding);
  return found && { keys: found, revoked: key.form.revoked, isNamed, report };
}

/** The file holds what the policy's variable would: a secret as it writes it, or a JWK. */
function declaredForm({ key }: TokenPlan, secret: Secrets): KeyForm {
  if (key?.kind === 'variable') return formOf(key, secret);
  return key?.kind === 'named' && key.holds === 'jwk' ? { jwk: true } : {};
}

/** The declaration with what this vendor makes of findings. */
function judging(key: DeclaredKey, plan: TokenPlan): DeclaredKey {
  return { ...key, judge: (finding) => judge(finding, plan) };
}

/** A key that the plan has no use for shows that its author expects another token. */
function reportStrayKeys(plan: TokenPlan, { settings, report }: WantedPolicy): void {
  if (settings.key !== undefined && plan.algorithm === undefined) {
    report(['key'], 'config.invalid-value', {
      message: 'The policy makes no signature, so it has no use for `key`.',
      suggestion: 'Write `recipient: { file: … }` for the key to encrypt to.',
    });
  }
  if (settings.recipient !== undefined && plan.encryption === undefined) {
    const message = 'The policy does not encrypt, so it has no use for `recipient`.';
    report(['recipient'], 'config.invalid-value', { message, suggestion: 'Leave it out.' });
  }
}

/** Reports what can be said of a file's policies without a configuration: of their own keys, and where tokens go. */
export function checkPolicyFile({ policies }: PolicyFile, source: SourceText, problems: Problems): void {
  for (const { plan, offset } of policies) {
    if (plan === undefined) continue;
    noteVariable(plan, problems);
    checkOwnKeys(plan, source, offset, problems);
  }
}

function checkOwnKeys(plan: TokenPlan, source: SourceText, offset: number, problems: Problems): void {
  const { algorithm, encryption } = plan;
  const signing = algorithm && ownKey(plan.key, problems);
  if (signing !== undefined) readSigning(plan, signing);
  const recipient = encryption && ownKey(encryption.key, problems);
  if (recipient !== undefined) readRecipient(plan, encryption, recipient);
  const lacksOne = (algorithm && plan.key === undefined) || (encryption && encryption.key === undefined);
  if (lacksOne !== true) return;
  const message = 'The policy has no key of its own, so its entry in mintproc.yaml must name one.';
  problems.add(problemAt(source, offset, 'keys.missing', { severity: 'warning', message }));
}

function readSigning(plan: TokenPlan, { text, origin, form, report }: KeyText): SigningKey | undefined {
  if (plan.algorithm === undefined) return undefined;
  return judged(plan, readSigningKey(plan.algorithm, text, origin, form), report);
}

function readRecipient(plan: TokenPlan, encryption: Encryption | undefined, found: KeyText): RecipientKey | undefined {
  if (encryption === undefined) return undefined;
  return judged(plan, readRecipientKey(encryption, found.text, found.origin, found.form), found.report);
}

function judged<K>(
  plan: TokenPlan,
  { key, findings }: { readonly key: K | undefined; readonly findings: readonly KeyFinding[] },
  report: KeyText['report'],
): K | undefined {
  const all = findings.map((finding) => judge(finding, plan));
  for (const finding of all) report(finding);
  return all.some(({ severity }) => severity === 'error') ? undefined : key;
}

/** What fails every request at the vendor's gateway is an error when the policy loads. */
function judge(finding: KeyFinding, { keyErrors }: TokenPlan): KeyFinding {
  const vendor = keyErrors?.[finding.code];
  return vendor === undefined
    ? finding
    : { ...finding, severity: 'error', message: `${finding.message} (The gateway's fault for this: ${vendor}.)` };
}

/**
 * @module
 * The keys of a policy, to sign with and to encrypt to, found and checked against the plan's algorithms.
 */
import { type Problems, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { PolicyFile } from '../dialects/index.ts';
import type { KeyFinding } from '../jose/signing-key.ts';
import { type RecipientKey, readRecipientKey, readSigningKey, type SigningKey } from '../keys/key-ring.ts';
import type { Encryption, TokenPlan } from '../plan/token-plan.ts';
import { findKey, type KeySources, ownKey, type Use } from './key-text.ts';
import type { KeyText } from './named-keys.ts';
import type { WantedPolicy } from './policy.ts';

/** The keys of a plan: each is there where the plan uses it. */
export interface PolicyKeys {
  readonly signing: SigningKey | undefined;
  readonly recipient: RecipientKey | undefined;
}

/** The keys, checked against the plan's algorithms; undefined where problems, which are reported, forbid one. */
export function readKeys(
  plan: TokenPlan,
  source: SourceText,
  offset: number,
  wanted: WantedPolicy,
  sources: KeySources,
): PolicyKeys | undefined {
  const absent = (use: Use, message: string): void => {
    const suggestion = `Write \`${use}: { file: … }\` in its entry in mintproc.yaml.`;
    sources.problems.add(problemAt(source, offset, 'keys.missing', { message, suggestion }));
  };
  reportStrayKeys(plan, wanted);
  const signs = plan.algorithm !== undefined;
  const signingText = signs ? findKey(plan.key, 'key', wanted, sources, absent) : undefined;
  const signing = signingText && readSigning(plan, signingText);
  const recipientText = plan.encryption && findKey(plan.encryption.key, 'recipient', wanted, sources, absent);
  const recipient = plan.encryption && recipientText && readRecipient(plan, plan.encryption, recipientText);
  const isComplete = (!signs || signing !== undefined) && (plan.encryption === undefined || recipient !== undefined);
  return isComplete ? { signing, recipient } : undefined;
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

/** Reports what is wrong with the keys that the policies of a file hold themselves. */
export function checkPolicyFile({ policies }: PolicyFile, source: SourceText, problems: Problems): void {
  for (const { plan, offset } of policies) if (plan !== undefined) checkOwnKeys(plan, source, offset, problems);
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

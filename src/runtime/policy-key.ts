/**
 * @module
 * The key of a policy: the one that its entry names, else the one that the policy itself holds.
 */
import { type Problems, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { PolicyFile } from '../dialects/index.ts';
import { readSigningKey, type SigningKey } from '../keys/key-ring.ts';
import type { TokenPlan } from '../plan/token-plan.ts';
import { type FileReader, readText } from './files.ts';
import type { WantedPolicy } from './policy.ts';

/** The key, checked against the plan's algorithm; undefined where problems, which are reported, forbid it. */
export function readKey(
  plan: TokenPlan,
  source: SourceText,
  offset: number,
  wanted: WantedPolicy,
  files: FileReader,
  problems: Problems,
): SigningKey | undefined {
  if (wanted.keyFile !== undefined) return readKeyFile(plan, wanted.keyFile, wanted, files);
  if (plan.key?.kind === 'inline') return readInlineKey(plan, plan.key.text, problems);
  const details = {
    message: `The policy \`${wanted.name}\` holds no key.`,
    suggestion: 'Write `key: { file: … }` in its entry in mintproc.yaml.',
  };
  problems.add(problemAt(source, offset, 'keys.missing', details));
  return undefined;
}

/** Reports what is wrong with the keys that the policies of a file hold themselves. */
export function checkPolicyFile({ policies }: PolicyFile, source: SourceText, problems: Problems): void {
  for (const { plan, offset } of policies) {
    if (plan?.key?.kind === 'inline') readInlineKey(plan, plan.key.text, problems);
    if (plan !== undefined && plan.key === undefined) {
      const message = 'The policy has no key of its own, so its entry in mintproc.yaml must name one.';
      problems.add(problemAt(source, offset, 'keys.missing', { severity: 'warning', message }));
    }
  }
}

function readInlineKey(plan: TokenPlan, text: SourceText, problems: Problems): SigningKey | undefined {
  const { key, findings } = readSigningKey(plan.algorithm, text.text);
  for (const finding of findings) problems.add(problemAt(text, 0, finding.code, finding));
  return key;
}

function readKeyFile(
  plan: TokenPlan,
  file: string,
  { report }: WantedPolicy,
  files: FileReader,
): SigningKey | undefined {
  const text = readText(files, file);
  if (text.kind === 'failed') {
    report(['key', 'file'], 'config.unreadable-file', { message: `The key file ${file} ${text.reason}.` });
    return undefined;
  }
  const { key, findings } = readSigningKey(plan.algorithm, secretOf(plan, text.text));
  for (const finding of findings) report(['key', 'file'], finding.code, finding);
  return key;
}

/** A secret in a file of its own usually ends with the line break that the editor put there; it is no part of it. */
function secretOf(plan: TokenPlan, text: string): string {
  return plan.algorithm.family === 'hmac' ? text.replace(/\r?\n$/, '') : text;
}

/**
 * @module
 * The key of a policy: the one that its entry names, else the one that the policy holds or reads from a variable.
 */
import { type ProblemDetails, type Problems, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { PolicyFile } from '../dialects/index.ts';
import type { KeyFinding } from '../jose/signing-key.ts';
import { type KeyForm, readSigningKey, type SigningKey } from '../keys/key-ring.ts';
import type { TokenPlan, VariableKey } from '../plan/token-plan.ts';
import { type FileReader, readText } from './files.ts';
import type { WantedPolicy } from './policy.ts';

/** The text of a secret variable; undefined where none of the name is declared. */
export type Secrets = (name: string) => string | undefined;

export interface KeySources {
  readonly files: FileReader;
  readonly secret: Secrets;
  readonly problems: Problems;
}

/** The key, checked against the plan's algorithm; undefined where problems, which are reported, forbid it. */
export function readKey(
  plan: TokenPlan,
  source: SourceText,
  offset: number,
  wanted: WantedPolicy,
  sources: KeySources,
): SigningKey | undefined {
  if (wanted.keyFile !== undefined) return readKeyFile(plan, wanted.keyFile, wanted, sources);
  switch (plan.key?.kind) {
    case 'inline':
      return readInlineKey(plan, plan.key.text, sources.problems);
    case 'variable':
      return readVariableKey(plan, plan.key, sources);
    case undefined: {
      const details = {
        message: `The policy \`${wanted.name}\` holds no key.`,
        suggestion: 'Write `key: { file: … }` in its entry in mintproc.yaml.',
      };
      sources.problems.add(problemAt(source, offset, 'keys.missing', details));
      return undefined;
    }
  }
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
  return readChecked(plan, text.text, 'policy', {}, (finding) =>
    problems.add(problemAt(text, 0, finding.code, finding)),
  );
}

function readVariableKey(plan: TokenPlan, key: VariableKey, sources: KeySources): SigningKey | undefined {
  const text = sources.secret(key.name);
  if (text !== undefined) {
    return readChecked(plan, text, 'policy', formOf(key, sources.secret), (finding) =>
      sources.problems.add(problemAt(key.place, 0, finding.code, finding)),
    );
  }
  const details = {
    message: `The policy's key is in the variable \`${key.name}\`, which is not declared.`,
    suggestion: `Write \`variables: { ${key.name}: { file: … } }\` in mintproc.yaml, or \`key: { file: … }\` in the policy's entry.`,
  };
  sources.problems.add(problemAt(key.place, 0, 'keys.missing', details));
  return undefined;
}

function readKeyFile(
  plan: TokenPlan,
  file: string,
  { report }: WantedPolicy,
  { files, secret }: KeySources,
): SigningKey | undefined {
  const text = readText(files, file);
  if (text.kind === 'failed') {
    report(['key', 'file'], 'config.unreadable-file', { message: `The key file ${file} ${text.reason}.` });
    return undefined;
  }
  // The file holds what the policy's variable would.
  const form = plan.key?.kind === 'variable' ? formOf(plan.key, secret) : {};
  return readChecked(plan, text.text, 'file', form, (finding) => report(['key', 'file'], finding.code, finding));
}

function formOf({ encoding, password }: VariableKey, secret: Secrets): KeyForm {
  return { encoding, password: password === undefined ? undefined : secret(password) };
}

function readChecked(
  plan: TokenPlan,
  text: string,
  origin: 'policy' | 'file',
  form: KeyForm,
  report: (finding: KeyFinding & ProblemDetails) => void,
): SigningKey | undefined {
  const { key, findings } = readSigningKey(plan.algorithm, text, origin, form);
  const judged = findings.map((finding) => judge(finding, plan));
  for (const finding of judged) report(finding);
  return judged.some(({ severity }) => severity === 'error') ? undefined : key;
}

/** What fails every request at the vendor's gateway is an error when the policy loads. */
function judge(finding: KeyFinding, { keyErrors }: TokenPlan): KeyFinding {
  const vendor = keyErrors?.[finding.code];
  return vendor === undefined
    ? finding
    : { ...finding, severity: 'error', message: `${finding.message} (The gateway's fault for this: ${vendor}.)` };
}

/**
 * @module
 * The dialects, and the choice of the dialect of a file.
 */
import { type Problem, type Problems, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { Steps } from '../diagnostics/steps.ts';
import type { DocumentFile } from '../documents/document-file.ts';
import { apigee } from './apigee/dialect.ts';
import { datapower } from './datapower/dialect.ts';
import { flex } from './flex/dialect.ts';
import { type OtherFile, otherFile } from './other-files.ts';
import type { Dialect, FoundPolicy, PolicySettings } from './policy-file.ts';

export { compileDeclaredTemplate } from './apigee/declared-template.ts';
export { type RuntimeVariable, runtimeVariables } from './apigee/runtime-variables.ts';
export { TokenClaims } from './apigee/token-claims.ts';

const dialects: readonly Dialect[] = [flex, apigee, datapower];

export interface PolicyFile {
  readonly dialect: string;
  readonly policies: readonly FoundPolicy[];
}

/** Whether a text is a policy file of one of the dialects. */
export function isPolicyFile(text: string): boolean {
  return dialects.some(({ recognises }) => recognises(text));
}

/** Names what the file is, so that its author sees which file was meant. */
function unknownDialect(source: SourceText): Problem {
  const { offset, message, dialect, suggestion } = otherFile(source.text) ?? unknownFile;
  const wanted = dialects.filter(({ name }) => dialect === undefined || name === dialect);
  return problemAt(source, offset, 'policy.unknown-dialect', {
    message,
    suggestion: suggestion ?? `mintproc reads ${wanted.map(({ example }) => example).join('; ')}.`,
  });
}

const unknownFile: OtherFile = { offset: 0, message: 'This file does not contain a policy that mintproc supports.' };

/**
 * Reads every policy in a file, in the dialect that recognises its content. Undefined if no dialect does. All problems
 * are reported.
 */
export function* readPolicyFile(
  file: DocumentFile,
  settings: PolicySettings,
  problems: Problems,
): Steps<PolicyFile | undefined> {
  const { source } = file;
  const dialect = dialects.find(({ recognises }) => recognises(source.text));
  if (dialect === undefined) {
    problems.add(unknownDialect(source));
    return undefined;
  }
  const before = problems.all.length;
  const policies = yield* dialect.read(file, settings, problems);
  if (policies.length === 0 && problems.all.length === before) {
    problems.add(
      problemAt(source, 0, 'policy.unknown-dialect', {
        message: `This file mentions a policy of the ${dialect.name} dialect, but does not have one where mintproc expects it.`,
        suggestion: `mintproc reads ${dialect.example}.`,
      }),
    );
  }
  return { dialect: dialect.name, policies };
}

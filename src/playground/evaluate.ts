/**
 * @module
 * One expression of the page, with what it can read.
 */
import { isRecord, type JsonValue } from '../diagnostics/json.ts';
import { type Problem, Problems, problemAt } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { DocumentFile } from '../documents/document-file.ts';
import { exactValue } from '../documents/exact-values.ts';
import { readYaml } from '../documents/located-yaml.ts';
import { type ExpressionAnswer, evaluateAlone } from '../trial/evaluate-expression.ts';
import { valueType } from '../trial/member-fields.ts';
import { checkRequestObjects } from '../trial/request-objects.ts';
import { TrialError } from '../trial/trial-error.ts';
import type { EvaluateAnswer, EvaluateBody } from './interface.ts';
import { type HelpOf, shownProblems } from './problems.ts';

/** How the page names the text. The expression is `expression`, as in `mintproc eval`. */
const contextName = 'context';

export function evaluateExpression(
  { profile, expression, context }: EvaluateBody,
  now: number,
  helpOf: HelpOf,
): EvaluateAnswer {
  const shown = (problems: readonly Problem[]) =>
    shownProblems(problems, {
      nameOf: (path) => path,
      textOf: (path) => (path === contextName ? context : expression),
      helpOf,
    });
  const reading = readContext(context);
  if (!reading.ok) return { problems: shown(reading.problems) };
  const { context: read, document } = reading;
  try {
    const answer = evaluateAlone(expression, { profile, context: read, what: 'The context', now });
    return answerOf(answer, shown, helpOf);
  } catch (error) {
    if (!(error instanceof TrialError)) throw error;
    return { problems: shown([mistakeIn(document, error)]) };
  }
}

function answerOf(
  answer: ExpressionAnswer,
  shown: (problems: readonly Problem[]) => EvaluateAnswer['problems'],
  helpOf: HelpOf,
): EvaluateAnswer {
  switch (answer.kind) {
    case 'value':
      return {
        problems: shown(answer.warnings),
        json: JSON.stringify(answer.value, undefined, 2),
        type: valueType(answer.value),
      };
    case 'unloadable':
      return { problems: shown([answer.error.problem]) };
    case 'failed': {
      const { code, message } = answer.error;
      return { problems: shown(answer.warnings), error: { code, message, help: helpOf(code) } };
    }
  }
}

type ContextReading =
  | {
      readonly ok: true;
      readonly context: Readonly<Record<string, unknown>>;
      readonly document: SourceText;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

function readContext(text: string): ContextReading {
  const source = SourceText.ofFile(contextName, text);
  const problems = new Problems();
  const [document] = readYaml(new DocumentFile(source), problems, 'trial.syntax');
  if (problems.hasErrors) return { ok: false, problems: problems.all };
  const value = document === undefined ? {} : exactValue(document, [], (document.value ?? {}) as JsonValue);
  try {
    if (!isRecord(value)) throw new TrialError([], 'The context must be a map: `attributes`, `authentication`, …');
    checkRequestObjects(value, 'The context', ['payload', 'vars']);
    return { ok: true, context: value, document: source };
  } catch (error) {
    if (!(error instanceof TrialError)) throw error;
    return { ok: false, problems: [mistakeIn(source, error)] };
  }
}

function mistakeIn(source: SourceText, { message, suggestion }: TrialError): Problem {
  return problemAt(source, 0, 'trial.invalid-value', { message, suggestion });
}

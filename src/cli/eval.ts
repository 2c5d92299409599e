/**
 * @module
 * `mintproc eval`: evaluates one expression, or many.
 */

import { randomUUID } from 'node:crypto';
import { inDoubles } from '../diagnostics/exact-json.ts';
import { isPlainName } from '../diagnostics/harmless.ts';
import { isRecord, type JsonObject, type JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import { formatProblem, LocatedError, type Problem, Problems } from '../diagnostics/problem.ts';
import { SourceText, whollyHarmless } from '../diagnostics/source-text.ts';
import { type InputName, policyInputs } from '../expressions/bindings.ts';
import { compileExpression, type ProfileName } from '../expressions/expression.ts';
import { checkReads } from '../expressions/member-check.ts';
import { type Arguments, type Command, stringOption } from './command.ts';
import { type JsonRecord, parseJsonRecord, readInput } from './input-file.ts';
import { answerLines } from './json-lines.ts';
import { jsonText } from './json-text.ts';
import { checkRequestKeys, readRequest } from './request-file.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';

const help = `Usage: mintproc eval [--profile flex|dataweave] [--context FILE] [--format text|json] EXPR
       mintproc eval [--profile flex|dataweave] [--context FILE] --jsonl < FILE

Evaluates an expression: what a policy has between #[ and ].

  --profile NAME  the language: flex (default) is Flex Gateway's, dataweave is DataWeave 2.x
  --context FILE  what the expression can read, as JSON: {"attributes": {…}, "authentication": {…}, "payload": …, "vars": {…}}
  --format FORM   text (default): the value, or the error with its place; json: as --jsonl writes it
  --jsonl         reads one line {"expr": "…", "context": {…}} per expression, and writes one line for each:
                  {"ok": value}, {"compileError": {code, message, line, column}} if it does not load, or
                  {"error": {code, message}} if it fails for a request. A line without a context uses --context.

Example: mintproc eval "'user-' ++ lower('ALICE')"`;

export const evalCommand: Command = {
  help,
  options: {
    profile: { type: 'string' },
    context: { type: 'string' },
    format: { type: 'string' },
    jsonl: { type: 'boolean' },
  },
  choices: { profile: ['flex', 'dataweave'] },
  async run(args, terminal) {
    const profile = readProfile(stringOption(args, 'profile') ?? 'flex');
    const file = stringOption(args, 'context');
    const context = file === undefined ? {} : parseJsonRecord(readInput(file), file);
    if (file !== undefined) checkRequestKeys(context, file, ['payload', 'vars']);
    return args.values['jsonl'] === true
      ? evaluateLines(profile, context, terminal)
      : evaluateOne(profile, context, args, terminal);
  },
};

function readProfile(name: string): ProfileName {
  if (name === 'flex' || name === 'dataweave') return name;
  throw new UsageError(`Unknown profile${isPlainName(name) ? ` \`${name}\`` : ''}. The profiles are: flex, dataweave.`);
}

type Answer =
  | { readonly kind: 'value'; readonly value: JsonValue; readonly warnings: readonly Problem[] }
  | { readonly kind: 'unloadable'; readonly error: LocatedError }
  | { readonly kind: 'failed'; readonly error: MintError; readonly warnings: readonly Problem[] };

function evaluateLines(profile: ProfileName, shared: JsonRecord, terminal: Terminal): Promise<number> {
  return answerLines(terminal, {
    answer({ expr, context = shared }, what) {
      if (typeof expr !== 'string' || !isRecord(context)) {
        throw new CommandError(`${what} must have the form {"expr": "…", "context": {…}}.`);
      }
      return toJson(evaluate(expr, profile, context, what));
    },
    refuse: (error) => ({ error }),
  });
}

function evaluateOne(profile: ProfileName, context: JsonRecord, args: Arguments, terminal: Terminal): number {
  const [text, ...more] = args.positionals;
  if (text === undefined || more.length > 0) throw new UsageError('One expression is required, in quotes.');
  if (/^\s*#\[[\s\S]*\]\s*$/.test(text)) {
    throw new UsageError('Leave out `#[` and `]`: write only the expression between them.');
  }
  const answer = evaluate(text, profile, context, 'the context');
  if (answer.kind !== 'unloadable') for (const warning of answer.warnings) terminal.error(formatProblem(warning));
  if (stringOption(args, 'format') === 'json') terminal.out(`${jsonText(toJson(answer))}\n`);
  else if (answer.kind === 'value') terminal.out(`${jsonText(answer.value, 2)}\n`);
  else if (answer.kind === 'unloadable') terminal.error(formatProblem(answer.error.problem));
  else terminal.error(`For a request: ${answer.error.message} [${answer.error.code}]`);
  return answer.kind === 'value' ? 0 : 1;
}

function evaluate(text: string, profile: ProfileName, context: JsonRecord, what: string): Answer {
  const { attributes, authentication } = readRequest(context, what);
  const { payload, vars } = context;
  // Flex Gateway computes with doubles.
  const input = (value: unknown): JsonValue =>
    profile === 'flex' ? inDoubles(value as JsonValue) : (value as JsonValue);
  const variables = new Map(isRecord(vars) ? Object.entries(input(vars) as JsonObject) : []);
  const inputs: InputName[] = [...policyInputs];
  if ('payload' in context) inputs.push('payload');
  if (variables.size > 0) inputs.push('vars');
  const problems = new Problems();
  try {
    const source = SourceText.ofFile('expression', text).describe(whollyHarmless);
    const expression = compileExpression(source, { profile, inputs });
    const bindings = {
      attributes,
      authentication,
      variables,
      payload: input(payload ?? null),
      randomId: randomUUID,
      now: Date.now(),
    };
    checkReads(source, expression.reads, undefined, problems);
    return { kind: 'value', value: expression.evaluate(bindings), warnings: problems.all };
  } catch (error) {
    if (error instanceof LocatedError) return { kind: 'unloadable', error };
    if (error instanceof MintError) return { kind: 'failed', error, warnings: problems.all };
    throw error;
  }
}

function toJson(answer: Answer): object {
  switch (answer.kind) {
    case 'value':
      return { ok: answer.value };
    case 'unloadable': {
      const { code, message, place } = answer.error.problem;
      return { compileError: { code, message, line: place.line, column: place.column } };
    }
    case 'failed':
      return { error: { code: answer.error.code, message: answer.error.message } };
  }
}

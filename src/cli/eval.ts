/**
 * @module
 * `mintproc eval`: evaluates one expression, or many.
 */

import { isPlainName } from '../diagnostics/harmless.ts';
import { isRecord } from '../diagnostics/json.ts';
import { formatProblem } from '../diagnostics/problem.ts';
import type { ProfileName } from '../expressions/expression.ts';
import { type ExpressionAnswer, evaluateAlone } from '../trial/evaluate-expression.ts';
import { type Arguments, type Command, stringOption } from './command.ts';
import { type JsonRecord, parseJsonRecord, readInput } from './input-file.ts';
import { answerLines } from './json-lines.ts';
import { jsonText } from './json-text.ts';
import { checkRequestKeys, forCommand } from './request-objects.ts';
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

function evaluate(text: string, profile: ProfileName, context: JsonRecord, what: string): ExpressionAnswer {
  return forCommand(() => evaluateAlone(text, { profile, context, what, now: Date.now() }));
}

function toJson(answer: ExpressionAnswer): object {
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

/**
 * @module
 * Message templates: text with `{variable}`, `{variable:default}` and `{function(arguments)}` (vendor page, "Message
 * templates"). They are compiled when the policy or configuration loads.
 *
 * A brace that does not begin one of the three is an ordinary character, so JSON needs no escapes. As on Apigee, spaces
 * between the braces are allowed only in quoted strings and defaults.
 */
import { called } from '../../diagnostics/harmless.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { type Needing, needsNothing, needsOf, random } from '../../plan/needs.ts';
import type { Computed, Scope } from '../../plan/token-plan.ts';
import { ArgumentError, templateFunctions } from './template-functions.ts';
import { textOf } from './value-text.ts';

export type TemplatePiece =
  | { readonly kind: 'text'; readonly text: string }
  | (InsertedText & {
      readonly kind: 'inserted';
      /** The text between the braces, for messages. */
      readonly expression: string;
    });

interface InsertedText extends Needing {
  /** Undefined if a variable has no value and no default. */
  read(scope: Scope): string | undefined;
}

/** Resolves the variable `name` while the template is compiled. */
export type ResolveVariable = (name: SourceText) => Computed;

/** No policy has longer templates. */
const maxTemplateLength = 65_536;

const insertion = /\{(?:([A-Za-z_][\w.$%-]*)(?::([^{}]*))?|([A-Za-z]\w*)\((?:'[^']*'|[^'(){}])*\))\}/g;

/** The first insertion of a text that is not a template; undefined if it has none. */
export function insertionIn(text: string): { readonly index: number; readonly inserted: string } | undefined {
  const [match] = text.matchAll(insertion);
  return match && { index: match.index, inserted: match[0].slice(1, -1) };
}

/**
 * The pieces of a template, in order.
 *
 * @throws LocatedError `apigee.invalid-template` if a function is unknown or its arguments are invalid
 */
export function compileTemplate(source: SourceText, resolve: ResolveVariable): readonly TemplatePiece[] {
  const { text } = source;
  if (text.length > maxTemplateLength) {
    throw invalid(source, `The template has more than ${maxTemplateLength} characters`);
  }
  const pieces: TemplatePiece[] = [];
  let end = 0;
  for (const match of text.matchAll(insertion)) {
    const [whole, variable, fallback, name = ''] = match;
    if (match.index > end) pieces.push({ kind: 'text', text: text.slice(end, match.index) });
    end = match.index + whole.length;
    const inserted = source.slice(match.index + 1, end - 1);
    const value =
      variable === undefined
        ? compileCall(inserted, name, resolve)
        : compileVariable(inserted.slice(0, variable.length), fallback, resolve);
    pieces.push({ kind: 'inserted', expression: inserted.text, ...value });
  }
  if (end < text.length) pieces.push({ kind: 'text', text: text.slice(end) });
  return pieces;
}

function compileVariable(name: SourceText, fallback: string | undefined, resolve: ResolveVariable): InsertedText {
  const variable = resolve(name);
  return {
    needs: () => variable.needs(),
    read(scope) {
      const value = variable.evaluate(scope);
      return value === undefined ? fallback : textOf(value);
    },
  };
}

interface Argument extends InsertedText {
  /** The text, if it does not depend on the request. */
  readonly literal: string | undefined;
}

/** @param call the name and the arguments in parentheses */
function compileCall(call: SourceText, name: string, resolve: ResolveVariable): InsertedText {
  const row = templateFunctions.get(name);
  if (row === undefined) throw unknownFunction(call, name);
  const args = readArguments(call.slice(name.length + 1, call.text.length - 1), resolve);
  if (args.length < row.min || args.length > row.max) {
    const allowed = row.min === row.max ? `${row.min}` : `${row.min} to ${row.max}`;
    throw invalid(call, `\`${name}\` needs ${allowed} arguments, but has ${args.length}`);
  }
  try {
    const evaluate = row.make(args.map(({ literal }) => literal));
    return {
      needs: () => [...(row.isRandom === true ? [random] : []), ...needsOf(...args)],
      read: (scope) =>
        evaluate(
          args.map((arg) => arg.read(scope)),
          scope,
        ),
    };
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw invalid(call, error.message);
  }
}

function unknownFunction(call: SourceText, name: string): LocatedError {
  const guess = nearest(name, templateFunctions.keys());
  return invalid(
    call,
    `mintproc does not have ${called('the template function', name)}`,
    guess === undefined
      ? `The functions are: ${[...templateFunctions.keys()].join(', ')}.`
      : `Did you mean \`${guess}\`?`,
  );
}

/** `'text'`, a number, `variable` or `variable:default`, separated by commas. */
function readArguments(list: SourceText, resolve: ResolveVariable): readonly Argument[] {
  if (list.text === '') return [];
  const args: Argument[] = [];
  let at = 0;
  for (const part of list.text.match(/(?:'[^']*'|[^',])+|(?<=,|^)(?=,|$)/g) ?? []) {
    args.push(readArgument(list.slice(at, at + part.length), resolve));
    at += part.length + 1;
  }
  return args;
}

function readArgument(source: SourceText, resolve: ResolveVariable): Argument {
  const { text } = source;
  const quoted = /^'([^']*)'$/.exec(text);
  const literal = quoted === null ? (/^-?\d+$/.test(text) ? text : undefined) : quoted[1];
  if (literal !== undefined) return { literal, needs: needsNothing, read: () => literal };
  const variable = /^([A-Za-z_][\w.$%-]*)(?::(.*))?$/.exec(text);
  if (variable === null) {
    throw invalid(
      source,
      'An argument must be a variable, a number or a string in single quotes',
      'Remove spaces: Apigee does not allow them.',
    );
  }
  const [, name = '', fallback] = variable;
  return { literal: undefined, ...compileVariable(source.slice(0, name.length), fallback, resolve) };
}

function invalid(source: SourceText, message: string, suggestion?: string): LocatedError {
  return new LocatedError(problemAt(source, 0, 'apigee.invalid-template', { message: `${message}.`, suggestion }));
}

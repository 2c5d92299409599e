/**
 * @module
 * Message templates: text with `{variable}`, `{variable:default}` and `{function(arguments)}` (vendor page, "Message
 * templates"). Compiled when the policy or configuration loads.
 *
 * A brace that begins none of the three stands for itself, so JSON needs no escapes. Spaces are allowed nowhere between
 * the braces but in quoted texts and defaults, as on Apigee.
 */
import { called } from '../../diagnostics/harmless.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import type { Computed, Scope } from '../../plan/token-plan.ts';
import { TemplateMistake, templateFunctions } from './template-functions.ts';
import { textOf } from './value-text.ts';

export type TemplatePiece =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'inserted';
      /** What stands between the braces, for messages. */
      readonly expression: string;
      /** Undefined where a variable has no value and there is no default. */
      read(scope: Scope): string | undefined;
    };

/** Finds the variable `name`; it is called while the template is compiled. */
export type ResolveVariable = (name: SourceText) => Computed;

/** Longer templates than this come from no policy. */
export const longestTemplate = 65_536;

const insertion = /\{(?:([A-Za-z_][\w.$%-]*)(?::([^{}]*))?|([A-Za-z]\w*)\(((?:'[^']*'|[^'(){}])*)\))\}/g;

/**
 * The pieces of a template, in order.
 *
 * @throws LocatedError `apigee.invalid-template` where a function is unknown or called wrongly
 */
export function compileTemplate(source: SourceText, resolve: ResolveVariable): readonly TemplatePiece[] {
  const { text } = source;
  if (text.length > longestTemplate) {
    throw mistake(source, `The template has more than ${longestTemplate} characters`);
  }
  const pieces: TemplatePiece[] = [];
  let end = 0;
  for (const match of text.matchAll(insertion)) {
    const [whole, variable, fallback, called, list] = match;
    if (match.index > end) pieces.push({ kind: 'text', text: text.slice(end, match.index) });
    end = match.index + whole.length;
    const start = match.index + 1;
    const read =
      variable === undefined
        ? compileCall(
            source.slice(start, end - 1),
            called ?? '',
            source.slice(start + (called ?? '').length + 1, end - 2),
            list ?? '',
            resolve,
          )
        : compileVariable(source.slice(start, start + variable.length), fallback, resolve);
    pieces.push({ kind: 'inserted', expression: whole.slice(1, -1), read });
  }
  if (end < text.length) pieces.push({ kind: 'text', text: text.slice(end) });
  return pieces;
}

type ReadText = (scope: Scope) => string | undefined;

function compileVariable(name: SourceText, fallback: string | undefined, resolve: ResolveVariable): ReadText {
  const variable = resolve(name);
  return (scope) => {
    const value = variable.evaluate(scope);
    return value === undefined ? fallback : textOf(value);
  };
}

interface Argument {
  /** The text where it does not depend on the request. */
  readonly literal: string | undefined;
  readonly read: ReadText;
}

function compileCall(
  call: SourceText,
  name: string,
  inside: SourceText,
  list: string,
  resolve: ResolveVariable,
): ReadText {
  const row = templateFunctions.get(name);
  if (row === undefined) {
    const guess = nearest(name, templateFunctions.keys());
    throw mistake(
      call,
      `Templates do not have ${called('the function', name)} here`,
      guess === undefined
        ? `The functions are: ${[...templateFunctions.keys()].join(', ')}.`
        : `Did you mean \`${guess}\`?`,
    );
  }
  const args = readArguments(inside, list, resolve);
  if (args.length < row.fewest || args.length > row.most) {
    const allowed = row.fewest === row.most ? `${row.fewest}` : `${row.fewest} to ${row.most}`;
    throw mistake(call, `\`${name}\` takes ${allowed} arguments; here are ${args.length}`);
  }
  try {
    const evaluate = row.make(args.map(({ literal }) => literal));
    return (scope) =>
      evaluate(
        args.map(({ read }) => read(scope)),
        scope,
      );
  } catch (error) {
    if (!(error instanceof TemplateMistake)) throw error;
    throw mistake(call, error.message);
  }
}

/** `'text'`, a number, `variable` or `variable:default`, between commas. */
function readArguments(inside: SourceText, list: string, resolve: ResolveVariable): readonly Argument[] {
  if (list === '') return [];
  const args: Argument[] = [];
  let at = 0;
  for (const part of list.match(/(?:'[^']*'|[^',])+|(?<=,|^)(?=,|$)/g) ?? []) {
    args.push(readArgument(inside.slice(at, at + part.length), part, resolve));
    at += part.length + 1;
  }
  return args;
}

function readArgument(source: SourceText, text: string, resolve: ResolveVariable): Argument {
  const quoted = /^'([^']*)'$/.exec(text);
  const literal = quoted === null ? (/^-?\d+$/.test(text) ? text : undefined) : quoted[1];
  if (literal !== undefined) return { literal, read: () => literal };
  const variable = /^([A-Za-z_][\w.$%-]*)(?::(.*))?$/.exec(text);
  if (variable === null) {
    throw mistake(
      source,
      'An argument is a variable, a number or a text in single quotes',
      'Leave out spaces: Apigee allows none.',
    );
  }
  const [, name = '', fallback] = variable;
  return { literal: undefined, read: compileVariable(source.slice(0, name.length), fallback, resolve) };
}

function mistake(source: SourceText, message: string, suggestion?: string): LocatedError {
  return new LocatedError(problemAt(source, 0, 'apigee.invalid-template', { message: `${message}.`, suggestion }));
}

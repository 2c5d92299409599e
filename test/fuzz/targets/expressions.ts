/**
 * @module
 * The expressions of both profiles: read, compiled and evaluated over a request.
 */
import { readFileSync } from 'node:fs';
import { MintError } from '../../../src/diagnostics/mint-error.ts';
import { LocatedError } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { compileExpression, type ProfileName } from '../../../src/expressions/expression.ts';
import { compileSearchPattern, compileTextPattern } from '../../../src/expressions/text-pattern.ts';
import { bindingsOf, type Context, inputsOf } from '../../expressions/context-bindings.ts';
import type { FuzzTarget } from '../target.ts';

function conformance(name: string): string {
  return readFileSync(new URL(`../../conformance/dataweave/${name}`, import.meta.url), 'utf8');
}

const context: Context = JSON.parse(conformance('corpus-context.json'));

function cases(names: readonly string[]): readonly string[] {
  const lines = names.flatMap((name) => conformance(`${name}.jsonl`).split('\n')).filter((line) => line !== '');
  return lines.flatMap((line) => {
    const { expr }: { readonly expr?: string } = JSON.parse(line);
    return expr === undefined ? [] : [expr];
  });
}

/** The longest string that either profile makes has a million characters. A claim can have some of them. */
const maxResult = 20_000_000;

function expressionsOf(profile: ProfileName, files: readonly string[], words: readonly string[]): FuzzTarget {
  return {
    property: 'An expression of the profile gives a value, or is refused where it is wrong.',
    form: 'text',
    seeds: () => cases(files),
    refusals: [LocatedError, MintError],
    words,
    maxBytes: 512,
    run({ text }) {
      const compiled = compileExpression(SourceText.ofFile('expression', text), { profile, inputs: inputsOf(context) });
      return JSON.stringify(compiled.evaluate(bindingsOf(context))).length;
    },
    maxOutput: () => maxResult,
  };
}

export const flexExpressions = expressionsOf(
  'flex',
  ['corpus', 'grammar', 'functions', 'strings', 'selection', 'values', 'inputs'],
  [
    'attributes.',
    "headers['x']",
    ' ++ ',
    'authentication.',
    '#[',
    'default',
    'if (',
    ') else ',
    'splitBy',
    '__proto__',
  ],
);

export const dataweaveExpressions = expressionsOf(
  'dataweave',
  [
    'full-language',
    'full-core',
    'full-strings',
    'full-match',
    'full-update',
    'full-types',
    'full-selectors',
    'full-url',
  ],
  [' ++ ', ' map ', ' as String {format: "', 'vars.', 'payload', ' match { case ', 'do { var ', '$$', '|2026-01-01|'],
);

/** What a comparison costs for each character. */
const maxStates = 500;

/** A pattern, and from the second line on the text that it is compared with. */
export const patterns: FuzzTarget = {
  property: 'A regular expression of an author is compiled and compared within the bounds, or refused.',
  form: 'text',
  seeds: () => ['a+b*\naab', '(?i)[a-z]{1,9}\nABC', '^\\d+(\\.\\d+)?$\n1.5', '(a|b)*c\nababc', '\\p{L}+\né'],
  words: ['(?i)', '{1,100}', '{9}', '[^', '\\p{L}', '\\b', '(?:', '|', '.*'],
  maxBytes: 1_024,
  run({ text }) {
    const end = text.indexOf('\n');
    const pattern = end === -1 ? text : text.slice(0, end);
    const compared = text.slice(pattern.length + 1);
    const whole = compileTextPattern(pattern);
    if (!('problem' in whole)) {
      if (whole.states > maxStates) throw new Error(`The pattern has ${whole.states} states.`);
      const isMatch = whole.matches(compared);
      if (isMatch && !whole.matchesAnyCase(compared)) throw new Error('A match is none if its case does not count.');
    }
    const part = compileSearchPattern(pattern);
    if (!('problem' in part)) part.isIn(compared);
    return undefined;
  },
};

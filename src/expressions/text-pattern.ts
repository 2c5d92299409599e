/**
 * @module
 * Regular expressions that a policy compares with parts of a request, and a test with parts of a token, in linear time.
 */
import { createRequire } from 'node:module';
import type { RegexValue } from './dataweave/values.ts';
import { type Beginning, beginningsOf } from './pattern-beginnings.ts';

export interface TextPattern {
  /** The time of a comparison is at most in proportion to the states and the length of the text. */
  readonly states: number;
  /** Of the texts that it matches. */
  readonly beginnings: readonly Beginning[];
  /** Whether the pattern matches the whole text. */
  matches(text: string): boolean;
  /** The same without regard to upper and lower case. */
  matchesAnyCase(text: string): boolean;
}

/** Few policies have patterns, so the engine is loaded on first use, which `import` cannot do synchronously. */
const require = createRequire(import.meta.url);

/** The time of a comparison grows with the states and with the text; a real pattern has fewer than a hundred. */
export const maxPatternStates = 300;

interface PatternProblem {
  readonly problem: string;
  readonly suggestion?: string;
}

export type CompiledPattern = TextPattern | PatternProblem;

export function compileTextPattern(source: string): CompiledPattern {
  const { compileRegex }: typeof import('./dataweave/regex.ts') = require('./dataweave/regex.ts');
  const exact = compileRegex(source);
  if ('problem' in exact) return exact;
  const anyCase = compileRegex(`(?i)${source}`);
  if ('problem' in anyCase) return anyCase;
  const states = anyCase.regex.engine.programSize();
  if (states > maxPatternStates) {
    return {
      problem: `A regular expression of a rule can have at most ${maxPatternStates} states, with repetitions expanded.`,
    };
  }
  return {
    states,
    beginnings: beginningsOf(source),
    matches: (text) => matchesWhole(exact.regex, text),
    matchesAnyCase: (text) => matchesWhole(anyCase.regex, text),
  };
}

/** A pattern that is looked for in texts of an author's own tests. */
export interface SearchPattern {
  /** The time of compiling it is in proportion to them. */
  readonly states: number;
  /** Whether the pattern matches a part of the text. */
  isIn(text: string): boolean;
}

export function compileSearchPattern(source: string): SearchPattern | PatternProblem {
  const { compileRegex }: typeof import('./dataweave/regex.ts') = require('./dataweave/regex.ts');
  const compiled = compileRegex(source);
  if ('problem' in compiled) return compiled;
  const { engine } = compiled.regex;
  const states = engine.programSize();
  if (states > maxPatternStates) {
    return {
      problem: `A regular expression of a test can have at most ${maxPatternStates} states, with repetitions expanded.`,
    };
  }
  return { states, isIn: (text) => engine.matcher(text).find() };
}

/**
 * The engine's automaton of sets of states is five times as fast for usual texts. For some patterns, a hostile text
 * makes a new set at every character, which is fifty times as slow as to follow the states.
 */
const longestForAutomaton = 256;

function matchesWhole({ engine }: RegexValue, text: string): boolean {
  return text.length <= longestForAutomaton ? engine.testExact(text) : engine.matcher(text).matches();
}

/**
 * @module
 * Mutants that no test can tell from the code, from `equivalent.yaml`. An entry must match mutants, and only those that
 * survive: one that no longer applies is a failure.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Mutant } from './mutants.ts';
import type { Outcome } from './trial.ts';

/** An entry of the file. */
export interface Equivalent {
  readonly file: string;
  /** The line of the source where the mutant begins, without the space around it. */
  readonly line: string;
  /** Each as `original => replacement`, on one line. */
  readonly mutants: readonly string[];
  /** Why it changes nothing that can be observed. */
  readonly reason: string;
}

export function readEquivalents(): readonly Equivalent[] {
  return parse(readFileSync(join(import.meta.dirname, 'equivalent.yaml'), 'utf8'));
}

export function changeOf({ original, replacement }: Pick<Mutant, 'original' | 'replacement'>): string {
  return `${original} => ${replacement}`;
}

export interface Explained {
  readonly outcomes: readonly Outcome[];
  /** Entries that do not apply, as sentences. */
  readonly problems: readonly string[];
}

/**
 * The outcomes that an entry explains.
 *
 * @param isWhole whether all mutants of these files were tried; only then must each entry match one
 */
export function explained(outcomes: readonly Outcome[], entries: readonly Equivalent[], isWhole: boolean): Explained {
  const files = new Set(outcomes.map(({ mutant }) => mutant.file));
  const claims = entries
    .filter(({ file }) => files.has(file))
    .flatMap(({ file, line, mutants }) => mutants.map((change) => ({ file, line, change })));
  const matched = claims.map(({ file, line, change }) => ({
    name: `${file}: ${change} in: ${line}`,
    matches: outcomes.filter(
      ({ mutant }) => mutant.file === file && mutant.text === line && changeOf(mutant) === change,
    ),
  }));
  const absent = matched.filter(({ matches }) => isWhole && matches.length === 0);
  const killed = matched.filter(({ matches }) => matches.some(({ kind }) => kind === 'killed'));
  return {
    outcomes: matched.flatMap(({ matches }) => matches).filter(isLeft),
    problems: [
      ...absent.map(({ name }) => `there is no such mutant: ${name}`),
      ...killed.map(({ name }) => `a test detects it: ${name}`),
    ],
  };
}

/** Whether no test detects it. */
export function isLeft({ kind }: Outcome): boolean {
  return kind === 'survived' || kind === 'uncovered';
}

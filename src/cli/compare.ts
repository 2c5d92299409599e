/**
 * @module
 * `validate --against`: what changes if one configuration replaces another, by names.
 */

import { type Changes, changesBetween, describeDifference, parts } from '../configuration/changes.ts';
import { diskFiles } from '../configuration/files.ts';
import { type Loaded, loadConfiguration } from '../configuration/load.ts';
import type { Outline } from '../configuration/outline.ts';
import { finish } from '../diagnostics/steps.ts';
import { readInput } from './input-file.ts';
import { CommandError, type Terminal } from './terminal.ts';

export interface Comparison {
  readonly against: string;
  /** The number of errors in the old configuration; parts that could not be read count as missing. */
  readonly errors: number;
  readonly changes: Changes;
}

/** Both are loaded for the same time, so that the same keys are active. */
export function load(file: string, { environment }: Pick<Terminal, 'environment'>, now: number): Loaded {
  return loadConfiguration(file, { files: diskFiles, environment, now: () => now });
}

/** @throws CommandError if the old one cannot be read at all */
export function compare(old: string, next: Outline, terminal: Pick<Terminal, 'environment'>, now: number): Comparison {
  // A missing file, or one that is not text, is one error.
  readInput(old);
  const { outline, problems } = load(old, terminal, now);
  if (outline === undefined)
    throw new CommandError(`${old} cannot be read as a configuration, so there is nothing to compare.`);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return { against: old, errors, changes: finish(changesBetween(outline, next)) };
}

export function comparisonToText({ against, errors, changes }: Comparison): string {
  const lines = parts.flatMap((part) => {
    const difference = describeDifference(changes, part);
    return difference === undefined ? [] : [`  ${part}: ${difference}\n`];
  });
  const title = lines.length === 0 ? `the same as in ${against}` : `changed against ${against}:`;
  const note =
    errors === 0 ? '' : `  ${against} has errors (${errors}); its parts that cannot be read count as missing.\n`;
  return `${title}\n${lines.join('')}${note}`;
}

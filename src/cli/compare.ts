/**
 * @module
 * `validate --against`: what putting one configuration in the place of another would change, by names.
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
  /** How many errors the old configuration has; what could not be read for them counts as not there. */
  readonly errors: number;
  readonly changes: Changes;
}

/** Both are loaded for the same moment, so that keys begin and retire alike. */
export function load(file: string, { environment }: Pick<Terminal, 'environment'>, now: number): Loaded {
  return loadConfiguration(file, { files: diskFiles, environment, now: () => now });
}

/** @throws CommandError where the old one cannot be read at all */
export function compare(old: string, next: Outline, terminal: Pick<Terminal, 'environment'>, now: number): Comparison {
  // What is not there, or is no text, is one sentence.
  readInput(old);
  const { outline, problems } = load(old, terminal, now);
  if (outline === undefined)
    throw new CommandError(`${old} cannot be read as a configuration, so nothing is compared.`);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return { against: old, errors, changes: finish(changesBetween(outline, next)) };
}

export function comparisonToText({ against, errors, changes }: Comparison): string {
  const told = parts.flatMap((part) => {
    const difference = describeDifference(changes, part);
    return difference === undefined ? [] : [`  ${part}: ${difference}\n`];
  });
  const title = told.length === 0 ? `the same as in ${against}` : `changed against ${against}:`;
  const note =
    errors === 0
      ? ''
      : `  ${against} has errors itself (${errors}); what cannot be read for them counts as not there.\n`;
  return `${title}\n${told.join('')}${note}`;
}

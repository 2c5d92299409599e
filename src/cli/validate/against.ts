/**
 * @module
 * `validate --against`: what changes if one configuration replaces another, by names.
 */

import { type Changes, changesBetween, describeDifference } from '../../configuration/changes.ts';
import { type ConfigurationDigests, parts } from '../../configuration/configuration-digests.ts';
import { diskFiles } from '../../configuration/files.ts';
import { loadConfiguration } from '../../configuration/load.ts';
import { printable } from '../../diagnostics/printable.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { finish } from '../../diagnostics/steps.ts';
import { readInput } from '../input-file.ts';
import { CommandError, type Terminal } from '../terminal.ts';

export interface Comparison {
  readonly against: string;
  /** The number of errors in the old configuration. Parts that could not be read are not compared. */
  readonly errors: number;
  /** The number of errors in the new one. */
  readonly newErrors: number;
  readonly changes: Changes;
}

/** @throws CommandError if the old one cannot be read at all */
export function compare(
  old: string,
  next: { readonly digests: ConfigurationDigests; readonly problems: readonly Problem[] },
  { environment }: Pick<Terminal, 'environment'>,
  now: number,
): Comparison {
  // A missing file, or one that is not text, is one error.
  readInput(old);
  // For the same time as the new one, so that the same keys are active.
  const { digests, problems } = loadConfiguration(old, {
    files: diskFiles,
    environment,
    now: () => now,
    outside: 'unasked',
  });
  if (digests === undefined)
    throw new CommandError(`${old} cannot be read as a configuration, so there is nothing to compare.`);
  const changes = finish(changesBetween(digests, next.digests));
  return { against: old, errors: errorsIn(problems), newErrors: errorsIn(next.problems), changes };
}

function errorsIn(problems: readonly Problem[]): number {
  return problems.filter(({ severity }) => severity === 'error').length;
}

export function comparisonToText({ against: file, errors, newErrors, changes }: Comparison): string {
  const against = printable(file);
  const lines = parts.flatMap((part) => {
    const difference = describeDifference(changes, part);
    return difference === undefined ? [] : [`  ${part}: ${difference}\n`];
  });
  const same = errors + newErrors === 0 ? 'the same as in' : 'no difference could be found to';
  const title = lines.length === 0 ? `${same} ${against}` : `changed against ${against}:`;
  const notes = [noteOn(against, errors), noteOn('The new configuration', newErrors)];
  return `${title}\n${lines.join('')}${notes.join('')}`;
}

function noteOn(file: string, errors: number): string {
  return errors === 0 ? '' : `  ${file} has errors (${errors}); its parts that cannot be read are not compared.\n`;
}

/**
 * @module
 * Finds the files that `include` names, in the order of its patterns and then of the names.
 */
import { resolve } from 'node:path';
import { calledFile } from '../diagnostics/harmless.ts';
import type { Problems } from '../diagnostics/problem.ts';
import type { Origin } from './configuration-part.ts';
import type { FileReader } from './files.ts';
import { isPattern, matchesOf } from './wildcards.ts';

/** A file that a pattern matches, and no earlier pattern. */
export interface FoundFile {
  readonly path: string;
  /** The index of the pattern in `include`. */
  readonly index: number;
  /** Whether it may not exist: the end of the pattern has no wildcard, so it was not looked for. */
  readonly isUncertain: boolean;
}

/** More files than these are a generator's mistake. @internal Exported for tests of the limit. */
export const maxIncluded = 1000;

/**
 * The files, each once. Undefined if a pattern cannot be followed, which is reported.
 *
 * @param main `mintproc.yaml`
 */
export function findIncluded(
  patterns: readonly string[],
  main: Origin,
  files: Pick<FileReader, 'list'>,
  problems: Problems,
): readonly FoundFile[] | undefined {
  const search = new IncludeSearch(main, files, problems);
  for (const [index, pattern] of patterns.entries()) search.follow(pattern, index);
  return search.found;
}

class IncludeSearch {
  readonly #main: Origin;
  readonly #files: Pick<FileReader, 'list'>;
  readonly #problems: Problems;
  /** By absolute path. */
  readonly #found = new Map<string, FoundFile>();
  #failed = false;

  constructor(main: Origin, files: Pick<FileReader, 'list'>, problems: Problems) {
    this.#main = main;
    this.#files = files;
    this.#problems = problems;
  }

  get found(): readonly FoundFile[] | undefined {
    return this.#failed ? undefined : [...this.#found.values()];
  }

  follow(pattern: string, index: number): void {
    if (!isPattern(pattern)) {
      this.#fail(
        index,
        'A pattern has only two wildcards: `*` for any characters of a name, and `?` for one character.',
        'Write one `*` for each folder, such as teams/*/mintproc.yaml.',
      );
      return;
    }
    const matches = matchesOf(pattern, this.#main.folder, this.#files, maxIncluded);
    switch (matches.kind) {
      case 'failed':
        this.#fail(index, `${calledFile('The folder', matches.folder)} ${matches.reason}.`);
        return;
      case 'too-many':
        this.#fail(index, tooMany);
        return;
      case 'paths':
        this.#add(matches.paths, index, matches.areUncertain);
    }
  }

  #add(paths: readonly string[], index: number, isUncertain: boolean): void {
    const self = resolve(this.#main.document.source.file);
    const again: string[] = [];
    for (const path of paths) {
      const key = resolve(path);
      if (key === self || this.#found.has(key)) again.push(path);
      else this.#found.set(key, { path, index, isUncertain });
    }
    if (this.#found.size > maxIncluded) this.#fail(index, tooMany);
    const [first] = again;
    if (first !== undefined) this.#reportRead(first, again.length - 1, index);
    else if (paths.length === 0) reportEmpty(index, this.#main, this.#problems);
  }

  /** A file that is read already is not read again. */
  #reportRead(first: string, others: number, index: number): void {
    const which = others === 0 ? '' : `, and ${others} more files`;
    this.#main.document.report(this.#problems, ['include', index], 'config.included-twice', {
      message: `${calledFile('The file', first)}${which}: read already, and not again for this pattern.`,
      suggestion: 'This is right if an earlier pattern only decides the order. Otherwise write narrower patterns.',
    });
  }

  #fail(index: number, message: string, suggestion?: string): void {
    this.#failed = true;
    this.#main.document.report(this.#problems, ['include', index], 'config.invalid-value', { message, suggestion });
  }
}

const tooMany = `This matches more than ${maxIncluded} files.`;

export function reportEmpty(index: number, main: Origin, problems: Problems): void {
  main.document.report(problems, ['include', index], 'config.empty-include', {
    message: 'No file matches this pattern.',
    suggestion:
      'Patterns are relative to the folder of this file. `*` does not match a dot at the beginning of a name.',
  });
}

/**
 * @module
 * Problems in what an author wrote: a policy, an expression, the configuration.
 *
 * Readers collect problems and continue, so that one run of `validate` reports all of them. Code that cannot continue
 * throws a `LocatedError` with one problem, which is caught where problems are collected.
 */
import type { Code } from './codes.ts';
import { printable } from './printable.ts';
import { isRule, rules } from './rules.ts';
import { shownLine } from './shown-lines.ts';
import { type Place, placeText, type SourceText } from './source-text.ts';

/** A note is worth knowing; a warning was hardly meant. With an error, nothing is put in force. */
export type Severity = 'error' | 'warning' | 'note';

export interface Problem {
  readonly code: Code;
  readonly severity: Severity;
  /** One sentence. What it repeats of the file is known to be harmless (`harmless.ts`). */
  readonly message: string;
  /** What to write instead. */
  readonly suggestion?: string;
  readonly place: Place;
  /** The line of the file, for the excerpt with a caret; absent if it may contain a secret. */
  readonly excerpt?: string;
  /** The keys that lead to the place, if the file is a configuration. */
  readonly path?: readonly (string | number)[];
}

export interface ProblemDetails {
  readonly message: string;
  readonly suggestion?: string | undefined;
  /** `error` makes an error of a rule. Otherwise `rules.ts` decides. */
  readonly severity?: Severity | undefined;
}

/** A problem at `offset` of `source`, with its line if the whole line is known to be harmless. */
export function problemAt(source: SourceText, offset: number, code: Code, details: ProblemDetails): Problem {
  const place = source.placeAt(offset);
  const excerpt = shownLine(source, place.line);
  return {
    code,
    severity: details.severity === 'error' ? 'error' : severityOf(code),
    message: details.message,
    ...(details.suggestion === undefined ? {} : { suggestion: details.suggestion }),
    place,
    ...(excerpt === undefined ? {} : { excerpt }),
  };
}

export function severityOf(code: Code): Severity {
  return isRule(code) ? rules[code] : 'error';
}

/** A problem after which reading cannot continue. */
export class LocatedError extends Error {
  override readonly name = 'LocatedError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }
}

/** Collects problems: readers add to it and continue. */
export class Problems {
  readonly #list: Problem[] = [];
  readonly #known = new Set<string>();
  #hasErrors = false;

  /** A problem that is known already is not repeated: a policy is read again where its variables differ. */
  add(problem: Problem): void {
    const { code, severity, message, place } = problem;
    const key = JSON.stringify([code, severity, place, message]);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#list.push(problem);
    if (problem.severity === 'error') this.#hasErrors = true;
  }

  /**
   * Runs `read`; a LocatedError becomes a problem, and the result is undefined. Other errors are defects and are
   * rethrown.
   */
  attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof LocatedError)) throw error;
      this.add(error.problem);
      return undefined;
    }
  }

  get all(): readonly Problem[] {
    return this.#list;
  }

  get hasErrors(): boolean {
    return this.#hasErrors;
  }
}

/** What is wrong and what to write instead, without the place. */
export function sentencesOf({ message, suggestion }: Problem): string {
  return suggestion === undefined ? message : `${message} ${suggestion}`;
}

const longestExcerpt = 160;

/** The problem as text: `file:line:column`, the message, the line with a caret, the suggestion. */
export function formatProblem(problem: Problem): string {
  const { place, excerpt } = problem;
  const lines = [`${placeText(place)}: ${problem.severity}: ${problem.message} [${problem.code}]`];
  if (excerpt !== undefined && excerpt.trim() !== '') {
    const start = Math.max(0, place.column - 1 - longestExcerpt / 2);
    const shown = excerpt.slice(start, start + longestExcerpt).replace(/\t/g, ' ');
    lines.push(`  ${shown}`, `  ${' '.repeat(place.column - 1 - start)}^`);
  }
  if (problem.suggestion !== undefined) lines.push(`  ${problem.suggestion}`);
  return lines.map(printable).join('\n');
}

/**
 * @module
 * Problems with the part of the text that the editor underlines, and the page of their code.
 */
import { relative, sep } from 'node:path';
import { type Code, codes } from '../diagnostics/codes.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { Place } from '../diagnostics/source-text.ts';
import type { ShownProblem, TextRange } from './interface.ts';

/** What `mintproc help CODE` prints. */
export type HelpOf = (code: Code) => string;

/** The help of a code that an error has; undefined for the name that a policy gave its own error. */
export function helpFor(code: string | undefined, helpOf: HelpOf): string | undefined {
  return code !== undefined && Object.hasOwn(codes, code) ? helpOf(code as Code) : undefined;
}

/** How the page names files: relative to the folder of the configuration, with slashes. */
export type NameOf = (path: string) => string;

/** @param folder of the configuration, as it is named to the loader */
export function namesBelow(folder: string): NameOf {
  return (path) => relative(folder, path).split(sep).join('/');
}

export interface ProblemContext {
  readonly nameOf: NameOf;
  /** The text of a file by the name that problems have; undefined if it cannot be read. */
  readonly textOf: (path: string) => string | undefined;
  readonly helpOf: HelpOf;
}

export function shownProblems(problems: readonly Problem[], context: ProblemContext): readonly ShownProblem[] {
  const lines = new Map<string, readonly string[]>();
  const lineAt = ({ file, line }: Place): string => {
    const known = lines.get(file) ?? (context.textOf(file) ?? '').replace(/^\ufeff/, '').split('\n');
    lines.set(file, known);
    return known[line - 1] ?? '';
  };
  return problems.map(({ severity, code, message, suggestion, place }) => ({
    severity,
    code,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
    range: rangeAt({ ...place, file: context.nameOf(place.file) }, lineAt(place)),
    help: context.helpOf(code),
  }));
}

/** A word, a string in quotes, or else one character. */
const part = /^(?:[\w$@.-]+|"(?:[^"\\]|\\.)*"|'[^']*'|.)/u;

function rangeAt({ file, line, column }: Place, text: string): TextRange {
  const [found = ''] = part.exec(text.slice(column - 1)) ?? [];
  return { file, from: { line, column }, to: { line, column: column + found.length } };
}

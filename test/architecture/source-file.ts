/**
 * @module
 * What the architecture's rules see of a source file: its place and what it imports, read without a parser. It leans
 * on biome's layout, where an import or export declaration begins at the margin.
 */
import { posix } from 'node:path';

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly line: number;
  /** The path from the repository's root, or the package or built-in module as it is written. */
  readonly target: string;
  readonly kind: 'file' | 'package' | 'builtin' | 'computed';
}

const declaration = /^(?:import|export)\b(?:[\s\w$,*{}]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm;
const expression = /\b(?:import|require|getBuiltinModule)\s*\(\s*(?:(['"])([^'"\n]+)\1\s*[,)])?/g;

/**
 * Static, type-only, re-exporting and dynamic imports, what is required when it is needed, and the imports of
 * `import('…')` in a type.
 */
export function importsOf(file: SourceFile): Import[] {
  const code = withoutComments(file.text);
  return [...code.matchAll(declaration), ...code.matchAll(expression)].map((match) => {
    const line = code.slice(0, match.index).split('\n').length;
    const specifier = match[2];
    if (specifier === undefined) return { line, target: match[0], kind: 'computed' };
    if (specifier.startsWith('node:')) return { line, target: specifier, kind: 'builtin' };
    if (!/^[./]/.test(specifier)) return { line, target: specifier, kind: 'package' };
    return { line, target: posix.normalize(posix.join(posix.dirname(file.path), specifier)), kind: 'file' };
  });
}

/** The text with comments that stand on lines of their own blanked, so that lines keep their numbers. */
export function withoutComments(text: string): string {
  return text.replace(/^[ \t]*(?:\/\/.*|\/\*[\s\S]*?\*\/)/gm, (comment) => comment.replace(/[^\n]/g, ''));
}

/** `mint` for `src/request/request-view.ts`; the file's own name for one that is in src itself. */
export function roomOf(path: string): string {
  return path.split('/')[1] ?? path;
}

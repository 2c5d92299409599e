/**
 * @module
 * A missing package. Some are loaded only when they are needed, so mintproc can start without them.
 */
import type { Code } from '../diagnostics/codes.ts';

const notFound = new Set(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND']);
const code: Code = 'cli.missing-package';

/** A message if `error` is Node's for a package that is not installed; undefined for any other error. */
export function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && notFound.has(String(error.code)))) return undefined;
  // The name of a missing file of our own begins with a slash or a dot: that is a defect.
  const [, name] = /^Cannot find (?:module|package) '((?:@[\w.-]+\/)?\w[\w.-]*)/.exec(error.message) ?? [];
  if (name === undefined) return undefined;
  return `The package ${name} is not installed: run \`npm install ${name}\` where mintproc is installed. [${code}]`;
}

/**
 * @module
 * Why an address cannot be listened at, in one sentence.
 */
import type { Code } from '../diagnostics/codes.ts';

export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: Code;

  constructor(code: Code, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The operating system's refusals by their names in errno(3), and Node's for a host name. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there already',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'this process may not listen there',
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'the folder is a file',
  ENOTFOUND: 'the host name is not known',
};

/** What `listen` failed with at `address`, as a sentence. */
export function listenError(code: Code, address: string, error: unknown): ListenError {
  const given = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return new ListenError(code, `Cannot listen at ${address}: ${reasons[given] ?? given}.`, error);
}

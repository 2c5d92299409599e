/**
 * @module
 * The error when an address cannot be listened at.
 */
import type { Code } from '../diagnostics/codes.ts';

export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The reasons by error code: those of errno(3), and Node's for an unknown host name. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is already in use',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'this process is not allowed to listen there',
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  ENOTFOUND: 'the host name cannot be resolved',
};

/** Describes an error of `listen` at `address`. */
export function listenError(code: Code, address: string, error: unknown): ListenError {
  const given = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return new ListenError(code, `Cannot listen at ${address}: ${reasons[given] ?? given}.`, { cause: error });
}

/**
 * @module
 * The error when an address cannot be listened at.
 */
import type { Code } from '../diagnostics/codes.ts';

interface ListenDetails extends ErrorOptions {
  readonly suggestion?: string | undefined;
}

export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: Code;
  /** What to do; undefined if the message says it. */
  readonly suggestion: string | undefined;

  constructor(code: Code, message: string, { suggestion, ...options }: ListenDetails = {}) {
    super(message, options);
    this.code = code;
    this.suggestion = suggestion;
  }
}

/** The reasons by error code: those of errno(3), and Node's for an unknown host name. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is already in use',
  EEXIST: 'a file or folder that is not a socket has this path; remove it or write another path',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'this process is not allowed to listen there',
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  ENOTFOUND: 'the host name cannot be resolved',
};

/** What to do about some of them. */
const cures: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'Another process listens there, perhaps another mintproc. End it (`ss -ltnpx` lists them), or write another port or path in mintproc.yaml.',
  EADDRNOTAVAIL: 'Write 127.0.0.1 for clients on this machine, or an address that `ip addr` lists.',
  EACCES: 'Write a port from 1024 on, or a folder that this user may write to.',
  ENOENT: 'Create the folder before mintproc starts, or write another path.',
  ENOTFOUND: 'Write an address, such as 127.0.0.1.',
};

/** Describes an error of `listen` at `address`. */
export function listenError(code: Code, address: string, error: unknown): ListenError {
  const given = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return new ListenError(code, `Cannot listen at ${address}: ${reasons[given] ?? given}.`, {
    cause: error,
    suggestion: cures[given],
  });
}

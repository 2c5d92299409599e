/**
 * @module
 * A problem of the user's environment that keeps the demo from starting. The message tells what to do.
 */

/** Printed without a stack, because its message is for the user. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

/** The code of a system error, such as `EACCES`; undefined for any other value. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

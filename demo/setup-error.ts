/**
 * @module
 * Something in the user's surroundings that keeps the demo from starting, as one sentence that says what to do.
 */

/** Printed without a stack: its message is written for whoever typed the command. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

/** The code of a system error, such as `EACCES`; undefined for any other value. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * @module
 * A problem in the user's environment that prevents the demo from starting, as one sentence that says what to do.
 */

/** Printed without a stack: its message is for the person who typed the command. */
export class Setback extends Error {
  override readonly name = 'Setback';
}

/** The code of a system error, such as `EACCES`; undefined for any other value. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

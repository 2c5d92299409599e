/**
 * @module
 * The path of a key, or the name of its environment variable.
 */
import * as z from 'zod';

/** Refuses a pasted key: the message that no such file exists would show it. */
export const keyPath = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^(?!.*-----)[^\r\n]*$/, 'must be a path or a name on one line; write a key itself under `text` or `jwk`');

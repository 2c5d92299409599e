/**
 * @module
 * The dialect of a text that may not be readable yet, for its highlighting and completion.
 */
import type { Dialect } from './interface.ts';

export function dialectOf(text: string): Dialect {
  if (/^\ufeff?\s*</.test(text)) return 'apigee';
  return /^\s*(?:-\s*)?(?:assembly|jwt-generate|execute|x-ibm-configuration)\s*:/m.test(text) ? 'datapower' : 'flex';
}

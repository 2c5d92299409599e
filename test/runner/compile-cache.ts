/**
 * @module
 * Where Node keeps compiled code between the processes of a run (`NODE_COMPILE_CACHE`), TypeScript without its types
 * included. A process that uses it starts in a third of the time.
 */
import { join } from 'node:path';

export const compileCache = join(import.meta.dirname, '..', '..', '.cache', 'compiled');

/**
 * @module
 * IBM API Connect on DataPower, `jwt-generate` (vendor page: Generate JWT).
 */
import { createRequire } from 'node:module';
import type { Dialect } from '../policy-file.ts';

/** The reader is loaded for the first such policy. */
const require = createRequire(import.meta.url);

export const datapower: Dialect = {
  name: 'datapower',
  example: 'IBM API Connect: a list with `jwt-generate:`, or an OpenAPI file whose assembly has it',
  recognises: (text) => /(?:^|[\s{,-])["']?jwt-generate["']?\s*:/m.test(text),
  read(file, settings, problems) {
    const { readFile }: typeof import('./read-file.ts') = require('./read-file.ts');
    return readFile(file, settings, problems);
  },
};

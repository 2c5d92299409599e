/**
 * @module
 * Apigee's `<GenerateJWT>` policy, as in `apiproxy/policies/` (vendor page: GenerateJWT policy), and that of SAP API
 * Management, which differs only in its root element.
 */
import { createRequire } from 'node:module';
import type { Dialect } from '../policy-file.ts';

/** The reader and the XML parser are loaded for the first such policy. */
const require = createRequire(import.meta.url);

/** Includes policies that users provide by mistake, so that the error can name them. */
const root = /<(?:GenerateJWT|VerifyJWT|DecodeJWT|GenerateJWS|VerifyJWS|DecodeJWS)\b/;

export const apigee: Dialect = {
  name: 'apigee',
  example: 'Apigee: a `<GenerateJWT>` element',
  // A UTF-16 file has zero bytes between its letters.
  recognises: (text) => root.test(text.includes('\0') ? text.replaceAll('\0', '') : text),
  read(file, settings, problems) {
    const { readFile }: typeof import('./read-file.ts') = require('./read-file.ts');
    return readFile(file, settings, problems);
  },
};

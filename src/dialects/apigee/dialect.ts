/**
 * @module
 * Apigee's `<GenerateJWT>` policy, as it stands in `apiproxy/policies/` (vendor page: GenerateJWT policy), and SAP API
 * Management's, which is the same with another root.
 */
import { createRequire } from 'node:module';
import type { Dialect } from '../policy-file.ts';

/** Reading, and the XML parser with it, is loaded with the first such policy. */
const require = createRequire(import.meta.url);

/** Policies that users give by mistake are claimed too, so that the error can name them. */
const root = /<(?:GenerateJWT|VerifyJWT|DecodeJWT|GenerateJWS|VerifyJWS|DecodeJWS)\b/;

export const apigee: Dialect = {
  name: 'apigee',
  example: 'Apigee: a `<GenerateJWT>` element',
  // A file in UTF-16 reads as letters with zero bytes between them.
  recognises: (text) => root.test(text.includes('\0') ? text.replaceAll('\0', '') : text),
  read(file, settings, problems) {
    const { readFile }: typeof import('./read-file.ts') = require('./read-file.ts');
    return readFile(file, settings, problems);
  },
};

/**
 * @module
 * Apigee's `<GenerateJWT>` policy, as it stands in `apiproxy/policies/` (vendor page: GenerateJWT policy), and SAP API
 * Management's, which is the same with another root.
 */
import { problemAt } from '../../diagnostics/problem.ts';
import { readXml } from '../located-xml.ts';
import type { Dialect } from '../policy-file.ts';
import { readPolicy } from './plan.ts';

/** Policies that users give by mistake are claimed too, so that the error can name them. */
const root = /<(?:GenerateJWT|VerifyJWT|DecodeJWT|GenerateJWS|VerifyJWS|DecodeJWS)\b/;

export const apigee: Dialect = {
  name: 'apigee',
  example: 'Apigee: a `<GenerateJWT>` element',
  // A file in UTF-16 reads as letters with zero bytes between them.
  recognises: (text) => root.test(text.includes('\0') ? text.replaceAll('\0', '') : text),
  read(source, settings, problems) {
    const element = problems.attempt(() => readXml(source));
    if (element === undefined) return [];
    if (element.name === 'GenerateJWT') return [readPolicy(source, element, settings, problems)];
    problems.add(
      problemAt(source, element.offset, 'apigee.not-generate-jwt', {
        message: `This is \`<${element.name}>\`, and mintproc runs \`<GenerateJWT>\`.`,
        suggestion: advice[element.name] ?? 'Give the file of a GenerateJWT policy, from apiproxy/policies/.',
      }),
    );
    return [];
  },
};

const verify = "Envoy's jwt_authn filter verifies tokens; see docs/dialects/apigee.md.";

const advice: Readonly<Record<string, string>> = {
  VerifyJWT: verify,
  DecodeJWT: verify,
  VerifyJWS: verify,
  DecodeJWS: verify,
  GenerateJWS: 'A JWS of any content is no JWT; mintproc does not make it.',
};

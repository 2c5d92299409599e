/**
 * @module
 * A file with an Apigee policy: its root element says whether it is one that mintproc runs.
 */
import { type Problems, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { readXml } from '../located-xml.ts';
import type { FoundPolicy, PolicySettings } from '../policy-file.ts';
import { readPolicy } from './plan.ts';

export function readFile(source: SourceText, settings: PolicySettings, problems: Problems): readonly FoundPolicy[] {
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
}

const verify = "Envoy's jwt_authn filter verifies tokens; see docs/dialects/apigee.md.";

const advice: Readonly<Record<string, string>> = {
  VerifyJWT: verify,
  DecodeJWT: verify,
  VerifyJWS: verify,
  DecodeJWS: verify,
  GenerateJWS: 'A JWS of any content is no JWT; mintproc does not make it.',
};

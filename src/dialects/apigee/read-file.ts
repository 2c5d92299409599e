/**
 * @module
 * Reads a file with an Apigee policy. The root element shows whether mintproc runs the policy.
 */
import { isPlainName } from '../../diagnostics/harmless.ts';
import { type Problems, problemAt } from '../../diagnostics/problem.ts';
import type { Steps } from '../../diagnostics/steps.ts';
import type { DocumentFile } from '../../documents/document-file.ts';
import { readXml } from '../../documents/located-xml.ts';
import type { FoundPolicy, PolicySettings } from '../policy-file.ts';
import { harmless } from './harmless.ts';
import { readPolicy } from './plan.ts';

export function* readFile(
  file: DocumentFile,
  settings: PolicySettings,
  problems: Problems,
): Steps<readonly FoundPolicy[]> {
  const { source } = file;
  file.describe(harmless);
  const element = problems.attempt(() => readXml(file));
  if (element === undefined) return [];
  if (element.name === 'GenerateJWT') return [yield* readPolicy(source, element, settings, problems)];
  problems.add(
    problemAt(source, element.offset, 'apigee.not-generate-jwt', {
      message: `This is ${calledElement(element.name)}; mintproc only runs \`<GenerateJWT>\`.`,
      suggestion: advice.get(element.name) ?? 'Use the file of a GenerateJWT policy from apiproxy/policies/.',
    }),
  );
  return [];
}

function calledElement(name: string): string {
  return isPlainName(name) ? `\`<${name}>\`` : 'another element';
}

const verify = "Envoy's jwt_authn filter verifies tokens; see docs/dialects/apigee.md.";

const advice: ReadonlyMap<string, string> = new Map([
  ['VerifyJWT', verify],
  ['DecodeJWT', verify],
  ['VerifyJWS', verify],
  ['DecodeJWS', verify],
  ['GenerateJWS', 'mintproc mints JWTs, and no JWS with other content.'],
]);

/**
 * @module
 * Reads every `jwt-generate` in the assembly of an API Connect file.
 */
import { type Problem, type Problems, problemAt } from '../../diagnostics/problem.ts';
import { eachInSteps, type Steps } from '../../diagnostics/steps.ts';
import type { DocumentFile } from '../../documents/document-file.ts';
import { type LocatedYaml, readYaml } from '../../documents/located-yaml.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import type { FoundPolicy, PolicySettings } from '../policy-file.ts';
import { readApi } from './api.ts';
import { readAssembly } from './assembly.ts';
import { harmless } from './harmless.ts';
import { readPolicy } from './plan.ts';

export function* readFile(
  file: DocumentFile,
  settings: PolicySettings,
  problems: Problems,
): Steps<readonly FoundPolicy[]> {
  file.describe(harmless);
  const policies: FoundPolicy[] = [];
  for (const document of readYaml(file, problems, 'policy.syntax')) {
    policies.push(...(yield* readDocument(document, settings, problems)));
  }
  return policies;
}

function* readDocument(document: LocatedYaml, settings: PolicySettings, problems: Problems): Steps<FoundPolicy[]> {
  const { policies, catches } = readAssembly(document);
  if (catches !== undefined && policies.length > 0) problems.add(catchIgnored(document, catches));
  const api = readApi(document, settings.catalog);
  return yield* eachInSteps(policies, (action) => readPolicy(document, api, action, settings, problems));
}

/** @param catches where the assembly has its error handler */
export function catchIgnored(document: LocatedYaml, catches: YamlPath): Problem {
  return problemAt(document.source, document.keyOffsetOf(catches), 'datapower.catch-ignored', {
    message:
      'mintproc does not run the `catch` of the assembly: if the token cannot be minted, the request is refused.',
    suggestion: "To forward the request without a token, write `onError: pass` in the policy's entry in mintproc.yaml.",
  });
}

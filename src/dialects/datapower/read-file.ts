/**
 * @module
 * A file of API Connect: every `jwt-generate` in its assembly.
 */
import { type Problems, problemAt } from '../../diagnostics/problem.ts';
import { eachInSteps, type Steps } from '../../diagnostics/steps.ts';
import type { DocumentFile } from '../../documents/document-file.ts';
import { type LocatedYaml, readYaml } from '../../documents/located-yaml.ts';
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
  if (catches !== undefined && policies.length > 0) {
    const details = {
      severity: 'warning',
      message: 'The assembly catches errors; mintproc does not run that: a request without its token is refused.',
      suggestion: 'Write `onError: pass` in the entry in mintproc.yaml if the request is to go on without its token.',
    } as const;
    problems.add(problemAt(document.source, document.keyOffsetOf(catches), 'datapower.catch-ignored', details));
  }
  const api = readApi(document);
  return yield* eachInSteps(policies, (action) => readPolicy(document, api, action, settings, problems));
}

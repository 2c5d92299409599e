/**
 * @module
 * A file of API Connect: every `jwt-generate` in its assembly.
 */
import { type Problems, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { type LocatedYaml, readYaml } from '../located-yaml.ts';
import type { FoundPolicy, PolicySettings } from '../policy-file.ts';
import { readApi } from './api.ts';
import { readAssembly } from './assembly.ts';
import { readPolicy } from './plan.ts';

export function readFile(source: SourceText, settings: PolicySettings, problems: Problems): readonly FoundPolicy[] {
  return readYaml(source, problems, 'policy.syntax').flatMap((document) => readDocument(document, settings, problems));
}

function readDocument(document: LocatedYaml, settings: PolicySettings, problems: Problems): FoundPolicy[] {
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
  return policies.map((action) => readPolicy(document, api, action, settings, problems));
}

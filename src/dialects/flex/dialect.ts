/**
 * @module
 * MuleSoft Flex Gateway, `jwt-generation-flex` (vendor page: Credential Injection JWT Generation Policy).
 */

import { readYaml } from '../../documents/located-yaml.ts';
import type { Dialect, FoundPolicy } from '../policy-file.ts';
import { findPolicies } from './carriers.ts';
import { harmless } from './harmless.ts';
import { readPlan } from './plan.ts';

export const flex: Dialect = {
  name: 'flex',
  example:
    'MuleSoft Flex Gateway: a list item with `policyRef: { name: jwt-generation-flex }` and `config:`, a PolicyBinding or an ApiInstance',
  recognises: (text) => /\bjwt-generation-flex\b/.test(text),
  *read(file, settings, problems) {
    file.describe(harmless);
    const policies: FoundPolicy[] = [];
    for (const document of readYaml(file, problems, 'policy.syntax')) {
      for (const { names, config } of findPolicies(document, problems)) {
        const plan = yield* readPlan(document, config, settings, problems);
        policies.push({ names, offset: document.offsetOf(config), plan });
      }
    }
    return policies;
  },
};

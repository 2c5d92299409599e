/**
 * @module
 * MuleSoft Flex Gateway, `jwt-generation-flex` (vendor page: Credential Injection JWT Generation Policy).
 */

import { readYaml } from '../located-yaml.ts';
import type { Dialect } from '../policy-file.ts';
import { findPolicies } from './carriers.ts';
import { readPlan } from './plan.ts';

export const flex: Dialect = {
  name: 'flex',
  example:
    'MuleSoft Flex Gateway: a list item with `policyRef: { name: jwt-generation-flex }` and `config:`, a PolicyBinding or an ApiInstance',
  recognises: (text) => /\bjwt-generation-flex\b/.test(text),
  read(source, settings, problems) {
    return readYaml(source, problems, 'policy.syntax').flatMap((document) =>
      findPolicies(document, problems).map((found) => ({
        names: found.names,
        offset: document.offsetOf(found.config),
        plan: readPlan(document, found.config, settings, problems),
      })),
    );
  },
};

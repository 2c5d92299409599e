/**
 * @module
 * MuleSoft Flex Gateway, `jwt-generation-flex` (vendor page: Credential Injection JWT Generation Policy).
 */

import { Problems } from '../../diagnostics/problem.ts';
import { readYaml } from '../../documents/located-yaml.ts';
import { type MemberRead, pathText } from '../../expressions/member-reads.ts';
import { type NamedNeed, needsOfRead } from '../../plan/needs.ts';
import type { Dialect, FoundPolicy } from '../policy-file.ts';
import { findPolicies } from './carriers.ts';
import { harmless } from './harmless.ts';
import { readPlan } from './plan.ts';
import { mentionsPolicy } from './policy-name.ts';

export const flex: Dialect = {
  name: 'flex',
  example:
    'MuleSoft Flex Gateway: a list item with `policyRef: { name: jwt-generation-flex }` and `config:`, a PolicyBinding, an ApiInstance, or an export of API Manager',
  recognises: mentionsPolicy,
  *read(file, settings, problems) {
    file.describe(harmless);
    const policies: FoundPolicy[] = [];
    for (const document of readYaml(file, problems, 'policy.syntax')) {
      for (const carried of findPolicies(document.value)) {
        const reads: MemberRead[] = [];
        const own = new Problems();
        const plan = yield* readPlan(carried, document, settings, own, reads);
        for (const problem of own.all) problems.add(problem);
        const offset = document.offsetOf(carried.config);
        const needs = (): readonly NamedNeed[] => reads.flatMap(namedNeeds);
        policies.push({ names: carried.names, offset, plan, reads, needs, problems: own.all });
      }
    }
    return policies;
  },
};

function namedNeeds(read: MemberRead): readonly NamedNeed[] {
  return needsOfRead(read).map((need) => ({ need, by: pathText(read) }));
}

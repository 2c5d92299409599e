/**
 * @module
 * Why a policy is not exact, what is worth knowing about it, and which warnings its entry has to allow.
 */
import type { Code } from '../../../diagnostics/codes.ts';
import { type Problem, problemAt } from '../../../diagnostics/problem.ts';
import { isRule, rules } from '../../../diagnostics/rules.ts';
import type { YamlPath } from '../../../documents/yaml-places.ts';
import { Open, type Reason } from '../../exported.ts';
import { checkedByEnvoy } from '../../required-caller.ts';
import { catchIgnored } from '../read-file.ts';
import type { AnalysedPolicy } from './analysis.ts';
import type { ApiContext } from './api-context.ts';
import type { GatewayChecks } from './gateway-checks.ts';
import { inlineJwkProblems } from './inline-jwk.ts';
import type { NeededKeys } from './keys.ts';
import type { PolicyRoutes } from './routes.ts';

export interface ReasonInputs {
  readonly routed: PolicyRoutes | undefined;
  readonly needed: NeededKeys | undefined;
  readonly checks: GatewayChecks;
}

export function reasonsOf(context: ApiContext, one: AnalysedPolicy, inputs: ReasonInputs): readonly Reason[] {
  return [
    ...ofReading(context, one),
    ...ofFlow(context, one, inputs.routed),
    ...ofKeys(one, inputs.needed),
    ...ofApi(context, one, inputs.checks),
  ];
}

function ofReading({ document, assembly }: ApiContext, one: AnalysedPolicy): readonly Reason[] {
  const { solved, remaining, policy } = one;
  const others = policy.tokens?.settle(new Set()).others ?? [];
  return [
    ...[...solved, ...others].map((problem): Reason => ({ kind: 'value', problem })),
    ...remaining.map((problem): Reason => ({ kind: kindOf(problem, one), problem })),
    ...(assembly.catches === undefined ? [] : [note(catchIgnored(document, assembly.catches))]),
  ];
}

function note(problem: Problem): Reason {
  return { kind: 'note', problem };
}

function kindOf({ code, severity }: Problem, { lacks, output }: AnalysedPolicy): Reason['kind'] {
  if (code === 'datapower.catalog-property') return 'value';
  if (code === 'datapower.version-matters') {
    return output.kind !== 'cannot' && output.output.prefix instanceof Open ? 'value' : 'note';
  }
  if (code === 'datapower.dynamic-property' && lacks.some(({ isConstant }) => isConstant)) return 'value';
  return severity === 'error' ? 'cannot' : 'note';
}

function ofFlow(context: ApiContext, one: AnalysedPolicy, routed: PolicyRoutes | undefined): readonly Reason[] {
  const { action, policy, output } = one;
  const isRouteOpen = routed === undefined || routed.isOpen;
  const report = (kind: Reason['kind'], code: Code, path: YamlPath, message: string): Reason => ({
    kind,
    problem: problemOf(context, path, code, message),
  });
  const reasons = (policy.whenUsed ?? []).map(
    (problem): Reason => ({ kind: isRouteOpen && output.kind !== 'cannot' ? 'value' : 'note', problem }),
  );
  if (output.kind === 'cannot') {
    return [...reasons, report('cannot', output.code, output.at?.path ?? action.path, output.message)];
  }
  if (output.kind === 'header') {
    const message = 'This action of the assembly uses the token too; mintproc does not run it.';
    reasons.push(...output.copies.map(({ path }) => report('note', 'import.no-header', path, message)));
  }
  if (output.kind === 'open') {
    reasons.push(report('value', 'import.open-header', output.at?.path ?? action.path, output.message));
  }
  if (isRouteOpen) reasons.push(report('value', 'import.open-route', action.path, openRoute(routed)));
  return reasons;
}

function openRoute(routed: PolicyRoutes | undefined): string {
  return routed === undefined
    ? 'The import found no operation for which the policy runs, so its routes have to be written.'
    : 'A route cannot say for which requests of an operation the gateway runs the policy.';
}

function ofKeys({ policy }: AnalysedPolicy, needed: NeededKeys | undefined): readonly Reason[] {
  const reasons = (policy.plan === undefined ? [] : inlineJwkProblems(policy.plan)).map(
    (problem): Reason => ({ kind: problem.severity === 'error' ? 'cannot' : 'note', problem }),
  );
  if (needed?.inFile !== undefined) {
    const message = 'The key of the policy is in this file, so the copy of the file has to be protected like a key.';
    reasons.push(note(problemAt(needed.inFile, 0, 'policy.key-in-file', { message })));
  }
  if (needed?.fromRequest !== undefined) {
    const message = 'The key comes from the request, so the client could choose it.';
    reasons.push({
      kind: 'cannot',
      problem: problemAt(needed.fromRequest, 0, 'datapower.dynamic-property', { message }),
    });
  }
  return reasons;
}

function ofApi(context: ApiContext, { action }: AnalysedPolicy, { phrases, checks }: GatewayChecks): readonly Reason[] {
  const reasons: Reason[] = [];
  if (phrases.length > 0) {
    const message = `The gateway checks these requests: ${phrases.join(', ')}. mintproc does not; Envoy has to refuse what the gateway refused.`;
    const problem = problemOf(context, action.path, 'datapower.gateway-checks', message);
    const suggestion = checkedByEnvoy(checks);
    reasons.push(note(suggestion === '' ? problem : { ...problem, suggestion }));
  }
  if (context.extension?.['enforced'] === false) {
    const message = 'The API has `enforced: false`: API Connect does not run its assembly.';
    const path = [...context.path, 'x-ibm-configuration', 'enforced'];
    reasons.push({ kind: 'cannot', problem: problemOf(context, path, 'import.not-called', message) });
  }
  return reasons;
}

function problemOf({ document }: ApiContext, path: YamlPath, code: Code, message: string): Problem {
  return problemAt(document.source, document.keyOffsetOf(path), code, { message });
}

/** What somebody writes in place of an `Open` ends these warnings. */
const solvedByValue = new Set<Code>(['datapower.catalog-property', 'policy.other-token']);

/** Warnings about the file that remain when everything is decided. */
export function meantWarnings(reasons: readonly Reason[], solved: readonly Problem[]): readonly Code[] {
  const left = reasons.filter(({ problem }) => !solved.includes(problem)).map(({ problem }) => problem.code);
  return [...new Set(left)].filter((code) => isRule(code) && rules[code] === 'warning' && !solvedByValue.has(code));
}

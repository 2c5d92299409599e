/**
 * @module
 * Policies of one route that write the same header: only one of their tokens would arrive. They may do so if their own
 * rules exclude each other, as those of the policies of one API instance of Flex Gateway can.
 */
import { called } from '../diagnostics/harmless.ts';
import type { Problems } from '../diagnostics/problem.ts';
import { excludeEachOther } from '../plan/request-rules.ts';
import { type Placed, reportIn } from './configuration-part.ts';
import type { RouteEntry } from './configuration-schema.ts';
import type { CompiledPolicy } from './policy/policy-loader.ts';

/** Policies of a route that write one header. Each is compared with each. */
const maxWriters = 16;

export function checkOutputs(
  route: Placed<RouteEntry>,
  policies: ReadonlyMap<string, CompiledPolicy>,
  problems: Problems,
): void {
  const writers = new Map<string, readonly CompiledPolicy[]>();
  for (const [index, name] of (route.entry.policies ?? []).entries()) {
    const policy = policies.get(name);
    if (policy === undefined || policy.plan.disabled === true) continue;
    const { header } = policy.output;
    const before = writers.get(header) ?? [];
    const writer = before[maxWriters - 1] ?? before.find((other) => mayBothRun(other, policy));
    if (writer === undefined) {
      writers.set(header, [...before, policy]);
      continue;
    }
    reportIn(route, problems)(['policies', index], 'config.duplicate-output', {
      message: `The policy \`${name}\` writes ${called('the header', header)}, which \`${writer.name}\` writes before it.`,
      suggestion: areRuled(writer, policy) ? otherRules : otherHeader,
    });
  }
}

function mayBothRun({ plan: a }: CompiledPolicy, { plan: b }: CompiledPolicy): boolean {
  return !excludeEachOther(a.rules, b.rules);
}

/** Whether other rules would help: the policies are two, and each has some. */
function areRuled(a: CompiledPolicy, b: CompiledPolicy): boolean {
  return a !== b && a.plan.rules !== undefined && b.plan.rules !== undefined && mayBothRun(a, b);
}

const otherHeader = 'Write another `output: { header: … }` for one of them, or remove one from this route.';
const otherRules =
  'Write rules that plainly exclude each other, such as the methods `GET|HEAD` and `POST`, or paths that begin differently. Or write another `output: { header: … }` for one of them.';

/**
 * @module
 * The header that a policy's token goes into: the one that its entry names, else the policy's own.
 */
import { called } from '../diagnostics/harmless.ts';
import { type Problems, problemAt } from '../diagnostics/problem.ts';
import type { Output, TokenPlan } from '../plan/token-plan.ts';
import { headerObjection, prefixObjection } from './output-header.ts';
import type { WantedPolicy } from './wanted-policy.ts';

/** Reports a header or prefix of the entry that cannot carry a token. */
export function outputIsFit({ settings, report }: WantedPolicy): boolean {
  const { header, prefix } = settings.output ?? {};
  const headerProblem = header === undefined ? undefined : headerObjection(header.toLowerCase());
  const prefixProblem = prefix === undefined ? undefined : prefixObjection(prefix);
  if (headerProblem !== undefined) {
    report(['output', 'header'], 'config.forbidden-header', {
      message: `The token cannot go into this header: it ${headerProblem}.`,
      suggestion: 'Name another header, such as `authorization` or one of your own.',
    });
  }
  if (prefixProblem !== undefined) {
    report(['output', 'prefix'], 'config.invalid-value', { message: `\`prefix\` ${prefixProblem}.` });
  }
  return headerProblem === undefined && prefixProblem === undefined;
}

/** The entry's header and prefix; where it leaves one out, the plan's own. */
export function outputOf(plan: TokenPlan, { settings, report }: WantedPolicy, problems: Problems): Output | undefined {
  if (settings.output?.header === undefined) noteVariable(plan, problems);
  const header = settings.output?.header?.toLowerCase() ?? plan.output.header;
  const { prefixElsewhere = plan.output.prefix } = plan.output;
  const prefix = settings.output?.prefix ?? (header === plan.output.header ? plan.output.prefix : prefixElsewhere);
  const objection = headerObjection(header) ?? prefixObjection(prefix);
  if (objection === undefined) return { header, prefix };
  report([], 'config.forbidden-header', {
    message: `The policy itself writes its token where it cannot go: what it names ${objection}.`,
    suggestion: 'Name another place in this entry: `output: { header: …, prefix: … }`.',
  });
  return undefined;
}

/** On the gateway something later would use the variable; here nothing does, so the header is our choice. */
export function noteVariable({ output }: TokenPlan, problems: Problems): void {
  const { variable } = output;
  if (variable === undefined) return;
  problems.add(
    problemAt(variable, 0, 'policy.variable-output', {
      severity: 'warning',
      message: `The policy puts its token into ${called('the variable', variable.text)}, and nothing here would use that: it goes to \`${output.header}\` as well.`,
      suggestion: 'Name the header that the backend reads in the entry in mintproc.yaml: `output: { header: … }`.',
    }),
  );
}

/**
 * @module
 * The header that a policy writes its token to: the one that its entry names, else the policy's own.
 */
import { called } from '../../diagnostics/harmless.ts';
import { type Problems, problemAt } from '../../diagnostics/problem.ts';
import { headerObjection, joinsToken, prefixObjection } from '../../plan/output-header.ts';
import type { Output, TokenPlan } from '../../plan/token-plan.ts';
import type { WantedPolicy } from '../wanted-policy.ts';

/** Reports a header or prefix of the entry that cannot carry a token. */
export function hasUsableOutput({ settings, report }: WantedPolicy): boolean {
  const { header, prefix } = settings.output ?? {};
  const headerProblem = header === undefined ? undefined : headerObjection(header.toLowerCase());
  const prefixProblem = prefix === undefined ? undefined : prefixObjection(prefix);
  if (headerProblem !== undefined) {
    report(['output', 'header'], 'config.forbidden-header', {
      message: `The token cannot be written to this header: it ${headerProblem}.`,
      suggestion: 'Write another header, such as `authorization` or `x-token`.',
    });
  }
  if (prefixProblem !== undefined) {
    report(['output', 'prefix'], 'config.invalid-value', { message: `\`prefix\` ${prefixProblem}.` });
  } else if (prefix !== undefined && joinsToken(prefix)) {
    report(['output', 'prefix'], 'config.joined-prefix', {
      message: '`prefix` ends in a letter or digit, so nothing separates it from the token.',
      suggestion: 'Write `prefix: "Bearer "` with quotes and a space: without quotes, YAML removes the space.',
    });
  }
  return headerProblem === undefined && prefixProblem === undefined;
}

/** The entry's header and prefix; each defaults to the plan's own. */
export function outputOf(plan: TokenPlan, wanted: WantedPolicy, problems: Problems): Output | undefined {
  const { settings, report, placeAt } = wanted;
  if (settings.output?.header === undefined) noteVariable(plan, problems);
  const header = settings.output?.header?.toLowerCase() ?? plan.output.header;
  const { prefixElsewhere = plan.output.prefix } = plan.output;
  const prefix = settings.output?.prefix ?? (header === plan.output.header ? plan.output.prefix : prefixElsewhere);
  const objection = headerObjection(header) ?? prefixObjection(prefix);
  const writtenAt = (name: 'header' | 'prefix') =>
    settings.output?.[name] === undefined ? undefined : placeAt(['output', name]);
  if (objection === undefined) {
    return { header, prefix, place: writtenAt('header') ?? plan.output.place, prefixPlace: writtenAt('prefix') };
  }
  report([], 'config.forbidden-header', {
    message: `The policy writes its token to a place that cannot be used here: it ${objection}.`,
    suggestion: 'Write another header in this entry: `output: { header: …, prefix: … }`.',
  });
  return undefined;
}

/** On the gateway a later policy would use the variable. Here nothing does, so the header is our choice. */
export function noteVariable({ output }: TokenPlan, problems: Problems): void {
  const { variable } = output;
  if (variable === undefined) return;
  problems.add(
    problemAt(variable, 0, 'policy.variable-output', {
      message: `The policy writes its token to ${called('the variable', variable.text)}, which nothing here reads. It is written to the header \`${output.header}\` too.`,
      suggestion: 'Write the header that the backend reads in the entry in mintproc.yaml: `output: { header: … }`.',
    }),
  );
}

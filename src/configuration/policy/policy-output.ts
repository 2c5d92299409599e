/**
 * @module
 * The header that a policy's token goes into: the one that its entry names, else the policy's own.
 */
import { called } from '../../diagnostics/harmless.ts';
import { type Problems, problemAt } from '../../diagnostics/problem.ts';
import type { Output, TokenPlan } from '../../plan/token-plan.ts';
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

/** RFC 9110 section 5.6.2: a field name is a token; Envoy wants it in lower case. */
const fieldName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/**
 * Headers that describe the connection or frame the message (RFC 9110 sections 7.6.1 and 8.6): a proxy drops or
 * rewrites them, so a token there would be lost or would break the request.
 */
const connectionHeaders = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const longestName = 128;

/** Why a token cannot be written to this header (lower case), as the end of a sentence; undefined where it can. */
export function headerObjection(name: string): string | undefined {
  if (name.startsWith(':')) return 'is a pseudo-header, which Envoy keeps to itself';
  if (name.length > longestName) return `is longer than ${longestName} characters`;
  if (!fieldName.test(name)) return 'is not the name of a header';
  if (name === 'host') return 'decides where the request goes, so Envoy ignores or refuses the change';
  if (name.startsWith('x-envoy-')) return "is one of Envoy's own headers, so Envoy ignores or refuses the change";
  if (connectionHeaders.has(name)) return 'belongs to the connection and does not reach the backend';
  return undefined;
}

const longestPrefix = 256;

/** Visible ASCII and spaces: a line break would start a header of its own, other bytes are read differently everywhere. */
const printable = /^[ -~]*$/;

/** Why a prefix cannot stand before a token, as the end of a sentence; undefined where it can. */
export function prefixObjection(prefix: string): string | undefined {
  if (prefix.length > longestPrefix) return `is longer than ${longestPrefix} characters`;
  return printable.test(prefix) ? undefined : 'holds characters other than printable ASCII';
}

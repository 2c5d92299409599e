/**
 * @module
 * The page of a code: what it means, which status a client gets, what to do, and an example. It is made from the tables
 * that `docs/errors.md` and `docs/rules.md` are generated from.
 */
import { type Code, codes } from '../../diagnostics/codes.ts';
import { isRefusal, refusals, statusOf, statusOfDialect, unauthenticated } from '../../diagnostics/refusals.ts';
import { isRule, type RuleCode, rules, timedRules } from '../../diagnostics/rules.ts';
import { codeAdvice, groupAdvice, groupOf, ruleAdvice } from './advice.ts';
import { ruleExamples } from './rule-examples/index.ts';

export interface CodePage {
  readonly code: Code;
  readonly meaning: string;
  /** Of a code that `validate` and a load report; null for one that only requests or the process have. */
  readonly severity: 'error' | 'warning' | 'note' | null;
  /** Whether `allow` makes a note of it. */
  readonly allowed: boolean;
  /** Whether `strict` makes an error of it. */
  readonly strict: boolean;
  /** The HTTP statuses of a request that is refused with it, by the dialect of the policy; null if none is. */
  readonly status: StatusOfRequest | null;
  /** Paragraphs, the one about this code alone first. */
  readonly advice: readonly string[];
  readonly example: CodeExample | null;
}

/** `any`: whatever policy the request has. */
type StatusOfRequest = Readonly<Record<string, number>>;

interface CodeExample {
  readonly file: string;
  readonly broken: string;
  readonly mended: string;
  /** What the example takes for granted. */
  readonly given: string | null;
}

/** The groups whose codes only a request or the process has, unless they are rules. */
const withoutSeverity: ReadonlySet<string> = new Set([
  ...['route', 'identity', 'mint', 'extproc', 'serving', 'observe', 'import', 'cli'],
]);

/** What only the log says, as an error or as a warning. */
const onlyLogged: ReadonlySet<Code> = new Set<Code>([
  ...(['keys.left-out', 'keys.state-unusable', 'keys.state-unwritten', 'keys.unannounced'] as const),
]);

export function codePage(code: Code): CodePage {
  const group = groupOf(code);
  const own = codeAdvice[code];
  const isWarning = isRule(code) && rules[code] === 'warning';
  return {
    code,
    meaning: codes[code],
    severity: isRule(code) ? rules[code] : withoutSeverity.has(group) || onlyLogged.has(code) ? null : 'error',
    allowed: isWarning,
    strict: isWarning && !timedRules.has(code),
    status: requestStatus(code),
    advice: [...(own === undefined ? [] : [own]), isRule(code) ? ruleAdvice[rules[code]] : (groupAdvice[group] ?? '')],
    example: isRule(code) ? exampleOf(code) : null,
  };
}

function exampleOf(code: RuleCode): CodeExample {
  const { file, wrong, right, given = null } = ruleExamples[code];
  return { file, broken: wrong, mended: right, given };
}

function requestStatus(code: Code): StatusOfRequest | null {
  if (!isRefusal(code)) return null;
  const kind = refusals[code];
  if (kind === 'policy') return statusOfDialect;
  if (kind === 'caller') return { 'caller required': unauthenticated, ...statusOfDialect };
  return typeof kind === 'number' ? { any: statusOf(code) } : { [kind]: statusOfDialect[kind] };
}

/** `400`, or `401 (apigee), 500 (flex, datapower)`; empty if no request is refused with the code. */
export function statusText(code: Code): string {
  const status = requestStatus(code);
  if (status === null) return '';
  const names = Map.groupBy(Object.keys(status), (name) => status[name]);
  const [first, second] = names;
  if (first !== undefined && second === undefined) return `${first[0]}`;
  return Array.from(names, ([value, who]) => `${value} (${who.join(', ')})`).join(', ');
}

/**
 * @module
 * What `allow` and `strict` make of the problems that were found: an allowed warning is a note, and with `strict` every
 * other warning is an error.
 */
import { type Problem, type ProblemDetails, type Problems, severityOf } from '../diagnostics/problem.ts';
import { isRule, type RuleCode, rules, timedRules } from '../diagnostics/rules.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { Configuration } from './configuration.ts';
import type { Placed } from './configuration-part.ts';
import type { PolicyEntry, Settings } from './configuration-schema.ts';
import { resolveFrom } from './files.ts';

type Strictness = Pick<Settings, 'strict' | 'strictFiles' | 'allow'> | undefined;

/** Whether a key file that every user can read is an error. @param demanded whether the caller wants `strict` */
export function strictFilesOf(settings: Strictness, demanded = false): boolean {
  if (settings?.strictFiles === true) return true;
  return (demanded || settings?.strict === true) && settings?.allow?.includes('keys.readable-by-all') !== true;
}

/** Reports what `allow` cannot allow, and what it allows although nothing reports it. */
export function checkAllowances(configuration: Configuration, problems: Problems): void {
  const { complete } = configuration;
  const found = problems.all.slice();
  for (const { origin, path, codes, covers } of allowancesOf(configuration)) {
    const { document } = origin;
    for (const [index, code] of codes.entries()) {
      const objection = objectionTo(code);
      if (objection !== undefined) {
        document.report(problems, [...path, index], 'config.invalid-value', objection);
      } else if (complete && !problems.hasErrors && !found.some((one) => one.code === code && covers(one))) {
        document.report(problems, [...path, index], 'config.unused-allow', {
          message: 'Nothing reports this warning here, so there is nothing to allow.',
          suggestion: 'Remove the code from `allow`.',
        });
      }
    }
  }
}

/** The problems as they count. @param demanded whether the caller wants `strict`, whatever the configuration says */
export function judgeProblems(
  found: readonly Problem[],
  configuration: Configuration | undefined,
  demanded = false,
): readonly Problem[] {
  const allowances = configuration === undefined ? [] : allowancesOf(configuration);
  const isStrict = demanded || configuration?.settings?.strict === true;
  return found.map((problem) => {
    const { code, severity } = problem;
    if (severity !== 'warning') return problem;
    const isAllowed = allowances.some(({ codes, covers }) => codes.includes(code) && covers(problem));
    if (isAllowed) return { ...problem, severity: 'note' };
    return isStrict ? withCause(strictly(problem)) : problem;
  });
}

/** An error that a warning became, with what to write if it is meant. */
function withCause(problem: Problem): Problem {
  if (problem.severity !== 'error') return problem;
  const { code, suggestion } = problem;
  const cause = `With \`strict\`, this warning is an error. If it is meant, write \`allow: [${code}]\`.`;
  return { ...problem, suggestion: suggestion === undefined ? cause : `${suggestion} ${cause}` };
}

/** A warning as `strict` judges it. */
export function strictly(problem: Problem): Problem {
  if (problem.severity !== 'warning' || timedRules.has(problem.code)) return problem;
  return { ...problem, severity: 'error' };
}

type Allowed = Pick<Placed<unknown>, 'origin' | 'path'>;

/** One `allow` of a configuration. */
interface Allowance extends Allowed {
  readonly codes: readonly string[];
  covers(problem: Problem): boolean;
}

function allowancesOf(configuration: Configuration): Allowance[] {
  const { settings, policies, routes, origin: main } = configuration;
  const isInside = ({ place, path: at }: Problem, { origin, path }: Allowed): boolean =>
    place.file === origin.document.source.file && at !== undefined && path.every((part, index) => at[index] === part);
  const inside = (allow: readonly string[] | undefined, { origin, path }: Allowed): Allowance[] =>
    allow === undefined
      ? []
      : [{ origin, path: [...path, 'allow'], codes: allow, covers: (problem) => isInside(problem, { origin, path }) }];

  const fileOf = ({ entry, origin }: Placed<PolicyEntry>): string => resolveFrom(origin.folder, entry.file);
  const sharers = Map.groupBy(policies, fileOf);
  const entries = policies.flatMap((policy): Allowance[] => {
    const { entry, origin, path } = policy;
    if (entry.allow === undefined) return [];
    const policyFile = fileOf(policy);
    const others = sharers.get(policyFile) ?? [];
    // A problem of a file is allowed only if every entry that uses the file allows it.
    const covers = (problem: Problem): boolean =>
      isInside(problem, policy) ||
      (problem.place.file === policyFile && others.every((other) => other.entry.allow?.includes(problem.code)));
    return [{ origin, path: [...path, 'allow'], codes: entry.allow, covers }];
  });
  const sources = settings?.authentication.sources ?? [];
  return [
    ...(settings?.allow === undefined
      ? []
      : [{ origin: main, path: ['allow'], codes: settings.allow, covers: () => true }]),
    ...entries,
    ...routes.flatMap((route) => inside(route.entry.allow, route)),
    ...sources.flatMap(({ allow }, index) =>
      inside(allow, { origin: main, path: ['authentication', 'sources', index] }),
    ),
  ];
}

/** Why a code cannot be allowed; undefined if it can. */
function objectionTo(code: string): ProblemDetails | undefined {
  const warnings = Object.keys(rules).filter((rule) => severityOf(rule as RuleCode) === 'warning');
  if (warnings.includes(code)) return undefined;
  if (isRule(code)) {
    return {
      message: 'This is the code of a note; `strict` does not fail on it.',
      suggestion: 'Remove it from `allow`.',
    };
  }
  const near = nearest(code, warnings);
  return {
    message: 'This is not the code of a warning. Errors cannot be allowed.',
    suggestion: near === undefined ? 'docs/rules.md lists the warnings.' : `Did you mean \`${near}\`?`,
  };
}

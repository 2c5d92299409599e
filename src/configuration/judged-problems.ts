/**
 * @module
 * What `allow` and `strict` make of the problems that were found: an allowed warning is a note, and with `strict` every
 * other warning is an error.
 */
import { dirname } from 'node:path';
import { type Problem, type ProblemDetails, type Problems, severityOf } from '../diagnostics/problem.ts';
import { isRule, type RuleCode, rules, timedRules } from '../diagnostics/rules.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import type { Configuration } from './configuration.ts';
import type { Settings } from './configuration-schema.ts';
import { resolveFrom } from './files.ts';

type Strictness = Pick<Settings, 'strict' | 'strictFiles' | 'allow'> | undefined;

/** Whether a key file that every user can read is an error. @param demanded whether the caller wants `strict` */
export function strictFilesOf(settings: Strictness, demanded = false): boolean {
  if (settings?.strictFiles === true) return true;
  return (demanded || settings?.strict === true) && settings?.allow?.includes('keys.readable-by-all') !== true;
}

/** Reports what `allow` cannot allow, and what it allows although nothing reports it. */
export function checkAllowances(configuration: Configuration, problems: Problems): void {
  const { document, complete } = configuration;
  const found = problems.all.slice();
  for (const { path, codes, covers } of allowancesOf(configuration)) {
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
    return isStrict ? strictly(problem) : problem;
  });
}

/** A warning as `strict` judges it. */
export function strictly(problem: Problem): Problem {
  if (problem.severity !== 'warning' || timedRules.has(problem.code)) return problem;
  return { ...problem, severity: 'error' };
}

/** One `allow` of a configuration. */
interface Allowance {
  readonly path: YamlPath;
  readonly codes: readonly string[];
  covers(problem: Problem): boolean;
}

function allowancesOf(configuration: Configuration): Allowance[] {
  const { settings, policies, routes } = configuration;
  const { file } = configuration.document.source;
  const isInside = ({ place, path: at }: Problem, path: YamlPath): boolean =>
    place.file === file && at !== undefined && path.every((part, index) => at[index] === part);
  const inside = (allow: readonly string[] | undefined, path: YamlPath): Allowance[] =>
    allow === undefined
      ? []
      : [{ path: [...path, 'allow'], codes: allow, covers: (problem) => isInside(problem, path) }];

  const sharers = Map.groupBy(policies, ({ entry }) => resolveFrom(dirname(file), entry.file));
  const entries = policies.flatMap(({ entry, path }): Allowance[] => {
    if (entry.allow === undefined) return [];
    const policyFile = resolveFrom(dirname(file), entry.file);
    const others = sharers.get(policyFile) ?? [];
    // A problem of a file is allowed only if every entry that uses the file allows it.
    const covers = (problem: Problem): boolean =>
      isInside(problem, path) ||
      (problem.place.file === policyFile && others.every((other) => other.entry.allow?.includes(problem.code)));
    return [{ path: [...path, 'allow'], codes: entry.allow, covers }];
  });
  const sources = settings?.authentication.sources ?? [];
  return [
    ...(settings?.allow === undefined ? [] : [{ path: ['allow'], codes: settings.allow, covers: () => true }]),
    ...entries,
    ...routes.flatMap(({ entry, path }) => inside(entry.allow, path)),
    ...sources.flatMap(({ allow }, index) => inside(allow, ['authentication', 'sources', index])),
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

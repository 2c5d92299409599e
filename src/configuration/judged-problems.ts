/**
 * @module
 * What `allow` and `strict` make of the problems that were found: an allowed warning is a note, and with `strict` every
 * other warning is an error.
 */
import { type Problem, type ProblemDetails, type Problems, severityOf } from '../diagnostics/problem.ts';
import { isRule, type RuleCode, rules, timedRules } from '../diagnostics/rules.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { Configuration } from './configuration.ts';
import type { ConfigurationPlace, Placed } from './configuration-part.ts';
import type { PolicyEntry, Settings } from './configuration-schema.ts';
import { resolveFrom } from './files.ts';

type Strictness = Pick<Settings, 'strict' | 'strictFiles' | 'allow'> | undefined;

/** Whether a warning is an error. @param demanded whether the caller wants that, whatever the configuration says */
export function isStrictIn(settings: Strictness, demanded = false): boolean {
  return demanded || settings?.strict === true;
}

/** Whether a key file that every user can read is an error. @param demanded whether the caller wants `strict` */
export function strictFilesOf(settings: Strictness, demanded = false): boolean {
  if (settings?.strictFiles === true) return true;
  return isStrictIn(settings, demanded) && settings?.allow?.includes('keys.readable-by-all') !== true;
}

/**
 * The `allow` of a configuration, by where each holds. A configuration may have thousands of them and of problems, and
 * this runs where requests are served, so each problem looks up its own places only.
 */
export class Allowances {
  readonly #configuration: Configuration;
  readonly #all: readonly Allowance[];
  /** The codes that are allowed, by the scopes of problems. */
  readonly #byScope = new Map<string, ReadonlySet<string>>();

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    this.#all = allowancesOf(configuration);
    for (const { codes, scopes } of this.#all) for (const scope of scopes) this.#byScope.set(scope, new Set(codes));
    // A problem of a policy file is allowed only if every entry that uses the file allows it.
    for (const [scope, codes] of allowedByFile(configuration)) this.#byScope.set(scope, codes);
  }

  allows(problem: Problem): boolean {
    return scopesOf(problem).some((scope) => this.#byScope.get(scope)?.has(problem.code) === true);
  }

  /** Reports what `allow` cannot allow, and what it allows although nothing reports it. */
  check(problems: Problems): void {
    const isWhole = this.#configuration.complete && !problems.hasErrors;
    const used = new Set(problems.all.flatMap((one) => this.#usesOf(one)));
    for (const { origin, path, codes, scopes } of this.#all) {
      for (const [index, code] of codes.entries()) {
        const objection = objectionTo(code);
        if (objection !== undefined) {
          origin.document.report(problems, [...path, index], 'config.invalid-value', objection);
        } else if (isWhole && !scopes.some((scope) => used.has(useOf(scope, code)))) {
          origin.document.report(problems, [...path, index], 'config.unused-allow', unused);
        }
      }
    }
  }

  /** Each scope that allows the problem, with its code. */
  #usesOf(problem: Problem): string[] {
    const { code } = problem;
    return scopesOf(problem).flatMap((scope) => (this.#byScope.get(scope)?.has(code) ? [useOf(scope, code)] : []));
  }
}

const unused: ProblemDetails = {
  message: 'Nothing reports this warning here, so there is nothing to allow.',
  suggestion: 'Remove the code from `allow`.',
};

/** The problems as they count. */
export function judgeProblems(
  found: readonly Problem[],
  { allowances, isStrict }: { readonly allowances: Pick<Allowances, 'allows'> | undefined; readonly isStrict: boolean },
): readonly Problem[] {
  return found.map((problem) => {
    if (problem.severity !== 'warning') return problem;
    if (allowances?.allows(problem) === true) return { ...problem, severity: 'note' };
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

/** One `allow` of a configuration. */
interface Allowance extends ConfigurationPlace {
  readonly codes: readonly string[];
  /** Where it holds. */
  readonly scopes: readonly string[];
}

const everywhere = '';

/** The part of a configuration at `path`. */
function partScope(file: string, path: readonly (string | number)[]): string {
  return JSON.stringify([file, ...path]);
}

/** Everything in a policy file. */
function fileScope(file: string): string {
  return JSON.stringify([file]);
}

function useOf(scope: string, code: string): string {
  return `${code} ${scope}`;
}

/** An entry and a route are two keys below the top (`routes`, its index), a source three. */
const depths = [2, 3];

function scopesOf({ place: { file }, path = [] }: Problem): readonly string[] {
  return [everywhere, fileScope(file), ...depths.map((depth) => partScope(file, path.slice(0, depth)))];
}

function allowancesOf({ settings, policies, routes, origin: main }: Configuration): Allowance[] {
  const sources = settings?.authentication.sources ?? [];
  const parts = [
    ...routes.map(({ entry, origin, path }) => ({ allow: entry.allow, origin, path })),
    ...sources.map(({ allow }, index) => ({ allow, origin: main, path: ['authentication', 'sources', index] })),
  ];
  return [
    ...allowance(settings?.allow, { origin: main, path: [] }, [everywhere]),
    ...policies.flatMap((policy) =>
      allowance(policy.entry.allow, policy, [scopeOfPart(policy), fileScope(policyFileOf(policy))]),
    ),
    ...parts.flatMap((part) => allowance(part.allow, part, [scopeOfPart(part)])),
  ];
}

function allowance(
  codes: readonly string[] | undefined,
  { origin, path }: ConfigurationPlace,
  scopes: readonly string[],
): Allowance[] {
  return codes === undefined ? [] : [{ origin, path: [...path, 'allow'], codes, scopes }];
}

function scopeOfPart({ origin, path }: ConfigurationPlace): string {
  return partScope(origin.document.source.file, path);
}

function policyFileOf({ entry, origin }: Placed<PolicyEntry>): string {
  return resolveFrom(origin.folder, entry.file);
}

/** The codes that all entries with a policy file allow. */
function allowedByFile({ policies }: Configuration): Map<string, ReadonlySet<string>> {
  const sharers = Map.groupBy(policies, policyFileOf);
  const allowed = Array.from(sharers, ([file, entries]): [string, ReadonlySet<string>] => {
    const [first = new Set<string>(), ...others] = entries.map(({ entry }) => new Set(entry.allow));
    return [fileScope(file), others.reduce((common, other) => common.intersection(other), first)];
  });
  return new Map(allowed);
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

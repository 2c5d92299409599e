/**
 * @module
 * Problems as a program gets them, and the keys that were made for it.
 */
import { type StandInKeys, standInText } from '../configuration/keys/stand-in-keys.ts';
import type { Code } from '../diagnostics/codes.ts';
import { formatProblem, type Problem } from '../diagnostics/problem.ts';
import type * as library from './interface.ts';

export function publicProblem(problem: Problem): library.Problem {
  const { code, severity, message, suggestion, place } = problem;
  const more = suggestion === undefined ? {} : { suggestion };
  return { code, severity, message, ...more, ...place, text: formatProblem(problem) };
}

export function publicProblems(problems: readonly Problem[]): readonly library.Problem[] {
  return problems.map(publicProblem);
}

const ofEnvironment: ReadonlySet<Code> = new Set<Code>(['keys.no-variable', 'variables.unreadable']);

/** A variable that cannot be read may come from a file. */
function isOfEnvironment({ code, message }: Problem): boolean {
  return ofEnvironment.has(code) && message.includes('environment variable');
}

/** The problems of loading. Without an environment, its variables may be set for the process all the same. */
export function loadProblems(
  problems: readonly Problem[],
  { environment }: library.LoadOptions,
): readonly library.Problem[] {
  if (environment !== undefined) return publicProblems(problems);
  return problems.map((problem) =>
    publicProblem(
      isOfEnvironment(problem)
        ? { ...problem, suggestion: 'The option `environment` is not given: pass `env` of `node:process`.' }
        : problem,
    ),
  );
}

export function failureOf({ code, message, place }: Problem): library.Failure {
  return { code, message, ...place };
}

/** Without the keys themselves. */
export function publicStandIns(keys: StandInKeys | undefined): readonly library.StandIn[] {
  return (keys?.made ?? []).map((made) => {
    const { role, algorithm, place } = made;
    return { role, algorithm, ...place, text: standInText(made) };
  });
}

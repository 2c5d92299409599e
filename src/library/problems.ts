/**
 * @module
 * Problems as a program gets them, and the keys that were made for it.
 */
import { type StandInKeys, standInText } from '../configuration/keys/stand-in-keys.ts';
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

/**
 * @module
 * Which route a request takes, and why those before it do not match. Each condition is asked alone, with the router's
 * own code.
 */
import { describedRequest } from '../decision/decide.ts';
import type { Code } from '../diagnostics/codes.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { compileMatch, makeRouter, type RouteMatch, type RoutingInput } from '../routing/router.ts';

export type ConditionName = Extract<keyof RouteMatch, string>;

export interface RouteAnswer {
  /** In the list of routes, from 0. */
  readonly index: number;
  /** The conditions that the request does not meet; empty for the route that it takes. */
  readonly unmet: readonly ConditionName[];
  /** Why a condition has no answer, so that the request is refused; undefined if all have one. */
  readonly unclear: Code | undefined;
}

/** The routes up to the first that matches or has no clear answer; all of them if none does. */
export function traceRoutes(matches: readonly RouteMatch[], request: IncomingRequest): readonly RouteAnswer[] {
  const input = describedRequest(request);
  const answers: RouteAnswer[] = [];
  for (const [index, match] of matches.entries()) {
    const answer = { index, ...answerOf(match, input) };
    answers.push(answer);
    if (answer.unmet.length === 0) break;
  }
  return answers;
}

function answerOf(match: RouteMatch, input: RoutingInput): Omit<RouteAnswer, 'index'> {
  const unmet: ConditionName[] = [];
  let unclear: Code | undefined;
  for (const name of Object.keys(match) as ConditionName[]) {
    const answer = meets({ [name]: match[name] }, input);
    if (answer === false) unmet.push(name);
    else if (answer !== true) unclear ??= answer;
  }
  return { unmet, unclear: unmet.length === 0 ? unclear : undefined };
}

/** The code of the refusal if the condition has no answer. */
function meets(match: RouteMatch, input: RoutingInput): boolean | Code {
  try {
    return makeRouter([{ conditions: compileMatch(match), destination: true }])(input) === true;
  } catch (error) {
    if (error instanceof MintError) return error.code;
    throw error;
  }
}

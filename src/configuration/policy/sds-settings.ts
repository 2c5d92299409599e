/**
 * @module
 * `sds` of a policy's entry: its token is written to a file that Envoy reads (docs/decisions/0105). The token must be
 * the same for every request, since one is for all of them.
 */
import { called, theyAre } from '../../diagnostics/harmless.ts';
import type { Place } from '../../diagnostics/source-text.ts';
import type { Steps } from '../../diagnostics/steps.ts';
import type { FoundPolicy } from '../../dialects/policy-file.ts';
import { pathText } from '../../expressions/member-reads.ts';
import { type ConstantClaim, constantParts, type Input, type Variable } from '../../mint/constant.ts';
import type { TokenPlan } from '../../plan/token-plan.ts';
import type { WantedPolicy } from '../wanted-policy.ts';

/** A file with the token of a policy. */
export interface TokenFileSettings {
  /** Can be opened as it is. */
  readonly path: string;
  /** Where the entry names it. */
  readonly place: Place;
  readonly onStop: 'clear' | 'keep';
  /** How long each token is valid, in milliseconds. */
  readonly lifetime: number;
}

/** In milliseconds. A token must be made anew, written and read by Envoy in the last third of its life. */
const shortestLifetime = 10_000;

interface PolicyFacts {
  readonly found: Pick<FoundPolicy, 'reads' | 'variables'>;
  /** Whether variables have their values. */
  readonly areValuesKnown: boolean;
}

/**
 * @returns undefined if the entry has no `sds`, or if it cannot have it, which is reported
 */
export function* tokenFileOf(
  plan: TokenPlan,
  wanted: WantedPolicy,
  { found, areValuesKnown }: PolicyFacts,
): Steps<TokenFileSettings | undefined> {
  const { settings, report, resolve } = wanted;
  const { sds } = settings;
  if (sds === undefined) return undefined;
  const contradiction = contradictions.find(({ applies }) => applies(plan, settings));
  if (contradiction !== undefined) {
    const { message, suggestion } = contradiction;
    report(['sds'], 'sds.contradiction', { message, suggestion });
    return undefined;
  }
  const { variables, claims } = yield* constantParts(plan);
  // A value that is not at hand may be missing where it is needed.
  const first = variables.find(({ input }) => areValuesKnown || input !== undefined);
  if (first !== undefined) {
    report(['sds'], 'sds.not-constant', notConstant(first, found));
    return undefined;
  }
  const lifetime = lifetimeOf(claims);
  if (typeof lifetime === 'string' && areValuesKnown) {
    report(['sds'], 'sds.lifetime', { message: lifetime, suggestion: otherLifetime });
    return undefined;
  }
  return {
    path: resolve(sds.file),
    place: wanted.placeAt(['sds', 'file']),
    onStop: sds.onStop,
    lifetime: typeof lifetime === 'number' ? lifetime : shortestLifetime,
  };
}

interface Contradiction {
  applies(plan: TokenPlan, settings: WantedPolicy['settings']): boolean;
  readonly message: string;
  readonly suggestion: string;
}

const contradictions: readonly Contradiction[] = [
  {
    applies: ({ disabled }) => disabled === true,
    message: 'The policy is disabled, so there is no token to write.',
    suggestion: 'Remove `sds`, or enable the policy.',
  },
  {
    applies: ({ rules }) => rules !== undefined,
    message: 'The policy has rules for the requests that get its token. Envoy would give the token to all.',
    suggestion: 'Remove `sds`, or the rules: then the routes of Envoy say which requests get it.',
  },
  {
    applies: ({ onError }, settings) => (settings.onError ?? onError) === 'pass',
    message:
      'A request without a token would go on (`onError: pass`), but Envoy refuses it while the file has no token.',
    suggestion: 'Write `onError: deny` in the entry, or remove `sds`.',
  },
  {
    applies: (_, { requireCaller }) => requireCaller === true,
    message: 'Envoy gives the token to every request of its route, also without a caller (`requireCaller`).',
    suggestion: 'Remove `sds`, or `requireCaller` if a filter of Envoy refuses requests without a caller.',
  },
  {
    applies: (_, { reuse }) => typeof reuse === 'object',
    message: 'The file has one token for all requests, so `reuse: { for }` is about none of them.',
    suggestion: 'Remove `reuse`, or `sds`.',
  },
  {
    applies: (_, { form }) => form !== undefined,
    message: 'A token with a `form` is new for each request.',
    suggestion: 'Remove `form`, or `sds`.',
  },
];

const inputs: Readonly<Record<Input, string>> = {
  request: 'reads the request',
  caller: 'reads the caller',
  time: 'is computed from the time',
  random: 'is new for each token',
};

function notConstant({ step, input }: Variable, found: PolicyFacts['found']) {
  const name = step.kind === 'computed' && typeof step.name === 'string' ? step.name : '';
  const what = input === undefined ? 'cannot be computed without a request' : inputs[input];
  const reads = theyAre(
    'reads of the policy',
    new Set([...(found.reads ?? []).map(pathText), ...requestVariables(found)]),
  );
  return {
    message: `${called('A token in a file is the same for every request, but the member', name)} ${what}.${reads === undefined ? '' : ` ${reads}`}`,
    suggestion: 'Remove `sds`, so that mintproc makes a token for each request, or write a constant for the member.',
  };
}

function requestVariables({ variables = [] }: PolicyFacts['found']): readonly string[] {
  return variables.filter(({ origin }) => origin === 'request').map(({ name }) => name);
}

const otherLifetime = 'Write an `exp` that counts from the time of issue, such as 300 seconds, or remove `sds`.';

/** In milliseconds, or why a token cannot be kept in a file. */
function lifetimeOf(claims: ReadonlyMap<string, ConstantClaim>): number | string {
  const [exp, nbf] = [claims.get('exp'), claims.get('nbf')];
  if (exp === undefined) {
    return 'The token never expires. If mintproc ended, Envoy would use it for ever.';
  }
  if (exp.kind === 'value') return 'The `exp` of the token is a fixed time, so it cannot be made anew.';
  const lifetime = exp.seconds * 1000;
  if (lifetime < shortestLifetime) {
    return `The token is valid for less than ${shortestLifetime / 1000} seconds, which is too short to replace it in time.`;
  }
  if (nbf?.kind === 'after' && nbf.seconds > 0) {
    return 'The token is not valid when it is issued (`nbf`), so requests would fail each time it is made anew.';
  }
  return lifetime;
}

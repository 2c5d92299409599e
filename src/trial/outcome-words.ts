/**
 * @module
 * What became of a request, in sentences.
 */
import type { Decision } from '../decision/decision.ts';
import { codes } from '../diagnostics/codes.ts';
import { isPlainName, theyAre } from '../diagnostics/harmless.ts';
import { placeText } from '../diagnostics/source-text.ts';
import type { MintRecord } from '../mint/mint-record.ts';
import type { MintedToken, PolicyResult, Trial } from './run-trial.ts';

export type Refused = Extract<Decision, { readonly kind: 'refuse' }>;

export const untouchedText = 'No route matches, and `unmatched` is `pass`: the request goes on without a token.';

/** What the client sees of a refusal. */
export function refusalText({ refusal, code }: Refused): string {
  const why = code === undefined ? '' : ` ${codes[code]} [${code}]`;
  return `The request is refused with ${refusal.status}.${why}`;
}

/** What a policy did that minted no token. */
export function resultText(result: Exclude<PolicyResult, { readonly kind: 'minted' }>): string {
  switch (result.kind) {
    case 'refused':
      return reasonText(result.reason);
    case 'passed':
      return `${reasonText(result.reason)} The request goes on without it.`;
    case 'disabled':
      return 'The policy is disabled, so the request goes on without its token.';
    case 'outside-rules':
      return 'The request matches none of the rules of the policy, so it goes on without its token.';
    case 'not-run':
      return 'The request is refused, so there is no token.';
  }
}

/** Why a policy minted no token. */
export type Reason = Pick<MintRecord, 'code' | 'message' | 'origin'>;

export function reasonText({ code, message, origin }: Reason): string {
  if (origin === undefined) return `No token: ${message} [${code}]`;
  const { member, name, place } = origin;
  const named = name === undefined ? `a ${member}` : `${member} \`${name}\``;
  return `${placeText(place)}: no token: ${named}: ${message} [${code}]`;
}

/** Why there is no token. */
export function whyNone({ decision, policies }: Pick<Trial, 'decision' | 'policies'>): string {
  for (const { policy, result } of policies) {
    if (result.kind === 'minted' || result.kind === 'not-run') continue;
    return `${isPlainName(policy.name) ? `${policy.name}: ` : ''}${resultText(result)}`;
  }
  if (decision.kind === 'refuse') return refusalText(decision);
  return decision.kind === 'untouched' ? untouchedText : 'The route of the request does not run the policy.';
}

/** @param option by which the author names the policy that is meant */
export function severalText(minted: readonly MintedToken[], option: string): string {
  const names = minted.map(({ policy }) => policy.name);
  const known = theyAre('policies', names);
  return `The request gets several tokens: name one with ${option}.${known === undefined ? '' : ` ${known}`}`;
}

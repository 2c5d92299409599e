/**
 * @module
 * The part of `mintproc mint` without `--policy`: the tokens that a request gets on its route.
 */
import { codes } from '../diagnostics/codes.ts';
import { isPlainName } from '../diagnostics/harmless.ts';
import { isWhole, type Refused, trialFields } from '../trial/answer-fields.ts';
import type { TriedPolicy } from '../trial/run-trial.ts';
import { jsonText } from './json-text.ts';
import { type RouteTrial, type RouteTrialOptions, tryRoutes } from './route-trial.ts';
import type { Terminal } from './terminal.ts';
import { reasonText, tokenText } from './token-text.ts';

/** @returns the exit code: 0 if every policy of the route that was meant has minted a token */
export async function mintRoutes(
  options: RouteTrialOptions & { readonly format: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const trial = await tryRoutes(options, terminal);
  if (trial === undefined) return 1;
  if (options.format === 'json') terminal.out(`${jsonText(trialFields(trial))}\n`);
  else showText(trial, terminal);
  return isWhole(trial) ? 0 : 1;
}

function showText({ decision, policies }: RouteTrial, terminal: Terminal): void {
  for (const { policy, result } of policies) {
    if (result.kind === 'minted') terminal.out(tokenText(result.token, policy.output));
    else terminal.error(`${isPlainName(policy.name) ? `${policy.name}: ` : ''}${resultText(result)}`);
  }
  if (decision.kind === 'refuse') terminal.error(refusalText(decision));
  if (decision.kind === 'untouched') terminal.error(untouchedText);
}

export const untouchedText = 'No route matches, and `unmatched` is `pass`: the request goes on without a token.';

/** What the client sees of a refusal. */
export function refusalText({ refusal, code }: Refused): string {
  const why = code === undefined ? '' : ` ${codes[code]} [${code}]`;
  return `The request is refused with ${refusal.status}.${why}`;
}

/** What a policy did that minted no token. */
export function resultText(result: Exclude<TriedPolicy['result'], { readonly kind: 'minted' }>): string {
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

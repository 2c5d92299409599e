/**
 * @module
 * The part of `mintproc mint` without `--policy`: the tokens that a request gets on its route.
 */
import { isPlainName } from '../diagnostics/harmless.ts';
import { isWhole, trialFields } from '../trial/answer-fields.ts';
import { refusalText, resultText, untouchedText } from '../trial/outcome-words.ts';
import { jsonText } from './json-text.ts';
import { type RouteTrial, type RouteTrialOptions, tryRoutes } from './route-trial.ts';
import type { Terminal } from './terminal.ts';
import { tokenWriter } from './token-text.ts';

/** @returns the exit code: 0 if every policy of the route that was meant has minted a token */
export async function mintRoutes(
  options: RouteTrialOptions & { readonly format: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const trial = await tryRoutes(options, terminal);
  if (trial === undefined) return 1;
  if (options.format === 'json') terminal.out(`${jsonText(trialFields(trial))}\n`);
  else showText(trial, tokenWriter(options.format), terminal);
  return isWhole(trial) ? 0 : 1;
}

function showText({ decision, policies }: RouteTrial, write: ReturnType<typeof tokenWriter>, terminal: Terminal): void {
  for (const { policy, result } of policies) {
    if (result.kind === 'minted') terminal.out(write(result.token, policy.output));
    else terminal.error(`${isPlainName(policy.name) ? `${policy.name}: ` : ''}${resultText(result)}`);
  }
  if (decision.kind === 'refuse') terminal.error(refusalText(decision));
  if (decision.kind === 'untouched') terminal.error(untouchedText);
}
